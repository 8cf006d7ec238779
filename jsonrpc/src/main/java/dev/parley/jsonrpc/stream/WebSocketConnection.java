package dev.parley.jsonrpc.stream;

import dev.parley.jsonrpc.session.Connection;
import dev.parley.net.socket.ConnectionMemory;
import dev.parley.net.websocket.CloseCode;
import dev.parley.net.websocket.WebSocket;
import java.security.Principal;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** An open WebSocket, of either side. Thread-safe. */
public final class WebSocketConnection implements Connection {
    private final WebSocket socket;
    private final boolean client;
    private final ConnectionMemory memory;

    /**
     * A connection.
     *
     * @param client whether this is the client's side, which closes for other reasons
     */
    public WebSocketConnection(WebSocket socket, boolean client) {
        this.socket = socket;
        this.client = client;
        this.memory = new ConnectionMemory(() ->
                socket.close(CloseCode.INTERNAL_ERROR, "memory is short, and this connection holds more than others"));
    }

    @Override
    public void send(byte[] message, Consumer<@Nullable Throwable> done) {
        socket.send(message, done);
    }

    @Override
    public ConnectionMemory memory() {
        return memory;
    }

    @Override
    public void read(boolean on) {
        socket.read(on);
    }

    @Override
    public boolean isWritable() {
        return socket.isWritable();
    }

    @Override
    public void execute(Runnable task) {
        socket.execute(task);
    }

    @Override
    public boolean isReader() {
        return socket.isReader();
    }

    @Override
    public void finish() {
        socket.close(client ? CloseCode.NORMAL : CloseCode.GOING_AWAY, client ? "" : "the server stops");
    }

    @Override
    public void close() {
        socket.close(client ? CloseCode.NORMAL : CloseCode.INTERNAL_ERROR, "");
    }

    @Override
    public @Nullable String remoteAddress() {
        return socket.remoteAddress();
    }

    @Override
    public @Nullable Principal principal() {
        return socket.principal();
    }

    /** The header fields of the client's upgrade request. */
    @Override
    public Map<String, String> metadata() {
        return client ? Map.of() : socket.headers().toMap();
    }
}
