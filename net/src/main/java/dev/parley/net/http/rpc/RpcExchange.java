package dev.parley.net.http.rpc;

import dev.parley.net.http.HttpResponse;
import dev.parley.net.http.server.HttpExchange;
import dev.parley.spi.MessageCharge;
import java.security.Principal;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One request of RPC over HTTP, which takes one response; whether Parley's own server, a servlet container or a program
 * has received it. Thread-safe: the request is immutable, and any thread may respond.
 */
public interface RpcExchange {
    /** The message, without transfer and content coding. Not a copy. */
    byte[] body();

    /** What the request holds of the memory budget, until it has its response. */
    MessageCharge charge();

    /** The value of a header field; {@code null} if there is none. */
    @Nullable
    String header(String name);

    /** The header fields, under lower-case names. */
    Map<String, String> headers();

    /** The peer's address; {@code null} if it is unknown. */
    @Nullable
    String remoteAddress();

    /** The authenticated peer; {@code null} for none. */
    @Nullable
    Principal principal();

    /**
     * Responds.
     *
     * @throws IllegalStateException if a response has been given
     */
    default void respond(HttpResponse response) {
        if (!tryRespond(response)) {
            throw new IllegalStateException("the request already has a response");
        }
    }

    /**
     * Responds unless a response has been given.
     *
     * @return whether this is the first response
     */
    boolean tryRespond(HttpResponse response);

    /**
     * Responds that the server failed, or, if a response has been given that could not be sent, closes the connection.
     * For what must not throw.
     */
    void abandon();

    /** Runs the action when the peer goes before a response is given; at once if it has gone already. */
    void onCancel(Runnable action);

    /**
     * Notes one call of the request for the access log, before the response.
     *
     * @param method the method's name, as the peer wrote it
     * @param code the code of the error that the peer gets; {@code null} if the call succeeded
     */
    void called(String method, @Nullable Integer code);

    /** The exchange of an HTTP server. */
    static RpcExchange of(HttpExchange exchange) {
        return new ServerExchange(exchange);
    }
}
