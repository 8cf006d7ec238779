package dev.parley.jsonrpc.client;

import dev.parley.Address;
import dev.parley.jsonrpc.stream.WebSocketConnection;
import dev.parley.net.http.rpc.WebSocketAddress;
import dev.parley.net.websocket.WebSocket;
import dev.parley.net.websocket.WebSocketClient;
import dev.parley.net.websocket.WebSocketEvents;
import org.jspecify.annotations.Nullable;

/** Connects to a WebSocket address. Immutable and thread-safe. */
final class WebSocketConnector implements Connector {
    private final Address address;
    private final WebSocketClient client;

    WebSocketConnector(Address address, WebSocketClient client) {
        this.address = address;
        this.client = client;
    }

    @Override
    public void connect(Events events) {
        WebSocketEvents received = new WebSocketEvents() {
            @Override
            public void opened(WebSocket socket) {
                events.opened(new WebSocketConnection(socket, true));
            }

            @Override
            public void received(byte[] message) {
                events.received(message);
            }

            @Override
            public void writabilityChanged() {
                events.writabilityChanged();
            }

            @Override
            public void stopping() {
                // Only servers stop.
            }

            @Override
            public void lost(@Nullable Throwable cause) {
                events.lost(cause);
            }
        };
        client.connect(received, failure -> events.failed(WebSocketAddress.error(address, client, failure)));
    }
}
