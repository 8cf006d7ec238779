package dev.parley.net.http.server;

/** Answers the requests of one path of an {@link HttpServer}. */
@FunctionalInterface
public interface HttpHandler {
    /**
     * Takes a request whose body is complete, and sees to it that {@link HttpExchange#respond} is called once, now or later, from any thread.
     *
     * <p>Runs on an event loop and must not block: longer work goes to another thread. What it throws is answered with status 500 and a text
     * that names no details, and logged. Handlers are called by several threads at once.
     */
    void handle(HttpExchange exchange);
}
