/**
 * A small HTTP/1.1 server on event loops.
 *
 * <p>Start at {@link dev.parley.net.http.server.HttpServer}: it accepts connections, collects each request and gives it
 * to the {@link dev.parley.net.http.server.HttpHandler} of its path as an
 * {@link dev.parley.net.http.server.HttpExchange}, which takes the response from any thread.
 */
@NullMarked
package dev.parley.net.http.server;

import org.jspecify.annotations.NullMarked;
