package dev.parley.net.http.server;

/** Handles the requests of one path of an {@link HttpServer}. Must be thread-safe: several threads call it at once. */
@FunctionalInterface
public interface HttpHandler {
    /**
     * Handles a request whose body is complete. {@link HttpExchange#respond} must be called once, now or later, from
     * any thread.
     *
     * <p>Runs on an event loop and must not block: longer work goes to another thread. An exception thrown here is
     * logged, and the peer gets status 500 with a text that does not show it.
     */
    void handle(HttpExchange exchange);
}
