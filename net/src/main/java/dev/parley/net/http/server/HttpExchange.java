package dev.parley.net.http.server;

import dev.parley.net.http.ContentCoding;
import dev.parley.net.http.Headers;
import dev.parley.net.http.HttpResponse;
import dev.parley.spi.MessageCharge;
import java.security.Principal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One request to an {@link HttpServer}, which takes one response.
 *
 * <p>Thread-safe: the request is immutable, and any thread may respond.
 */
public final class HttpExchange {
    /** How many calls of one request the access log names. */
    private static final int MAX_NAMED = 5;

    /** How much of each name. */
    private static final int MAX_NAME = 100;

    private final HttpConnection connection;
    private final IncomingRequest request;
    private final byte[] body;
    private final AtomicBoolean responded = new AtomicBoolean();
    private final CompletableFuture<Void> disconnected = new CompletableFuture<>();
    private volatile @Nullable Headers headers;

    /** The methods that handlers have noted. Guarded by itself, as are the fields below. */
    private final StringBuilder calls = new StringBuilder();

    private int callCount;
    private int errorCount;
    private @Nullable Integer errorCode;

    HttpExchange(HttpConnection connection, IncomingRequest request, byte[] body) {
        this.connection = connection;
        this.request = request;
        this.body = body;
    }

    /** The HTTP method, such as {@code POST}. */
    public String method() {
        return request.method();
    }

    /** The path, percent-decoded, starting with a slash. */
    public String path() {
        return request.path();
    }

    /** The part of the target after the question mark, percent-encoded; null if there is none. */
    public @Nullable String query() {
        return request.query();
    }

    /** The header fields. */
    public Headers headers() {
        Headers known = headers;
        if (known == null) {
            List<String> all = new ArrayList<>(request.headers().size() * 2);
            for (Map.Entry<String, String> field : request.headers()) {
                all.add(field.getKey());
                all.add(field.getValue());
            }
            known = Headers.parsed(all);
            headers = known;
        }
        return known;
    }

    /** The value of the first header field of this name, null if there is none. Cheaper than {@link #headers()}. */
    public @Nullable String header(String name) {
        return request.headers().get(name);
    }

    /** The content, without transfer and content coding; empty if there is none. Not a copy. */
    public byte[] body() {
        return body;
    }

    /** What the request holds of the memory budget, until its response has left. */
    public MessageCharge charge() {
        return request.charge();
    }

    /** The peer's address as {@link dev.parley.net.socket.SocketAddresses#text} writes it. */
    public String remoteAddress() {
        return connection.remoteAddress();
    }

    /**
     * Who has sent the request, as the server's {@link HttpServer.Builder#authentication} found out; without one the
     * subject of the peer's TLS certificate, null if there is none.
     */
    public @Nullable Principal principal() {
        Principal caller = request.caller();
        return caller != null ? caller : connection.certificateSubject();
    }

    /** Whether the connection is encrypted. */
    public boolean isSecure() {
        return connection.isSecure();
    }

    /**
     * Responds that the server failed, or, if a response has been given that could not be sent, closes the connection.
     * For a handler that has no other way to end the request.
     */
    public void abandon() {
        if (!tryRespond(HttpConnection.FAILURE)) {
            connection.abandon(this);
        }
    }

    /**
     * Responds to the request. If the peer has disconnected, the response is dropped.
     *
     * @throws IllegalStateException if a response has been given
     */
    public void respond(HttpResponse response) {
        if (!tryRespond(response)) {
            throw new IllegalStateException(method() + " " + path() + " already has a response");
        }
    }

    /**
     * Responds to the request unless a response has been given. If the peer has disconnected, the response is dropped.
     *
     * @return whether this is the first response
     */
    public boolean tryRespond(HttpResponse response) {
        Objects.requireNonNull(response, "response");
        if (!responded.compareAndSet(false, true)) {
            return false;
        }
        connection.respond(this, response);
        return true;
    }

    /**
     * Runs the action when the peer disconnects before a response is given: on the connection's event loop, or on this
     * thread if the peer has disconnected already.
     */
    public void onCancel(Runnable action) {
        Objects.requireNonNull(action, "action");
        disconnected.thenRun(() -> {
            if (!responded.get()) {
                action.run();
            }
        });
    }

    /**
     * Notes a call of the request for the access log, before the response.
     *
     * @param name the method that was called
     * @param code the code of its error; null if it succeeded
     */
    public void called(String name, @Nullable Integer code) {
        if (!connection.logsAccess()) {
            return;
        }
        synchronized (calls) {
            callCount++;
            if (callCount <= MAX_NAMED) {
                calls.append(callCount == 1 ? "" : ",").append(name, 0, Math.min(name.length(), MAX_NAME));
            }
            if (code != null) {
                errorCount++;
                errorCode = code;
            }
        }
    }

    /** The methods that were called, the first ones by name; null if none has been noted. */
    @Nullable
    String calls() {
        synchronized (calls) {
            return callCount == 0
                    ? null
                    : callCount <= MAX_NAMED ? calls.toString() : calls + ",+" + (callCount - MAX_NAMED);
        }
    }

    /** How the calls ended: {@code ok}, the code of the one error, or how many of them failed. */
    String outcome() {
        synchronized (calls) {
            return errorCount == 0
                    ? "ok"
                    : callCount == 1 ? String.valueOf(errorCode) : errorCount + "/" + callCount + "_failed";
        }
    }

    boolean accepts(String coding) {
        return ContentCoding.isAccepted(header("Accept-Encoding"), coding);
    }

    void cancel() {
        disconnected.complete(null);
    }
}
