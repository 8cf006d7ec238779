package dev.parley.jsonrpc.server;

import dev.parley.Address;
import dev.parley.RpcHandler;
import dev.parley.jsonrpc.session.Incoming;
import dev.parley.jsonrpc.session.MessageHandler;
import dev.parley.jsonrpc.session.Peer;
import dev.parley.net.http.HttpResponse;
import dev.parley.net.http.rpc.DocumentationPage;
import dev.parley.net.http.rpc.HttpAddress;
import dev.parley.net.http.rpc.HttpRpcHandler;
import dev.parley.net.http.rpc.HttpRpcListener;
import dev.parley.net.http.rpc.HttpSettings;
import dev.parley.net.http.rpc.RetryAfter;
import dev.parley.net.http.rpc.RpcExchange;
import dev.parley.spi.AddressOptions;
import dev.parley.spi.Listener;
import dev.parley.spi.MessageCharge;
import dev.parley.spi.ServerContext;
import java.security.Principal;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * JSON-RPC over HTTP. Every response has status 200, errors too, because jsonrpclib reads no other; but 503 if the
 * server is overloaded, which proxies and clients of every kind know. Stateless and thread-safe.
 */
public final class HttpListener {
    private HttpListener() {}

    public static Listener start(Address asked, String defaultPath, ServerContext context) {
        AddressOptions options = new AddressOptions(asked);
        List<String> paths = HttpAddress.paths(asked, options, List.of(defaultPath));
        HttpSettings settings = HttpAddress.settings(asked, options, context);
        HttpRpcHandler handler = handler(asked.scheme(), options, context);
        options.refuseOthers();
        return HttpRpcListener.start(options.forClients(), settings, paths, context, handler, null);
    }

    /** A handler without a listener. */
    public static RpcHandler handler(Address address, ServerContext context) {
        AddressOptions options = new AddressOptions(address);
        HttpRpcHandler handler = handler(address.scheme(), options, context);
        options.refuseOthers();
        return handler;
    }

    private static HttpRpcHandler handler(String scheme, AddressOptions options, ServerContext context) {
        return handler(MessageHandler.ofExchanges(context, options, scheme), options, context);
    }

    /** Brings what is posted to this handler. */
    static HttpRpcHandler handler(MessageHandler handler, AddressOptions options, ServerContext context) {
        return new HttpRpcHandler(
                DocumentationPage.Protocol.JSON_RPC,
                options,
                context.dispatcher(),
                context.values().limits().messageBytes(),
                exchange -> handle(exchange, handler));
    }

    private static void handle(RpcExchange exchange, MessageHandler handler) {
        // Nothing to pause: a connection gives no further request before this one has its response.
        HttpPeer peer = new HttpPeer(exchange);
        Incoming incoming = handler.handle(exchange.body(), peer, body -> exchange.respond(peer.response(body)));
        exchange.onCancel(incoming::cancel);
    }

    /** The sender of one request, which notes how its calls ended. Thread-safe. */
    private static final class HttpPeer implements Peer {
        private final RpcExchange exchange;
        private final AtomicInteger calls = new AtomicInteger();
        private final AtomicInteger overloaded = new AtomicInteger();

        HttpPeer(RpcExchange exchange) {
            this.exchange = exchange;
        }

        /** The response: with status 503 if none of the calls was served for overload. */
        HttpResponse response(byte[] body) {
            boolean refused = overloaded.get() > 0 && overloaded.get() == calls.get();
            HttpResponse response = HttpResponse.of(refused ? 503 : 200, "application/json", body);
            return refused ? RetryAfter.add(response) : response;
        }

        @Override
        public void overloaded() {
            overloaded.incrementAndGet();
        }

        @Override
        public @Nullable String remoteAddress() {
            return exchange.remoteAddress();
        }

        @Override
        public @Nullable Principal principal() {
            return exchange.principal();
        }

        @Override
        public MessageCharge charge() {
            return exchange.charge();
        }

        @Override
        public Map<String, String> metadata() {
            return exchange.headers();
        }

        @Override
        public void abandon(Throwable error) {
            exchange.abandon();
        }

        @Override
        public void called(String method, @Nullable Integer code) {
            calls.incrementAndGet();
            exchange.called(method, code);
        }
    }
}
