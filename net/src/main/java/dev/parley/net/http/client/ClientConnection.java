package dev.parley.net.http.client;

import dev.parley.ConnectionLostException;
import dev.parley.ProtocolException;
import dev.parley.net.http.HttpResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Arrays;

/** One connection of an {@link HttpClient}. Used by one thread at a time. */
final class ClientConnection {
    /** Below this, head and body leave as one write, one packet, and fit into any send buffer: such a write cannot block. */
    private static final int SMALL = 16 << 10;

    private final Origin origin;
    private final ClientSocket socket;
    private final ResponseReader reader;
    private boolean reusable;

    /** When it was put back into the pool, by {@link System#nanoTime()}. */
    long idleSince;

    ClientConnection(Origin origin, int maxResponse, Deadline deadline, Duration connectTimeout) {
        this.origin = origin;
        this.socket = ClientSocket.connect(origin, deadline, connectTimeout);
        this.reader = new ResponseReader(socket.input(), maxResponse);
    }

    HttpResponse exchange(byte[] head, String method, byte[] body, Deadline deadline) {
        reusable = false;
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

    boolean isReusable() {
        return reusable;
    }

    /** Whether the peer has neither closed this idle connection nor said something unasked on it. */
    boolean isAlive() {
        return reader.isDrained() && socket.isQuiet();
    }

    void close() {
        socket.close();
    }
}
