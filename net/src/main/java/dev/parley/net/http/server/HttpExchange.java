package dev.parley.net.http.server;

import dev.parley.net.http.BasicCredentials;
import dev.parley.net.http.ContentCoding;
import dev.parley.net.http.Headers;
import dev.parley.net.http.HttpResponse;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import java.net.SocketAddress;
import java.security.Principal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One request to an {@link HttpServer} and the single place to answer it.
 *
 * <p>Thread-safe: the request is immutable, and the answer may be given by any thread.
 */
public final class HttpExchange {
    private final HttpConnection connection;
    private final String method;
    private final String path;
    private final @Nullable String query;
    private final HttpHeaders fields;
    private final byte[] body;
    private final AtomicBoolean answered = new AtomicBoolean();
    private final CompletableFuture<Void> gone = new CompletableFuture<>();
    private volatile @Nullable Headers headers;

    HttpExchange(HttpConnection connection, HttpRequest head, String path, @Nullable String query, byte[] body) {
        this.connection = connection;
        this.method = head.method().name();
        this.path = path;
        this.query = query;
        this.fields = head.headers();
        this.body = body;
    }

    /** The method, such as {@code POST}. */
    public String method() {
        return method;
    }

    /** The path, percent-decoded, starting with a slash. */
    public String path() {
        return path;
    }

    /** What stands after the question mark, still encoded. */
    public Optional<String> query() {
        return Optional.ofNullable(query);
    }

    /** The header fields. */
    public Headers headers() {
        Headers known = headers;
        if (known == null) {
            List<String> all = new ArrayList<>(fields.size() * 2);
            for (Map.Entry<String, String> field : fields) {
                all.add(field.getKey());
                all.add(field.getValue());
            }
            known = Headers.parsed(all);
            headers = known;
        }
        return known;
    }

    /** The value of the first header field of this name; cheaper than asking {@link #headers()}. */
    public Optional<String> header(String name) {
        return Optional.ofNullable(fields.get(name));
    }

    /** The content, after transfer and content coding; empty if there was none; not a copy. */
    public byte[] body() {
        return body;
    }

    /** Where the peer is: an {@link java.net.InetSocketAddress}, or a Unix-domain address. */
    public SocketAddress remoteAddress() {
        return connection.remoteAddress();
    }

    /** User and password of a Basic {@code Authorization} field; not verified unless the server has {@link HttpServer.Builder#basicAuth}. */
    public Optional<BasicCredentials> credentials() {
        return header("authorization").flatMap(BasicCredentials::ofHeader);
    }

    /** Who the peer's TLS certificate says it is; empty without TLS or without a client certificate. */
    public Optional<Principal> tlsPrincipal() {
        return connection.tlsPrincipal();
    }

    /** Who the peer is, if the server made sure of it: by its TLS certificate, else by the user that {@link HttpServer.Builder#basicAuth} accepted. */
    public Optional<Principal> principal() {
        Optional<Principal> certified = tlsPrincipal();
        return certified.isPresent() || !connection.authenticates()
                ? certified
                : credentials().map(BasicCredentials::user).map(User::new);
    }

    private record User(String name) implements Principal {
        @Override
        public String getName() {
            return name;
        }
    }

    /** Whether the connection is encrypted. */
    public boolean isSecure() {
        return connection.isSecure();
    }

    /**
     * Answers the request. If the peer is gone meanwhile, the answer is dropped.
     *
     * @throws IllegalStateException if an answer was given before
     */
    public void respond(HttpResponse response) {
        if (!answered.compareAndSet(false, true)) {
            throw new IllegalStateException(method + " " + path + " has been answered already");
        }
        connection.respond(this, response);
    }

    /** Has the action run, on an event loop, when the peer goes away before the answer is given; at once if it has gone. */
    public void onCancel(Runnable action) {
        gone.thenRun(() -> {
            if (!answered.get()) {
                action.run();
            }
        });
    }

    boolean accepts(String coding) {
        return ContentCoding.isAccepted(fields.get("accept-encoding"), coding);
    }

    boolean isHead() {
        return method.equals("HEAD");
    }

    boolean isAnswered() {
        return answered.get();
    }

    void cancel() {
        gone.complete(null);
    }
}
