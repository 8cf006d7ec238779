package dev.parley.jsonrpc.client;

import dev.parley.ConnectionLostException;
import dev.parley.ProtocolException;
import dev.parley.RpcException;
import dev.parley.jsonrpc.message.Cancellation;
import dev.parley.jsonrpc.message.Envelope;
import dev.parley.jsonrpc.message.Ids;
import dev.parley.jsonrpc.message.Request;
import dev.parley.jsonrpc.message.ResponseReader;
import dev.parley.jsonrpc.message.ResponseWriter;
import dev.parley.net.http.rpc.FaultCodes;
import dev.parley.spi.ResponseListener;
import dev.parley.spi.StartedCall;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.ObjectMapper;

/**
 * The client's end of one open connection with many calls in flight: passes each response to its call by its id.
 *
 * <p>A response that cannot be read, or whose id no call has, answers some call all the same, which would otherwise wait
 * out its timeout. It fails the call that its id names, if that can be found, else the calls it can only be meant for:
 * those that remain when as many calls are left, of those then in flight, as such responses have come. Thread-safe.
 */
final class Link {
    private static final Logger log = LoggerFactory.getLogger(Link.class);

    private final String peer;
    private final ObjectMapper mapper;
    private final ResponseReader reader;
    private final Consumer<byte[]> out;
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

    Link(String peer, ObjectMapper mapper, ResponseReader reader, Consumer<byte[]> out) {
        this.peer = peer;
        this.mapper = mapper;
        this.reader = reader;
        this.out = out;
    }

    /** A call in flight. */
    private final class Pending implements StartedCall {
        private final long id;
        private final ResponseListener listener;

        Pending(long id, ResponseListener listener) {
            this.id = id;
            this.listener = listener;
        }

        /** Tells the peer that the response is no longer needed. */
        @Override
        public void cancel() {
            if (pending.remove(id, this)) {
                abandoned = true;
                if (!lost) {
                    out.accept(Cancellation.of(id));
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

    /** Sends a request. */
    StartedCall request(long id, byte[] message, ResponseListener listener) {
        Pending call = new Pending(id, listener);
        lastId.accumulateAndGet(id, Math::max);
        pending.put(id, call);
        if (lost) {
            call.fail(connectionLost());
        } else {
            out.accept(message);
        }
        return call;
    }

    /** Takes what the peer sent. */
    void received(byte[] message) {
        Envelope.Message scanned;
        try {
            scanned = Envelope.scan(mapper, message, Integer.MAX_VALUE);
        } catch (Envelope.UnreadableException e) {
            unreadable(message, String.valueOf(e.getMessage()));
            return;
        }
        for (Envelope element : scanned.elements()) {
            if (element == null) {
                log.warn("{} sent an element that is not an object", peer);
            } else if (element.isRequest()) {
                refuse(element);
            } else {
                response(element);
            }
        }
    }

    /** Takes note that the peer sent a message that is too large to be received. */
    void tooLarge(String problem) {
        stray(new ProtocolException("a response of " + peer + " cannot be received: " + problem));
    }

    private void unreadable(byte[] message, String problem) {
        int start = 0;
        while (start < message.length && message[start] <= ' ' && message[start] >= 0) {
            start++;
        }
        if (start == message.length || (message[start] != '{' && message[start] != '[')) {
            // A line of a log, say.
            log.warn("{} sent a message that is not JSON-RPC: {}", peer, problem);
            return;
        }
        ProtocolException error = new ProtocolException("the response is not a JSON-RPC response: " + problem);
        boolean found = false;
        for (long id : Ids.recover(message)) {
            Pending call = pending.get(id);
            if (call != null) {
                call.fail(error);
            }
            found |= id <= lastId.get();
        }
        if (!found) {
            stray(error);
        }
    }

    private void response(Envelope element) {
        long id = Ids.number(element);
        Pending call = id == Ids.NONE ? null : pending.get(id);
        if (call != null) {
            call.received(element);
        } else if (id != Ids.NONE && id <= lastId.get()) {
            log.debug("{} sent a response to no call in flight, id {}", peer, id);
        } else if (Ids.isAbsent(element) && !element.hasError() && !abandoned && pending.size() == 1) {
            // Some servers leave the id out; there is only one call that this can answer.
            List.copyOf(pending.values()).forEach(only -> only.received(element));
        } else {
            stray(element.hasError() ? reader.error(element) : misnumbered(element));
        }
    }

    private static ProtocolException misnumbered(Envelope element) {
        return new ProtocolException(
                Ids.isAbsent(element)
                        ? "the response has no id, so that it cannot be told which call it answers"
                        : "the response has the id " + element.id + ", which no request had");
    }

    /** A response that belongs to no call by its id. */
    private void stray(RpcException error) {
        log.warn("{} sent a response that belongs to no call: {}", peer, error.getMessage());
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

    /** A call has its outcome: perhaps that leaves no choice about the others. */
    private void settled(Pending call) {
        if (hasStrays) {
            synchronized (strayLock) {
                candidates.remove(call);
            }
            failCandidates();
        }
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

    /** A peer that calls its caller: a request gets an error, a notification is ignored. */
    private void refuse(Envelope element) {
        log.debug("{} called {}, which this client does not serve", peer, element.method);
        if (Request.of(element) instanceof Request.Call call && call.responseId() != null) {
            out.accept(new ResponseWriter(mapper)
                    .error(call, FaultCodes.METHOD_NOT_FOUND, "this client serves no methods", null));
        }
    }

    /** The client closes the connection: tells the peer that no response is needed any more. */
    void close() {
        pending.values().forEach(call -> out.accept(Cancellation.of(call.id)));
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
