package dev.parley.jsonrpc.session;

import dev.parley.OverloadedException;
import dev.parley.ProtocolException;
import dev.parley.RpcClient;
import dev.parley.jsonrpc.message.Envelope;
import dev.parley.jsonrpc.message.Ids;
import dev.parley.jsonrpc.message.Request;
import dev.parley.jsonrpc.message.RequestWriter;
import dev.parley.jsonrpc.message.ResponseReader;
import dev.parley.jsonrpc.message.ResponseWriter;
import dev.parley.net.http.rpc.FaultCodes;
import dev.parley.spi.LargeMessages;
import dev.parley.spi.PeerLog;
import dev.parley.spi.StartedCall;
import java.io.IOException;
import java.security.Principal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.ObjectMapper;

/**
 * One connection of either side: brings requests to the dispatcher, and responses to the calls that wait for them. Knows
 * messages, and nothing about what carries them.
 *
 * <p>It reads on while calls run, and stops reading while the dispatcher is full or, as a server, the peer does not read
 * its responses. While calls of this side are in flight it must read on all the same, for their responses may be behind
 * requests of the peer: then requests wait in a {@link Backlog}. A request that does not fit any more is refused; a
 * notification cannot be, so the connection is closed.
 *
 * <p>{@code received}, {@code problem}, {@code ended} and {@code lost} are called by one thread at a time; everything
 * else is thread-safe.
 */
public final class Session implements Peer {
    private static final Logger log = LoggerFactory.getLogger(Session.class);
    private static final PeerLog faults = new PeerLog(log);

    private final Connection connection;
    private final ObjectMapper mapper;
    private final String name;
    private final @Nullable MessageHandler handler;
    private final boolean client;
    private final Inbox inbox = new Inbox(this::take, this::failed, this::congestion);
    private final SessionMemory memory;
    private final Backlog backlog;
    private final RunningMessages running = new RunningMessages();
    /** Accepted messages without a response so far. */
    private final AtomicInteger unanswered = new AtomicInteger();

    private final ReentrantLock lock = new ReentrantLock();
    /** Whether the connection reads. Guarded by {@code lock}. */
    private boolean reading = true;
    /** Whether it pauses unless calls of this side are in flight. */
    private volatile boolean congested;

    private volatile boolean stopping;
    /** The peer has closed its sending half: it may still wait for its responses. */
    private volatile boolean ended;

    private volatile boolean lost;
    /** What waited has been dropped, so that not all messages get responses. */
    private volatile boolean dropped;

    private volatile @Nullable Throwable failure;
    private volatile @Nullable Link link;
    private final @Nullable LazyCaller caller;

    private Session(
            Connection connection,
            ObjectMapper mapper,
            String name,
            @Nullable MessageHandler handler,
            OutgoingWriter writer,
            boolean client) {
        this.connection = connection;
        this.mapper = mapper;
        this.name = name;
        this.handler = handler;
        this.client = client;
        this.memory = new SessionMemory(connection.memory(), this::congestion);
        this.caller = handler == null ? null : new LazyCaller(this, handler, writer);
        int maxBacklog = handler == null ? 0 : handler.maxBacklog();
        this.backlog =
                new Backlog(maxBacklog, handler == null ? 0 : handler.maxMessage(), connection, this::congestion);
        if (handler != null) {
            backlog.source(handler.source(backlog::resume));
        }
    }

    /** The server's end of a connection. */
    public static Session ofServer(Connection connection, MessageHandler handler) {
        String peer = connection.remoteAddress();
        OutgoingWriter writer = new OutgoingWriter(new RequestWriter(handler.mapper(), false, false));
        return new Session(connection, handler.mapper(), peer == null ? "the client" : peer, handler, writer, false);
    }

    /**
     * The client's end of a connection.
     *
     * @param name the server, for errors
     * @param writer writes all requests on the connection
     * @param handler handles what the server calls; {@code null} if nothing does
     */
    public static Session ofClient(
            Connection connection, String name, OutgoingWriter writer, @Nullable MessageHandler handler) {
        return new Session(connection, writer.requests().mapper(), name, handler, writer, true);
    }

    /** Takes a message that has arrived. */
    public void received(byte[] message) {
        if (memory.charge(message.length)) {
            inbox.received(message);
        } else {
            String id = Ids.ofRequest(message);
            problem(Problem.overloaded(id == null && !client, id));
        }
    }

    /** What has arrived so far has been received. Pauses reading if memory is short. */
    public void receivedAll() {
        memory.checkPause();
    }

    /** A message could not be handled: without a response the only way to end its sender's wait is to disconnect. */
    private void failed(Throwable error) {
        faults.warn(name, "closing the connection", error);
        connection.close();
    }

    private void take(byte[] message) {
        memory.take(message, () -> read(message));
    }

    private void read(byte[] message) {
        Envelope.Message scanned;
        // A response is not kept waiting by requests.
        LargeMessages.Turn turn = LargeMessages.turn(client ? 0 : message.length);
        try {
            scanned =
                    Envelope.scan(mapper, message, client || handler == null ? Integer.MAX_VALUE : handler.maxBatch());
        } catch (Envelope.UnreadableException e) {
            unreadable(message, e);
            return;
        } finally {
            turn.close();
        }
        Link calls = link;
        List<Envelope> responses = List.of();
        List<Request> requests = new ArrayList<>(1);
        for (Envelope element : scanned.elements()) {
            if (isResponse(element, calls)) {
                responses = responses.isEmpty() ? new ArrayList<>(1) : responses;
                responses.add(element);
            } else if (element == null && client) {
                faults.warn(name, "sent an element that is not an object");
            } else if (element != null && element.isErrorToNothing()) {
                log.debug("{} sent an error without a request", name);
                return;
            } else {
                requests.add(Request.of(element));
            }
        }
        if (calls != null && !responses.isEmpty()) {
            if (scanned.batch()) {
                calls.received(responses);
            } else {
                calls.received(responses.getFirst());
            }
        }
        if (!requests.isEmpty() || (responses.isEmpty() && !client)) {
            requested(requests, scanned.batch(), message.length);
        }
    }

    private boolean isResponse(@Nullable Envelope element, @Nullable Link calls) {
        if (element == null || element.isRequest()) {
            return false;
        }
        return client
                || (calls != null && calls.isUsed() && (element.resultToken != null || element.errorToken != null));
    }

    private void unreadable(byte[] message, Envelope.UnreadableException error) {
        boolean response = client || (link != null && link().isUsed());
        if (handler == null || (response && !Envelope.hasMethod(message))) {
            link().unreadable(message, String.valueOf(error.getMessage()));
        } else {
            log.debug("{}: {}", name, error.getMessage());
            send(handler.refusal(error));
        }
    }

    private void requested(List<Request> requests, boolean batch, int size) {
        MessageHandler by = handler;
        if (by == null) {
            requests.forEach(this::refuse);
            return;
        } else if (stopping) {
            log.debug("{}: dropped a message of {} bytes while stopping", name, size);
            return;
        }
        String cancelled = requests.size() == 1 ? by.cancelled(requests.getFirst()) : null;
        if (cancelled != null) {
            cancelled(cancelled);
        } else if (client && requests.size() > by.maxBatch()) {
            send(by.refusal(new Envelope.UnreadableException(
                    "the batch has more than the " + by.maxBatch() + " elements allowed", true)));
        } else if (by.ordered() && requests.stream().allMatch(request -> request.responseId() == null)) {
            int each = size / requests.size();
            requests.forEach(request -> accept(by.prepare(List.of(request), false, this, this::respond), each));
        } else {
            accept(by.prepare(requests, batch, this, this::respond), size);
        }
    }

    private void accept(Incoming message, int size) {
        if (failure != null) {
            return; // The connection is being closed.
        }
        boolean inOrder = message.isNotification() && handler != null && handler.ordered();
        if (mustRead() && backlog.isFull(size)) {
            OverloadedException error = new OverloadedException("more than " + backlog + " wait for their turn");
            if (message.isNotification() || !connection.isWritable()) {
                faults.warn(name, "closing the connection: {}", error.getMessage());
                failure = error;
                connection.close();
                return;
            }
            unanswered.incrementAndGet();
            message.refuse(error);
            return;
        }
        unanswered.incrementAndGet();
        memory.keep(message, size);
        running.add(message);
        if (inOrder) {
            backlog.addInOrder(message, size);
        } else {
            backlog.add(message, size);
        }
    }

    private void respond(Incoming message, byte[] response) {
        if (response.length > 0) {
            send(response);
        }
        running.remove(message);
        memory.release(message);
        if (unanswered.decrementAndGet() == 0) {
            closeIfDone();
        }
    }

    /** A peer that calls a client without endpoints: a request gets an error, a notification is ignored. */
    private void refuse(Request request) {
        if (request instanceof Request.Call call) {
            log.debug("{} called {}, which this client does not serve", name, call.method());
            if (call.responseId() != null) {
                send(new ResponseWriter(mapper)
                        .error(call, FaultCodes.METHOD_NOT_FOUND, "this client serves no methods", null));
            }
        }
    }

    private void send(byte[] message) {
        connection.send(message, sent -> {
            if (sent != null) {
                log.debug("{}: {}", name, sent.toString());
            }
        });
    }

    /** Takes what could not be cut into messages. */
    public void problem(Problem problem) {
        Link calls = link;
        if (handler != null && !(client && isWaiting())) {
            // If a client waits it is rather a response, to which there is none.
            send(handler.refusal(problem));
        }
        if (calls != null && calls.isUsed() && !problem.fatal()) {
            calls.tooLarge(problem.text());
        }
        if (problem.isOverload()) {
            faults.warn(name, "refused a message: {}", problem.text());
        }
        if (problem.fatal()) {
            faults.warn(name, "closing the connection: {}", problem.text());
            failure = new ProtocolException(problem.text());
            connection.finish();
        }
    }

    /** The connection has become writable, or is no longer. */
    public void writabilityChanged() {
        backlog.continueStarting();
        congestion();
    }

    /**
     * The peer has closed its sending half, and may still wait for responses.
     *
     * @param timeout how long calls may run from now on, since a peer that has gone altogether looks the same;
     *     {@code null} for no limit
     */
    public void ended(@Nullable Duration timeout) {
        ended = true;
        Link calls = link;
        if (calls != null) {
            calls.lost(new IOException("the peer has closed its sending half"));
        }
        if (timeout != null) {
            running.interruptAfter(timeout);
        }
        closeIfDone();
    }

    /** The connection has ended. */
    public void lost(@Nullable Throwable cause) {
        lost = true;
        running.interrupt();
        // Notifications that have come are still handled.
        backlog.flush();
        Link calls = link;
        if (calls != null) {
            calls.lost(failure == null ? cause : failure);
        }
        if (caller != null) {
            caller.lost();
        }
        closeIfDone();
    }

    /** Whether the peer need not send anything: calls of either side have no outcome so far. */
    public boolean isInUse() {
        return unanswered.get() > 0 || isWaiting();
    }

    /** Whether the peer cannot send what it has to, since its calls have to wait. */
    public boolean isHeldUp() {
        return backlog.isCongested();
    }

    /** Ends the connection, since it must give memory back or its peer takes too long. */
    public void abort(String why) {
        faults.warn(name, "closing the connection: {}", why);
        failure = new OverloadedException(why);
        connection.close();
    }

    /** Takes no new requests, and closes the connection when those that were accepted have their responses. */
    public void stop() {
        stopping = true;
        backlog.flush();
        congestion();
        closeIfDone();
    }

    /** This side closes the connection, without waiting for responses in either direction. */
    public void close() {
        Link calls = link;
        if (calls != null) {
            calls.close();
        }
        backlog.clear();
        dropped = true;
        connection.close();
    }

    private void closeIfDone() {
        if (unanswered.get() > 0 && !dropped) {
            return;
        } else if (lost) {
            memory.close();
        } else if (stopping || ended) {
            connection.finish();
        }
    }

    /** Pauses reading, or resumes it. */
    private void congestion() {
        lock.lock();
        try {
            // If both sides paused because the other one does not read, they would do so for ever: a client reads on.
            congested = stopping || backlog.isCongested() || (!client && !connection.isWritable());
            boolean read = !inbox.isBusy() && !memory.isPaused() && (!congested || mustRead());
            if (read != reading) {
                reading = read;
                connection.read(read);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Whether reading cannot pause, whatever waits: for a response, or so that the peer can read in turn. */
    private boolean mustRead() {
        return isWaiting() || (client && !connection.isWritable());
    }

    /** A call of this side has been sent, or has its outcome. */
    private void inFlightChanged() {
        if (congested) {
            congestion();
        }
    }

    private boolean isWaiting() {
        Link calls = link;
        return calls != null && calls.isWaiting();
    }

    /** Sends calls. Those that come after the end of the connection fail. */
    public StartedCall send(Outgoing message) {
        return link().send(message);
    }

    private Link link() {
        Link known = link;
        if (known != null) {
            return known;
        }
        lock.lock();
        try {
            if (link == null) {
                Link made = new Link(name, new ResponseReader(mapper), connection, this::inFlightChanged, memory);
                link = made;
                if (lost) {
                    made.lost(failure);
                }
                return made;
            }
            return link;
        } finally {
            lock.unlock();
        }
    }

    /** Whether the connection has not ended. */
    public boolean isOpen() {
        return !lost && !ended;
    }

    /** Whether the current thread brings the messages, so that it must not wait for one. */
    public boolean isReading() {
        return connection.isReader() || inbox.isTaking();
    }

    @Override
    public @Nullable RpcClient caller() {
        return caller == null ? null : caller.client();
    }

    @Override
    public boolean hasRoom(int bytes) {
        return memory.hasRoom(bytes);
    }

    @Override
    public Object connection() {
        return this;
    }

    @Override
    public void abandon(Throwable error) {
        failure = error;
        connection.close();
    }

    @Override
    public void cancelled(String id) {
        running.cancel(id);
        backlog.dropCancelled();
    }

    @Override
    public @Nullable String remoteAddress() {
        return connection.remoteAddress();
    }

    @Override
    public @Nullable Principal principal() {
        return connection.principal();
    }

    @Override
    public Map<String, String> metadata() {
        return connection.metadata();
    }

    @Override
    public String toString() {
        return name;
    }
}
