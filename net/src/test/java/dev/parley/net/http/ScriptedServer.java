package dev.parley.net.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A server that runs a script for each connection: the first script for the first connection, and so on; the last
 * script for all further connections.
 */
public final class ScriptedServer implements AutoCloseable {
    private final ServerSocket listener;
    private final AtomicInteger connections = new AtomicInteger();

    public interface Script {
        void run(RawPeer peer) throws IOException;
    }

    private ScriptedServer(ServerSocket listener) {
        this.listener = listener;
    }

    public static ScriptedServer start(Script... scripts) throws IOException {
        ScriptedServer server = new ScriptedServer(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
        Thread.startVirtualThread(() -> server.accept(scripts));
        return server;
    }

    private void accept(Script... scripts) {
        while (true) {
            try {
                Socket socket = listener.accept();
                Script script = scripts[Math.min(connections.getAndIncrement(), scripts.length - 1)];
                Thread.startVirtualThread(() -> run(script, socket));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void run(Script script, Socket socket) {
        try (RawPeer peer = new RawPeer(socket)) {
            script.run(peer);
        } catch (IOException closed) {
            // The client has disconnected.
        }
    }

    /** Reads a request with a Content-Length and returns its head. */
    public static String request(RawPeer peer) throws IOException {
        String head = peer.readUntil("\r\n\r\n");
        int length = Integer.parseInt(head.replaceAll("(?s).*Content-Length: (\\d+)\r\n.*", "$1"));
        for (int i = 0; i < length; i++) {
            peer.socket.getInputStream().read();
        }
        return head;
    }

    public int port() {
        return listener.getLocalPort();
    }

    public URI address() {
        return URI.create("http://127.0.0.1:" + port() + "/path?q=1");
    }

    public int connections() {
        return connections.get();
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
