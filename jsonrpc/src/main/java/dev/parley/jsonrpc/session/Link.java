package dev.parley.jsonrpc.session;

import dev.parley.ConnectionLostException;
import dev.parley.OverloadedException;
import dev.parley.ProtocolException;
import dev.parley.RpcException;
import dev.parley.jsonrpc.message.Cancellation;
import dev.parley.jsonrpc.message.Envelope;
import dev.parley.jsonrpc.message.Ids;
import dev.parley.jsonrpc.message.ResponseReader;
import dev.parley.spi.PeerLog;
import dev.parley.spi.ResponseListener;
import dev.parley.spi.StartedCall;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The calls that this side makes on one connection, with many in flight: passes each response to its call by its id.
 *
 * <p>A response that cannot be read, or whose id no call has, answers some call all the same, which would otherwise wait
 * out its timeout. It fails the call that its id names, if that can be found, else the calls it can only be meant for:
 * those that remain when as many calls are left, of those then in flight, as such responses have come; or the batch, if
 * no other calls are in flight. Thread-safe.
 */
final class Link {
    private static final Logger log = LoggerFactory.getLogger(Link.class);
    private static final PeerLog faults = new PeerLog(log);

    private final String peer;
    private final ResponseReader reader;
    private final Connection connection;
    private final Runnable onChange;
    private final SessionMemory memory;
    private final ConcurrentMap<Long, Pending> pending = new ConcurrentHashMap<>();
    private final AtomicLong lastId = new AtomicLong();
    /** Whether calls have ended without a response, which may still come and then belongs to none. */
    private volatile boolean abandoned;

    private volatile boolean lost;
    private volatile @Nullable Throwable cause;

    private final Object strayLock = new Object();
    /** The calls that the responses without a call may be meant for. Guarded by {@code strayLock}. */
    private final Set<Pending> candidates = new HashSet<>();
    /** The errors of those responses. Guarded by {@code strayLock}. */
    private final List<RpcException> strays = new ArrayList<>();
    /** Whether there are any, so that calls need no lock as long as there are none. */
    private volatile boolean hasStrays;

    /**
     * A link.
     *
     * @param peer its name, for errors
     * @param onChange runs when a call has been added or has its outcome
     */
    Link(String peer, ResponseReader reader, Connection connection, Runnable onChange, SessionMemory memory) {
        this.peer = peer;
        this.reader = reader;
        this.connection = connection;
        this.onChange = onChange;
        this.memory = memory;
    }

    /** The calls of one message. Immutable. */
    private static final class Group implements StartedCall {
        private final List<Pending> calls = new ArrayList<>();

        @Override
        public void cancel() {
            calls.forEach(Pending::cancel);
        }
    }

    /** A call in flight. */
    private final class Pending implements StartedCall {
        private final long id;
        private final String method;
        private final ResponseListener listener;
        /** The batch that it is part of. */
        private final @Nullable Group batch;

        Pending(Outgoing.Part part, @Nullable Group batch) {
            this.id = part.id();
            this.method = part.call().qualifiedMethod();
            this.listener = part.listener();
            this.batch = batch;
        }

        /** Tells the peer that the response is no longer needed. */
        @Override
        public void cancel() {
            if (pending.remove(id, this)) {
                abandoned = true;
                if (!lost) {
                    connection.send(Cancellation.of(id), Link::ignore);
                }
                settled(this);
            }
        }

        void received(Envelope response) {
            if (pending.remove(id, this)) {
                try {
                    listener.onResult(reader.result(response));
                } catch (RpcException e) {
                    listener.onFailure(e);
                }
                settled(this);
            }
        }

        void fail(RpcException error) {
            if (pending.remove(id, this)) {
                listener.onFailure(error);
                settled(this);
            }
        }
    }

    /** The end of the connection tells of a failure to send. */
    private static void ignore(@Nullable Throwable failure) {}

    /** Whether calls are in flight. */
    boolean isWaiting() {
        return !pending.isEmpty();
    }

    /** Whether a response can be meant for this link: any request has been sent. */
    boolean isUsed() {
        return lastId.get() > 0;
    }

    /** Sends a message. */
    StartedCall send(Outgoing message) {
        if (message.parts.isEmpty()) {
            return StartedCall.NONE;
        }
        Group group = new Group();
        List<ResponseListener> notifications = List.of();
        for (Outgoing.Part part : message.parts) {
            if (part.id() != Ids.NONE) {
                Pending call = new Pending(part, message.batch ? group : null);
                group.calls.add(call);
                lastId.accumulateAndGet(part.id(), Math::max);
                pending.put(part.id(), call);
            } else {
                notifications = notifications.isEmpty() ? new ArrayList<>(1) : notifications;
                notifications.add(part.listener());
            }
        }
        if (lost) {
            group.calls.forEach(call -> call.fail(connectionLost()));
            notifications.forEach(listener -> listener.onFailure(connectionLost()));
            return StartedCall.NONE;
        } else if (!memory.hasRoom(message.message.length)) {
            group.calls.forEach(call -> call.fail(overloaded()));
            notifications.forEach(listener -> listener.onFailure(overloaded()));
            return StartedCall.NONE;
        }
        List<ResponseListener> toTell = notifications;
        connection.send(message.message, failure -> {
            for (ResponseListener listener : toTell) {
                if (failure == null) {
                    listener.onSent();
                } else {
                    listener.onFailure(new ConnectionLostException("connection to " + peer + " lost", failure));
                }
            }
        });
        if (!group.calls.isEmpty()) {
            onChange.run();
        }
        return group.calls.size() == 1 ? group.calls.getFirst() : group;
    }

    private OverloadedException overloaded() {
        return new OverloadedException("too much memory is in use to send a message to " + peer);
    }

    /** Takes a response. */
    void received(Envelope response) {
        Pending call = call(response);
        if (call != null) {
            call.received(response);
        } else {
            unmatched(response);
        }
    }

    /** Takes the responses that came in one array: those to a batch, whose other calls have no response then. */
    void received(List<Envelope> responses) {
        Set<Group> answered = new HashSet<>();
        Deque<Envelope> unnamed = new ArrayDeque<>();
        for (Envelope response : responses) {
            Pending call = call(response);
            if (call != null) {
                if (call.batch != null) {
                    answered.add(call.batch);
                }
                call.received(response);
            } else if (response.hasError() && Ids.isAbsent(response)) {
                unnamed.add(response);
            } else {
                unmatched(response);
            }
        }
        if (answered.isEmpty()) {
            unnamed.forEach(this::unmatched);
            return;
        }
        // An error without an id is for a request that the peer could not read, in the order of the requests.
        List<Pending> left = answered.stream()
                .flatMap(group -> group.calls.stream())
                .filter(this::isPending)
                .toList();
        boolean ofAll = unnamed.size() == left.size();
        for (Pending call : left) {
            Envelope error = ofAll ? unnamed.poll() : unnamed.peek();
            call.fail(
                    error != null
                            ? reader.error(error)
                            : new ProtocolException(
                                    "the response to the batch has none to the call of " + call.method));
        }
    }

    private boolean isPending(Pending call) {
        return call.equals(pending.get(call.id));
    }

    /** The call that a response is for; {@code null} if that is unknown. */
    private @Nullable Pending call(Envelope response) {
        long id = Ids.number(response);
        return id == Ids.NONE ? null : pending.get(id);
    }

    private void unmatched(Envelope response) {
        long id = Ids.number(response);
        if (id != Ids.NONE && id <= lastId.get()) {
            log.debug("{} sent a response to no call in flight, id {}", peer, id);
        } else if (Ids.isAbsent(response) && !response.hasError() && !abandoned && pending.size() == 1) {
            // Some servers leave the id out; there is only one call that this can answer.
            List.copyOf(pending.values()).forEach(only -> only.received(response));
        } else {
            boolean refusal = response.hasError() && Ids.isAbsent(response);
            stray(refusal, () -> response.hasError() ? reader.error(response) : misnumbered(response));
        }
    }

    /** Takes note that the peer sent a message that is too large to be received. */
    void tooLarge(String problem) {
        stray(true, () -> new ProtocolException("a response of " + peer + " cannot be received: " + problem));
    }

    /** Takes a message that cannot be parsed. */
    void unreadable(byte[] message, String problem) {
        int start = 0;
        while (start < message.length && message[start] <= ' ' && message[start] >= 0) {
            start++;
        }
        if (start == message.length || (message[start] != '{' && message[start] != '[')) {
            // A line of a log, say.
            faults.warn(peer, "sent a message that is not JSON-RPC: {}", problem);
            return;
        }
        boolean found = false;
        for (long id : Ids.recover(message)) {
            Pending call = pending.get(id);
            if (call != null && call.batch != null && message[start] == '[') {
                // The response to the batch.
                call.batch.calls.forEach(each -> each.fail(notResponse(problem)));
            } else if (call != null) {
                call.fail(notResponse(problem));
            }
            found |= id <= lastId.get();
        }
        if (!found) {
            stray(message[start] == '[', () -> notResponse(problem));
        }
    }

    private static ProtocolException notResponse(String problem) {
        return new ProtocolException("the response is not a JSON-RPC response: " + problem);
    }

    private static ProtocolException misnumbered(Envelope element) {
        return new ProtocolException(
                Ids.isAbsent(element)
                        ? "the response has no id, so that it cannot be told which call it answers"
                        : "the response has the id " + element.id + ", which no request had");
    }

    /** Makes an error, a new one for each call that it fails. */
    private interface Failing {
        RpcException error();
    }

    /**
     * A response that belongs to no call by its id.
     *
     * @param ofBatch whether it may be the response to a whole batch
     */
    private void stray(boolean ofBatch, Failing failing) {
        RpcException error = failing.error();
        faults.warn(peer, "sent a response that belongs to no call: {}", error.getMessage());
        List<Pending> batch = ofBatch ? onlyBatch() : List.of();
        if (!batch.isEmpty()) {
            batch.forEach(call -> call.fail(failing.error()));
            return;
        }
        synchronized (strayLock) {
            candidates.addAll(pending.values());
            if (candidates.isEmpty()) {
                return;
            }
            strays.add(error);
            hasStrays = true;
            candidates.removeIf(call -> pending.get(call.id) != call);
        }
        failCandidates();
    }

    /** The calls in flight if they are all of one batch; else none. */
    private List<Pending> onlyBatch() {
        List<Pending> calls = List.copyOf(pending.values());
        Group batch = calls.isEmpty() ? null : calls.getFirst().batch;
        return batch != null && calls.stream().allMatch(call -> batch.equals(call.batch)) ? calls : List.of();
    }

    /** A call has its outcome: perhaps that leaves no choice about the others. */
    private void settled(Pending call) {
        if (hasStrays) {
            synchronized (strayLock) {
                candidates.remove(call);
            }
            failCandidates();
        }
        onChange.run();
    }

    private void failCandidates() {
        List<Pending> meant;
        RpcException error;
        synchronized (strayLock) {
            if (!hasStrays || candidates.size() > strays.size()) {
                return;
            }
            meant = List.copyOf(candidates);
            error = strays.getLast();
            candidates.clear();
            strays.clear();
            hasStrays = false;
        }
        meant.forEach(call -> call.fail(error));
    }

    /** This side closes the connection: tells the peer that no response is needed any more. */
    void close() {
        pending.values().forEach(call -> connection.send(Cancellation.of(call.id), Link::ignore));
    }

    /** The connection is lost: every call in flight fails. */
    void lost(@Nullable Throwable why) {
        cause = why;
        lost = true;
        List.copyOf(pending.values()).forEach(call -> call.fail(connectionLost()));
    }

    private ConnectionLostException connectionLost() {
        Throwable why = cause;
        String reason = why == null || why.getMessage() == null ? "" : ": " + why.getMessage();
        return new ConnectionLostException("connection to " + peer + " lost" + reason, why);
    }
}
