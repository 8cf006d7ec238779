package dev.parley.interop.attack;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;

/** A hostile connection, which does not care what becomes of it. Confined to one thread. */
final class Attacker implements AutoCloseable {
    private static final int READ_TIMEOUT_MILLIS = 20_000;

    /** What a hostile connection does. */
    interface Script {
        void run(Attacker attacker) throws IOException, InterruptedException;
    }

    private final Socket socket = new Socket();

    private Attacker(int port) throws IOException {
        socket.setSoTimeout(READ_TIMEOUT_MILLIS);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), READ_TIMEOUT_MILLIS);
    }

    /**
     * Runs a script on many connections, and waits for all of them.
     *
     * @param atOnce how many connections are open at once
     */
    static void attack(int port, int connections, int atOnce, Script script) throws InterruptedException {
        Semaphore permits = new Semaphore(atOnce);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            permits.acquire();
            threads.add(Thread.startVirtualThread(() -> {
                try (Attacker attacker = new Attacker(port)) {
                    script.run(attacker);
                } catch (IOException e) {
                    // Refused, cut off or kept waiting: all the same to it.
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                } finally {
                    permits.release();
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }

    void send(byte... bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    void send(String text) throws IOException {
        send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Sends a POST with this body, or with a part of it. */
    void post(String path, String headers, byte[] body, int length) throws IOException {
        send("POST " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n" + headers
                + "Content-Length: " + body.length + "\r\n\r\n");
        socket.getOutputStream().write(body, 0, length);
    }

    /** Reads some of a response. */
    void receive() throws IOException {
        if (socket.getInputStream().read(new byte[4096]) < 0) {
            throw new IOException("closed");
        }
    }

    /** Reads one line, or until the server closes. */
    void receiveLine() throws IOException {
        InputStream in = socket.getInputStream();
        byte[] buffer = new byte[64 << 10];
        int read;
        do {
            read = in.read(buffer);
        } while (read > 0 && buffer[read - 1] != '\n');
    }

    /** Reads until the server closes or is silent for so long. */
    void receiveAll(long silentMillis) throws IOException {
        socket.setSoTimeout((int) silentMillis);
        InputStream in = socket.getInputStream();
        byte[] buffer = new byte[64 << 10];
        while (in.read(buffer) >= 0) {
            // Nothing is kept.
        }
    }

    /** Opens a WebSocket. */
    void upgrade(String path, String headers) throws IOException {
        send("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" + headers
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
        receive();
    }

    /** Sends the header of a WebSocket frame, which is masked by zeros; its length must have the shortest form. */
    void frameHeader(int first, int length) throws IOException {
        ByteArrayOutputStream header = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(header);
        out.writeByte(first);
        if (length < 126) {
            out.writeByte(0x80 | length);
        } else if (length < 1 << 16) {
            out.writeByte(0x80 | 126);
            out.writeShort(length);
        } else {
            out.writeByte(0x80 | 127);
            out.writeLong(length);
        }
        out.writeInt(0);
        send(header.toByteArray());
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
