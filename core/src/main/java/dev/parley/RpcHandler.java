package dev.parley;

import java.security.Principal;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Serves the methods of an {@link RpcServer} without a socket: a request in, its response out. For requests that arrive
 * in some other way, such as by a servlet, CGI, a queue or a test. Made by {@link RpcServer#handler}.
 *
 * <p>A request is one message of the protocol: what a POST over HTTP has as its body. It may contain several calls. The
 * interceptors, limits, executions and errors of the server apply as on its wires.
 *
 * <p>Thread-safe.
 */
public interface RpcHandler {
    /** The media type of requests and responses, such as {@code text/xml}. */
    String contentType();

    /**
     * Handles a request of an unknown caller, and waits for the response. If the thread is interrupted meanwhile, the
     * calls of the request are cancelled.
     *
     * @param request the message; must not be changed until the response is there
     * @return the response, which may be an error of the protocol; empty if there is none, as for a notification
     * @throws CancellationException if the thread was interrupted; it stays interrupted
     */
    default byte[] handle(byte[] request) {
        CompletableFuture<byte[]> response = handle(request, Caller.unknown());
        try {
            return response.get();
        } catch (InterruptedException e) {
            response.cancel(true);
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted while a request was handled");
        } catch (ExecutionException e) {
            throw new IllegalStateException("the request has no response", e.getCause());
        }
    }

    /**
     * Handles a request.
     *
     * @param request the message; must not be changed until the response is there
     * @param caller what its methods can learn of the caller
     * @return completes with the response, as {@link #handle(byte[])} returns it, on any thread. Cancelling it cancels
     *     the calls of the request.
     */
    CompletableFuture<byte[]> handle(byte[] request, Caller caller);

    /** Who sent a request, for {@link RpcContext}. Immutable; {@code withX} methods return a changed copy. */
    final class Caller {
        private static final Caller UNKNOWN = new Caller(null, null, Map.of());

        private final @Nullable String remoteAddress;
        private final @Nullable Principal principal;
        private final Map<String, String> metadata;

        private Caller(@Nullable String remoteAddress, @Nullable Principal principal, Map<String, String> metadata) {
            this.remoteAddress = remoteAddress;
            this.principal = principal;
            this.metadata = metadata;
        }

        /** A caller of whom nothing is known. */
        public static Caller unknown() {
            return UNKNOWN;
        }

        /** The same with a network address; {@code null} for none. */
        public Caller withRemoteAddress(@Nullable String address) {
            return new Caller(address, principal, metadata);
        }

        /** The same with the user that has been authenticated; {@code null} for none. */
        public Caller withPrincipal(@Nullable Principal user) {
            return new Caller(remoteAddress, user, metadata);
        }

        /** The same with other metadata, such as HTTP headers; names are turned into lower case. */
        public Caller withMetadata(Map<String, String> values) {
            Map<String, String> lower = new LinkedHashMap<>();
            values.forEach(
                    (name, value) -> lower.put(name.toLowerCase(Locale.ROOT), Objects.requireNonNull(value, name)));
            return new Caller(remoteAddress, principal, Map.copyOf(lower));
        }

        /** The network address; {@code null} if it is unknown. */
        public @Nullable String remoteAddress() {
            return remoteAddress;
        }

        /** The authenticated user; {@code null} for none. */
        public @Nullable Principal principal() {
            return principal;
        }

        /** Further data, under lower-case names. */
        public Map<String, String> metadata() {
            return metadata;
        }
    }
}
