package dev.parley.net.http.client;

import dev.parley.ConnectionLostException;
import dev.parley.ProtocolException;
import dev.parley.net.http.HttpResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One connection of an {@link HttpClient}. Used by one thread at a time. */
final class ClientConnection {
    /**
     * Up to this size, head and body are sent by one write, which fits into any send buffer and so does not block.
     */
    private static final int SMALL = 16 << 10;

    private final Origin origin;
    private final ClientSocket socket;
    private final ResponseReader reader;
    private boolean reusable;

    // --- of the pool, for the thread that uses the connection and under the lock

    /** The {@link System#nanoTime()} at which the connection was put back into the pool. */
    long idleSince;
    /** The {@link System#nanoTime()} at which an idle connection is closed. */
    long idleUntil;
    /** The {@link System#nanoTime()} at which the connection was taken from the pool. */
    long usedSince;
    /** The number of responses. */
    int answers;

    /** Its place among the connections without a response; {@code null} after the first one. */
    @Nullable
    ConnectionSlot slot;

    private ClientConnection(Origin origin, ClientSocket socket, int maxResponse) {
        this.origin = origin;
        this.socket = socket;
        this.reader = new ResponseReader(socket.input(), maxResponse);
    }

    /** Connects; throws as {@link ClientSocket#connect} does. */
    static ClientConnection open(Origin origin, int maxResponse, Deadline deadline, Duration connectTimeout) {
        return new ClientConnection(origin, ClientSocket.connect(origin, deadline, connectTimeout), maxResponse);
    }

    /**
     * Sends a request and reads the response.
     *
     * @throws ProtocolException if the response is malformed or exceeds the limit
     * @throws ConnectionLostException if the connection ends first
     * @throws dev.parley.RpcTimeoutException if the deadline passes first
     */
    HttpResponse exchange(byte[] head, String method, byte[] body, Deadline deadline) {
        reusable = false;
        reader.expect();
        Watchdog watchdog = null;
        try {
            socket.timeout(deadline.remainingMillis("sending to " + origin));
            if (!deadline.isNever() && (socket.needsWatchdog() || head.length + body.length > SMALL)) {
                watchdog = Watchdog.start(deadline, socket);
            }
            send(head, body);
            HttpResponse response =
                    reader.read(method, () -> socket.timeout(deadline.remainingMillis("waiting for " + origin)));
            reusable = reader.isReusable();
            return response;
        } catch (ResponseReader.MalformedException e) {
            throw new ProtocolException("not a valid HTTP response from " + origin + ": " + e.getMessage());
        } catch (IOException e) {
            if (deadline.remainingNanos() <= 0 || (watchdog != null && watchdog.hasFired())) {
                throw deadline.exceeded("waiting for " + origin);
            }
            throw new ConnectionLostException("connection to " + origin + " lost: " + ClientSocket.reason(e), e);
        } finally {
            if (watchdog != null && watchdog.stop()) {
                reusable = false;
            }
        }
    }

    private void send(byte[] head, byte[] body) throws IOException {
        OutputStream out = socket.output();
        if (head.length + body.length <= SMALL) {
            byte[] all = Arrays.copyOf(head, head.length + body.length);
            System.arraycopy(body, 0, all, head.length, body.length);
            out.write(all);
        } else {
            out.write(head);
            out.write(body);
        }
        out.flush();
    }

    /** Whether a further request may be sent. */
    boolean isReusable() {
        return reusable;
    }

    /** Whether the peer has neither closed this idle connection nor sent anything on it. */
    boolean isAlive() {
        return reader.isDrained() && socket.isQuiet();
    }

    /** Whether any byte of the response to the last request has been received. Any thread may ask. */
    boolean hasReceived() {
        return reader.hasReceived();
    }

    /** How long the peer says that it keeps the connection, with a margin. */
    static long announcedNanos(HttpResponse response) {
        String field = response.headers().first("Keep-Alive");
        if (field != null) {
            for (String part : field.split(",")) {
                String[] pair = part.strip().split("=", 2);
                if (pair.length == 2 && pair[0].strip().equalsIgnoreCase("timeout")) {
                    try {
                        return TimeUnit.MILLISECONDS.toNanos(
                                Math.max(0, Integer.parseInt(pair[1].strip()) * 1000L - 500));
                    } catch (NumberFormatException e) {
                        return Long.MAX_VALUE;
                    }
                }
            }
        }
        return Long.MAX_VALUE;
    }

    void close() {
        socket.close();
    }
}
