package dev.parley.jsonrpc;

import dev.parley.Address;
import dev.parley.net.http.HttpResponse;
import dev.parley.net.http.rpc.HttpAddress;
import dev.parley.net.http.server.HttpExchange;
import dev.parley.net.http.server.HttpServer;
import dev.parley.spi.AddressOptions;
import dev.parley.spi.Listener;
import dev.parley.spi.ServerContext;
import java.security.Principal;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** JSON-RPC over HTTP: every answer has status 200, errors too, because jsonrpclib reads no other. Thread-safe. */
final class HttpListener implements Listener {
    static final String DEFAULT_PATH = "/";

    /** Messages above this size are scanned on a thread of their own, so that the event loop stays free for other connections. */
    private static final int LARGE = 64 << 10;

    private final Address address;
    private final MessageHandler handler;
    private final HttpServer server;

    private HttpListener(Address asked, ServerContext context) {
        AddressOptions options = new AddressOptions(asked);
        String path = HttpAddress.path(asked, options, DEFAULT_PATH);
        HttpServer.Builder builder =
                HttpAddress.server(asked, options, context.values().limits(), context.tls());
        this.handler = new MessageHandler(context, asked.scheme(), maxBatch(options));
        options.refuseOthers();
        this.server = builder.handle(path, this::handle).build().start();
        this.address = HttpAddress.bound(options.forClients(), server);
    }

    static HttpListener start(Address address, ServerContext context) {
        return new HttpListener(address, context);
    }

    static int maxBatch(AddressOptions options) {
        return options.ofServer().integer("max_batch", 10_000, 1, Integer.MAX_VALUE);
    }

    private void handle(HttpExchange exchange) {
        if (exchange.body().length > LARGE) {
            Thread.ofVirtual().name("parley-jsonrpc").start(() -> take(exchange));
        } else {
            take(exchange);
        }
    }

    private void take(HttpExchange exchange) {
        // Nothing to pause: a connection gives no further request before this one is answered.
        MessageHandler.Running running = handler.handle(
                exchange.body(),
                new HttpPeer(exchange),
                answer -> exchange.respond(HttpResponse.of(200, "application/json", answer)),
                new Once(() -> {}));
        exchange.onCancel(running::cancel);
    }

    @Override
    public Address address() {
        return address;
    }

    @Override
    public void stop() {
        server.stop();
    }

    @Override
    public void close() {
        server.close();
    }

    private record HttpPeer(HttpExchange exchange) implements Peer {
        @Override
        public @Nullable String remoteAddress() {
            return exchange.remoteAddress();
        }

        @Override
        public @Nullable Principal principal() {
            return exchange.principal();
        }

        @Override
        public Map<String, String> metadata() {
            return exchange.headers().toMap();
        }
    }
}
