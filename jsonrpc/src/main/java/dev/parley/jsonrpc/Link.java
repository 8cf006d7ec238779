package dev.parley.jsonrpc;

import dev.parley.ConnectionLostException;
import dev.parley.OverloadedException;
import dev.parley.RpcException;
import dev.parley.spi.ErrorTable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.ObjectMapper;

/** The client's end of one open connection on which many calls are under way: brings each answer to its call by its id. Thread-safe. */
final class Link {
    private static final Logger log = LoggerFactory.getLogger(Link.class);

    /** The most calls awaiting their answers; far above what a server works on at a time. */
    private static final int MAX_PENDING = 100_000;

    private final String peer;
    private final ObjectMapper mapper;
    private final AnswerReader reader;
    private final Consumer<byte[]> out;
    private final ConcurrentMap<String, CompletableFuture<Envelope>> pending = new ConcurrentHashMap<>();
    private volatile @Nullable RpcException lost;

    Link(String peer, ObjectMapper mapper, AnswerReader reader, Consumer<byte[]> out) {
        this.peer = peer;
        this.mapper = mapper;
        this.reader = reader;
        this.out = out;
    }

    /** Sends a request. Cancelling the future tells the peer that nobody awaits the answer any more. */
    CompletableFuture<Envelope> request(long id, byte[] message) {
        CompletableFuture<Envelope> answer = new CompletableFuture<>();
        if (pending.size() >= MAX_PENDING) {
            answer.completeExceptionally(
                    new OverloadedException(MAX_PENDING + " calls to " + peer + " await their answers"));
            return answer;
        }
        String key = Long.toString(id);
        pending.put(key, answer);
        answer.whenComplete((envelope, error) -> {
            pending.remove(key);
            if (answer.isCancelled() && lost == null) {
                out.accept(Cancellation.of(id));
            }
        });
        RpcException gone = lost;
        if (gone != null) {
            answer.completeExceptionally(gone);
        } else {
            out.accept(message);
        }
        return answer;
    }

    /** Takes what the peer sent. */
    void received(byte[] message) {
        Envelope.Message scanned;
        try {
            scanned = Envelope.scan(mapper, message, Integer.MAX_VALUE);
        } catch (Envelope.UnreadableException e) {
            log.warn("{} sent what is no JSON-RPC: {}", peer, e.getMessage());
            return;
        }
        for (Envelope element : scanned.elements()) {
            if (element == null) {
                log.warn("{} sent an element that is no object", peer);
            } else if (element.methodToken != null) {
                refuse(element);
            } else {
                answer(element);
            }
        }
    }

    private void answer(Envelope element) {
        String key = element.idToken == JsonToken.VALUE_STRING && element.id != null
                ? element.id.substring(1, element.id.length() - 1)
                : String.valueOf(element.id);
        CompletableFuture<Envelope> call = pending.get(key);
        boolean nameless = element.idToken == null || element.idToken == JsonToken.VALUE_NULL;
        if (nameless && element.errorToken != null && pending.size() == 1) {
            // An error about a request whose id the peer could not read: there is only one it can mean.
            call = pending.values().stream().findFirst().orElse(null);
        }
        if (call != null) {
            call.complete(element);
        } else if (nameless && element.errorToken != null) {
            log.warn(
                    "{} sent an error that belongs to no call: {}",
                    peer,
                    reader.error(element).getMessage());
        } else {
            log.debug("{} sent an answer that nobody awaits any more, id {}", peer, key);
        }
    }

    /** A peer that calls its caller: a request is answered with an error, a notification ignored. */
    private void refuse(Envelope element) {
        log.debug("{} called {}, which this client does not serve", peer, element.method);
        if (Request.of(element) instanceof Request.Call call && call.answerId() != null) {
            out.accept(new AnswerWriter(mapper)
                    .error(call, ErrorTable.METHOD_NOT_FOUND.code(), "this client serves no methods", null));
        }
    }

    /** The connection is gone: every call under way fails. */
    void lost(@Nullable Throwable cause) {
        RpcException error = new ConnectionLostException("connection to " + peer + " lost", cause);
        lost = error;
        pending.values().forEach(call -> call.completeExceptionally(error));
    }
}
