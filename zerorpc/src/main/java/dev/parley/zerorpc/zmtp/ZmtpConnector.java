package dev.parley.zerorpc.zmtp;

import dev.parley.ConnectionLostException;
import dev.parley.net.socket.EventLoops;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one endpoint connected: when the connection cannot be made or is lost it tries again, after 20 to 40 ms at first, twice as long each time, 1 to 2 seconds
 * at most. Thread-safe.
 */
public final class ZmtpConnector {
    private static final long FIRST_MILLIS = 40;
    private static final long MOST_MILLIS = 2_000;

    private final ZmtpSocket socket;
    private final ZmtpEndpoint endpoint;
    private final ReentrantLock lock = new ReentrantLock();
    private CompletableFuture<ZmtpPeer> attempt = new CompletableFuture<>();
    private long backOff = FIRST_MILLIS;
    private boolean closed;
    private volatile @Nullable ZmtpPeer connected;

    ZmtpConnector(ZmtpSocket socket, ZmtpEndpoint endpoint) {
        this.socket = socket;
        this.endpoint = endpoint;
    }

    /** The connection, if there is one now. */
    public @Nullable ZmtpPeer current() {
        return connected;
    }

    /** The connection, or the outcome of the attempt under way or next: it fails with {@link ConnectionLostException}. Do not complete it. */
    public CompletableFuture<ZmtpPeer> peer() {
        lock.lock();
        try {
            return attempt;
        } finally {
            lock.unlock();
        }
    }

    void start() {
        if (isClosed()) {
            return;
        }
        socket.open(this, endpoint).addListener(opening -> {
            if (!opening.isSuccess()) {
                lost(String.valueOf(opening.cause().getMessage()));
            }
        });
    }

    void ready(ZmtpPeer peer) {
        CompletableFuture<ZmtpPeer> waiting;
        lock.lock();
        try {
            backOff = FIRST_MILLIS;
            connected = peer;
            waiting = attempt;
        } finally {
            lock.unlock();
        }
        waiting.complete(peer);
    }

    void lost(String reason) {
        CompletableFuture<ZmtpPeer> failed;
        long delay;
        lock.lock();
        try {
            connected = null;
            failed = attempt;
            attempt = closed ? failedAttempt("the client is closed") : new CompletableFuture<>();
            delay = ThreadLocalRandom.current().nextLong(backOff / 2, backOff + 1);
            backOff = Math.min(2 * backOff, MOST_MILLIS);
        } finally {
            lock.unlock();
        }
        // Nothing happens here if the attempt had succeeded and its connection was lost later.
        failed.completeExceptionally(new ConnectionLostException("no connection to " + endpoint + ": " + reason));
        if (!isClosed()) {
            EventLoops.shared().schedule(this::start, delay, TimeUnit.MILLISECONDS);
        }
    }

    private boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    private static CompletableFuture<ZmtpPeer> failedAttempt(String reason) {
        return CompletableFuture.failedFuture(new ConnectionLostException(reason));
    }

    void close() {
        CompletableFuture<ZmtpPeer> waiting;
        lock.lock();
        try {
            closed = true;
            connected = null;
            waiting = attempt;
            attempt = failedAttempt("the client is closed");
        } finally {
            lock.unlock();
        }
        waiting.completeExceptionally(new ConnectionLostException("the client was closed"));
    }

    /** The endpoint. */
    @Override
    public String toString() {
        return endpoint.toString();
    }
}
