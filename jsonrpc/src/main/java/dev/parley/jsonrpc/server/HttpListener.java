package dev.parley.jsonrpc.server;

import dev.parley.Address;
import dev.parley.jsonrpc.session.Incoming;
import dev.parley.jsonrpc.session.MessageHandler;
import dev.parley.jsonrpc.session.Once;
import dev.parley.jsonrpc.session.Peer;
import dev.parley.net.http.HttpResponse;
import dev.parley.net.http.rpc.HttpAddress;
import dev.parley.net.http.rpc.HttpRpcListener;
import dev.parley.net.http.server.HttpExchange;
import dev.parley.net.http.server.HttpServer;
import dev.parley.spi.AddressOptions;
import dev.parley.spi.Listener;
import dev.parley.spi.ServerContext;
import java.security.Principal;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * JSON-RPC over HTTP. Every response has status 200, errors too, because jsonrpclib reads no other. Stateless and
 * thread-safe.
 */
public final class HttpListener {
    private HttpListener() {}

    public static Listener start(Address asked, String defaultPath, ServerContext context) {
        AddressOptions options = new AddressOptions(asked);
        String path = HttpAddress.path(asked, options, defaultPath);
        HttpServer.Builder server =
                HttpAddress.server(asked, options, context.values().limits(), context.tls());
        MessageHandler handler = MessageHandler.ofExchanges(context, options, asked.scheme());
        options.refuseOthers();
        return HttpRpcListener.start(
                options.forClients(), server, List.of(path), context::tls, exchange -> handle(exchange, handler));
    }

    static void handle(HttpExchange exchange, MessageHandler handler) {
        // Nothing to pause: a connection gives no further request before this one has its response.
        Incoming incoming = handler.handle(
                exchange.body(),
                new HttpPeer(exchange),
                response -> exchange.respond(HttpResponse.of(200, "application/json", response)),
                new Once(() -> {}));
        exchange.onCancel(incoming::cancel);
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
