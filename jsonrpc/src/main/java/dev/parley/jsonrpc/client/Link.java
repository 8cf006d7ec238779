package dev.parley.jsonrpc.client;

import dev.parley.ConnectionLostException;
import dev.parley.RpcException;
import dev.parley.jsonrpc.message.Cancellation;
import dev.parley.jsonrpc.message.Envelope;
import dev.parley.jsonrpc.message.Request;
import dev.parley.jsonrpc.message.ResponseReader;
import dev.parley.jsonrpc.message.ResponseWriter;
import dev.parley.net.http.rpc.FaultCodes;
import dev.parley.spi.ResponseListener;
import dev.parley.spi.StartedCall;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.ObjectMapper;

/**
 * The client's end of one open connection with many calls in flight: passes each response to its call by its id.
 * Thread-safe.
 */
final class Link {
    private static final Logger log = LoggerFactory.getLogger(Link.class);

    private final String peer;
    private final ObjectMapper mapper;
    private final ResponseReader reader;
    private final Consumer<byte[]> out;
    private final ConcurrentMap<String, Pending> pending = new ConcurrentHashMap<>();
    private volatile boolean lost;
    private volatile @Nullable Throwable cause;

    Link(String peer, ObjectMapper mapper, ResponseReader reader, Consumer<byte[]> out) {
        this.peer = peer;
        this.mapper = mapper;
        this.reader = reader;
        this.out = out;
    }

    /** A call in flight. */
    private final class Pending implements StartedCall {
        private final long id;
        private final String key;
        private final ResponseListener listener;

        Pending(long id, ResponseListener listener) {
            this.id = id;
            this.key = Long.toString(id);
            this.listener = listener;
        }

        /** Tells the peer that the response is no longer needed. */
        @Override
        public void cancel() {
            if (pending.remove(key, this) && !lost) {
                out.accept(Cancellation.of(id));
            }
        }

        void received(Envelope response) {
            if (pending.remove(key, this)) {
                try {
                    listener.onResult(reader.result(response));
                } catch (RpcException e) {
                    listener.onFailure(e);
                }
            }
        }

        void fail() {
            if (pending.remove(key, this)) {
                listener.onFailure(new ConnectionLostException("connection to " + peer + " lost", cause));
            }
        }
    }

    /** Sends a request. */
    StartedCall request(long id, byte[] message, ResponseListener listener) {
        Pending call = new Pending(id, listener);
        pending.put(call.key, call);
        if (lost) {
            call.fail();
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
            log.warn("{} sent a message that is not JSON-RPC: {}", peer, e.getMessage());
            return;
        }
        for (Envelope element : scanned.elements()) {
            if (element == null) {
                log.warn("{} sent an element that is not an object", peer);
            } else if (element.methodToken != null) {
                refuse(element);
            } else {
                response(element);
            }
        }
    }

    private void response(Envelope element) {
        String key = element.idToken == JsonToken.VALUE_STRING && element.id != null
                ? element.id.substring(1, element.id.length() - 1)
                : String.valueOf(element.id);
        Pending call = pending.get(key);
        boolean withoutId = element.idToken == null || element.idToken == JsonToken.VALUE_NULL;
        if (withoutId && element.errorToken != null && pending.size() == 1) {
            // An error about a request whose id the peer could not read: there is only one that it can mean.
            call = pending.values().stream().findFirst().orElse(null);
        }
        if (call != null) {
            call.received(element);
        } else if (withoutId && element.errorToken != null) {
            log.warn(
                    "{} sent an error that belongs to no call: {}",
                    peer,
                    reader.error(element).getMessage());
        } else {
            log.debug("{} sent a response to no call in flight, id {}", peer, key);
        }
    }

    /** A peer that calls its caller: a request gets an error, a notification is ignored. */
    private void refuse(Envelope element) {
        log.debug("{} called {}, which this client does not serve", peer, element.method);
        if (Request.of(element) instanceof Request.Call call && call.responseId() != null) {
            out.accept(new ResponseWriter(mapper)
                    .error(call, FaultCodes.METHOD_NOT_FOUND, "this client serves no methods", null));
        }
    }

    /** The connection is lost: every call in flight fails. */
    void lost(@Nullable Throwable why) {
        cause = why;
        lost = true;
        pending.values().forEach(Pending::fail);
    }
}
