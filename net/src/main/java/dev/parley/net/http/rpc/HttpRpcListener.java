package dev.parley.net.http.rpc;

import dev.parley.Address;
import dev.parley.net.http.HttpResponse;
import dev.parley.net.http.server.HttpExchange;
import dev.parley.net.http.server.HttpHandler;
import dev.parley.net.http.server.HttpServer;
import dev.parley.spi.Listener;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server side of every protocol over HTTP: an HTTP server whose handler may parse. Large requests are handled on a
 * virtual thread, so that the event loop stays free for other connections. If the handler throws, on whichever thread,
 * the response has status 500. Thread-safe.
 */
public final class HttpRpcListener implements Listener {
    private static final Logger log = LoggerFactory.getLogger(HttpRpcListener.class);

    /** Messages with more bytes than this are not parsed on an event loop, on any transport. */
    public static final int LARGE = 64 << 10;

    private final HttpServer server;
    private final Address address;
    private final Supplier<@Nullable SSLContext> tls;

    private HttpRpcListener(HttpServer server, Address address, Supplier<@Nullable SSLContext> tls) {
        this.server = server;
        this.address = address;
        this.tls = tls;
    }

    /**
     * Binds and starts to serve.
     *
     * @param address the address for clients, whose port may be 0
     * @param paths where requests are handled
     * @param tls supplies the current TLS context at {@link #reset}; asked only if the scheme has TLS
     * @param handler responds to each exchange once, now or later; called on an event loop or on a virtual thread
     * @throws dev.parley.RpcException as {@link HttpServer#start}
     */
    public static HttpRpcListener start(
            Address address,
            HttpServer.Builder builder,
            List<String> paths,
            Supplier<@Nullable SSLContext> tls,
            HttpHandler handler) {
        for (String path : paths) {
            builder.handle(path, exchange -> {
                if (exchange.body().length > LARGE) {
                    offLoop(exchange, handler);
                } else {
                    handler.handle(exchange);
                }
            });
        }
        HttpServer server = builder.build().start();
        return new HttpRpcListener(server, HttpAddress.bound(address, server), tls);
    }

    /** Handles an exchange on a virtual thread. */
    public static void offLoop(HttpExchange exchange, HttpHandler handler) {
        Thread.ofVirtual().name("parley-http-handler").start(() -> {
            try {
                handler.handle(exchange);
            } catch (RuntimeException | Error e) {
                log.error("the handler of {} failed", exchange.path(), e);
                exchange.tryRespond(HttpResponse.text(500, "the server failed to handle this request"));
            }
        });
    }

    @Override
    public Address address() {
        return address;
    }

    /**
     * Uses the current TLS context for connections accepted from now on; open connections keep theirs. Without TLS it
     * does nothing.
     */
    @Override
    public void reset() {
        if (HttpAddress.isSecure(address)) {
            server.tls(Objects.requireNonNull(tls.get(), "the TLS context"));
        }
    }

    @Override
    public void stop() {
        server.stop();
    }

    @Override
    public void close() {
        server.close();
    }
}
