package dev.parley.net.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/** A server that plays a script to each connection: the first connection the first act, and so on, the last act for all further ones. */
public final class ScriptedServer implements AutoCloseable {
    private final ServerSocket listener;
    private final AtomicInteger connections = new AtomicInteger();
    private final CompletableFuture<Void> failure = new CompletableFuture<>();

    public interface Act {
        void play(RawPeer peer) throws IOException;
    }

    public ScriptedServer(Act... acts) throws IOException {
        listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.startVirtualThread(() -> {
            while (true) {
                try {
                    Socket socket = listener.accept();
                    Act act = acts[Math.min(connections.getAndIncrement(), acts.length - 1)];
                    Thread.startVirtualThread(() -> play(act, socket));
                } catch (IOException closed) {
                    return;
                }
            }
        });
    }

    private void play(Act act, Socket socket) {
        try (RawPeer peer = new RawPeer(socket)) {
            act.play(peer);
        } catch (IOException | RuntimeException e) {
            failure.completeExceptionally(e);
        }
    }

    /** Reads a request with Content-Length and gives its head. */
    public static String request(RawPeer peer) throws IOException {
        String head = peer.until("\r\n\r\n");
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
