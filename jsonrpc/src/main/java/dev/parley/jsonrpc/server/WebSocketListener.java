package dev.parley.jsonrpc.server;

import dev.parley.Address;
import dev.parley.jsonrpc.session.MessageHandler;
import dev.parley.jsonrpc.session.Session;
import dev.parley.jsonrpc.stream.WebSocketConnection;
import dev.parley.net.http.rpc.HttpAddress;
import dev.parley.net.http.rpc.HttpRpcListener;
import dev.parley.net.http.rpc.WebSocketAddress;
import dev.parley.net.http.server.HttpServer;
import dev.parley.net.websocket.WebSocket;
import dev.parley.net.websocket.WebSocketEvents;
import dev.parley.net.websocket.WebSocketOptions;
import dev.parley.net.websocket.WebSocketUpgrade;
import dev.parley.spi.AddressOptions;
import dev.parley.spi.Listener;
import dev.parley.spi.ServerContext;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * JSON-RPC over WebSocket. A POST to the same path is JSON-RPC over HTTP, for programs that make one call. Stateless and
 * thread-safe.
 */
public final class WebSocketListener {
    private WebSocketListener() {}

    /**
     * Binds and starts to serve.
     *
     * @throws dev.parley.InvalidTargetException if the address or an option is unusable
     * @throws dev.parley.ConnectionLostException if the port is in use
     */
    public static Listener start(Address asked, String defaultPath, ServerContext context) {
        AddressOptions options = new AddressOptions(asked);
        String path = HttpAddress.path(asked, options, defaultPath);
        HttpServer.Builder server =
                HttpAddress.server(asked, options, context.values().limits(), context.tls());
        WebSocketOptions connections =
                WebSocketAddress.options(options.ofServer(), context.values().limits(), List.of("jsonrpc"));
        MessageHandler handler = MessageHandler.ofSessions(context, options, asked.scheme());
        options.refuseOthers();
        server.upgrade(path, new WebSocketUpgrade(connections, () -> new Served(handler)));
        return HttpRpcListener.start(
                options.forClients(),
                server,
                List.of(path),
                context::tls,
                exchange -> HttpListener.handle(exchange, handler));
    }

    /** Brings what arrives on one connection to its session. Confined to the event loop. */
    private static final class Served implements WebSocketEvents {
        private final MessageHandler handler;
        private @Nullable Session session;

        Served(MessageHandler handler) {
            this.handler = handler;
        }

        @Override
        public void opened(WebSocket socket) {
            session = Session.ofServer(new WebSocketConnection(socket, false), handler);
        }

        @Override
        public void received(byte[] message) {
            if (session != null) {
                session.received(message);
            }
        }

        @Override
        public void writabilityChanged() {
            if (session != null) {
                session.writabilityChanged();
            }
        }

        @Override
        public void stopping() {
            if (session != null) {
                session.stop();
            }
        }

        @Override
        public void lost(@Nullable Throwable cause) {
            if (session != null) {
                session.lost(cause);
            }
        }
    }
}
