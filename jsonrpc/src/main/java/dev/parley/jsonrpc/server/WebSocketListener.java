package dev.parley.jsonrpc.server;

import dev.parley.Address;
import dev.parley.jsonrpc.session.MessageHandler;
import dev.parley.jsonrpc.session.Session;
import dev.parley.jsonrpc.stream.WebSocketConnection;
import dev.parley.net.http.rpc.HttpAddress;
import dev.parley.net.http.rpc.HttpRpcHandler;
import dev.parley.net.http.rpc.HttpRpcListener;
import dev.parley.net.http.rpc.HttpSettings;
import dev.parley.net.http.rpc.WebSocketAddress;
import dev.parley.net.websocket.CloseCode;
import dev.parley.net.websocket.WebSocket;
import dev.parley.net.websocket.WebSocketEvents;
import dev.parley.net.websocket.WebSocketOptions;
import dev.parley.net.websocket.WebSocketUpgrade;
import dev.parley.spi.AddressOptions;
import dev.parley.spi.Listener;
import dev.parley.spi.ServerContext;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * JSON-RPC over WebSocket. A POST to the same path is JSON-RPC over HTTP, for programs that make one call. Thread-safe.
 */
public final class WebSocketListener implements Listener {
    private final Listener listener;
    private final ConcurrentMap<WebSocket, Served> open;

    private WebSocketListener(Listener listener, ConcurrentMap<WebSocket, Served> open) {
        this.listener = listener;
        this.open = open;
    }

    /**
     * Binds and starts to serve.
     *
     * @throws dev.parley.InvalidTargetException if the address or an option is unusable
     * @throws dev.parley.ConnectionLostException if the port is in use
     */
    public static Listener start(Address asked, String defaultPath, ServerContext context) {
        AddressOptions options = new AddressOptions(asked);
        List<String> paths = HttpAddress.paths(asked, options, List.of(defaultPath));
        HttpSettings settings = HttpAddress.settings(asked, options, context);
        WebSocketOptions connections =
                WebSocketAddress.options(options.ofServer(), context.values().limits(), List.of("jsonrpc"));
        MessageHandler handler = MessageHandler.ofSessions(context, options, asked.scheme());
        HttpRpcHandler posts = HttpListener.handler(handler, options, context);
        options.refuseOthers();
        ConcurrentMap<WebSocket, Served> open = new ConcurrentHashMap<>();
        Listener listener = HttpRpcListener.start(
                options.forClients(),
                settings,
                paths,
                context,
                posts,
                new WebSocketUpgrade(connections, () -> new Served(handler, open)));
        return new WebSocketListener(listener, open);
    }

    @Override
    public Address address() {
        return listener.address();
    }

    @Override
    public boolean isOpenToAll() {
        return listener.isOpenToAll();
    }

    @Override
    public void reset() {
        listener.reset();
    }

    @Override
    public void stop() {
        listener.stop();
        // The port may go on for other listeners, and its connections with it.
        open.forEach((socket, served) -> socket.execute(served::stopping));
    }

    @Override
    public void close() {
        listener.close();
        open.keySet().forEach(socket -> socket.close(CloseCode.GOING_AWAY, "the server stops"));
    }

    /** Brings what arrives on one connection to its session. Confined to the event loop. */
    private static final class Served implements WebSocketEvents {
        private final MessageHandler handler;
        private final ConcurrentMap<WebSocket, Served> open;
        private @Nullable WebSocket socket;
        private @Nullable Session session;

        Served(MessageHandler handler, ConcurrentMap<WebSocket, Served> open) {
            this.handler = handler;
            this.open = open;
        }

        @Override
        public void opened(WebSocket opened) {
            socket = opened;
            open.put(opened, this);
            session = Session.ofServer(new WebSocketConnection(opened, false), handler);
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
            if (socket != null) {
                open.remove(socket);
            }
            if (session != null) {
                session.lost(cause);
            }
        }
    }
}
