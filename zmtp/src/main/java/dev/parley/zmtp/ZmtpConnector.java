package dev.parley.zmtp;

import dev.parley.AccessDeniedException;
import dev.parley.ConnectionLostException;
import dev.parley.RpcException;
import dev.parley.net.socket.EventLoops;
import dev.parley.spi.Backoff;
import dev.parley.spi.Guard;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one endpoint connected: if the connection cannot be made, or is lost, it tries again after a random pause that
 * grows (see {@link ZmtpOptions#withReconnect}), until the socket is closed or {@linkplain ZmtpSocket#disconnect
 * disconnects} it.
 *
 * <p>Thread-safe.
 */
public final class ZmtpConnector {
    /** Another login is tried seldom, since the password or key that was refused will hardly be accepted soon. */
    private static final long DENIED_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final ZmtpSocket socket;
    private final ZmtpEndpoint endpoint;
    private final Backoff backoff;

    private final ReentrantLock lock = new ReentrantLock();
    /** Guarded by {@link #lock}. */
    private int failures;
    /** The current attempt to connect, or the connection that it made. Guarded by {@link #lock}. */
    private CompletableFuture<ZmtpPeer> attempt = new CompletableFuture<>();
    /** Written with {@link #lock} held. */
    private volatile boolean closed;
    /** Written with {@link #lock} held. */
    private volatile @Nullable ZmtpPeer connected;

    ZmtpConnector(ZmtpSocket socket, ZmtpEndpoint endpoint) {
        this.socket = socket;
        this.endpoint = endpoint;
        ZmtpOptions options = socket.options();
        this.backoff = Backoff.exponential(options.reconnectInitial(), options.reconnectMax());
    }

    /** The connection, if there is one now. */
    public @Nullable ZmtpPeer current() {
        return connected;
    }

    /**
     * The connection, or the outcome of the current attempt to connect. If the attempt fails, or the socket is closed,
     * the future fails with {@link ConnectionLostException}, or with {@link AccessDeniedException} if the peer has refused
     * the credentials. Callers must not complete it.
     */
    public CompletableFuture<ZmtpPeer> peer() {
        lock.lock();
        try {
            return attempt;
        } finally {
            lock.unlock();
        }
    }

    /** Tries to connect, unless closed. */
    void start() {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            if (attempt.isDone()) {
                attempt = new CompletableFuture<>();
            }
        } finally {
            lock.unlock();
        }
        socket.open(this, endpoint).addListener(opening -> {
            if (!opening.isSuccess()) {
                lost(String.valueOf(opening.cause().getMessage()), false);
            }
        });
    }

    /** The handshake with the peer is complete. */
    void ready(ZmtpPeer peer) {
        CompletableFuture<ZmtpPeer> waiting;
        lock.lock();
        try {
            if (closed) {
                peer.close();
                return;
            }
            failures = 0;
            connected = peer;
            waiting = attempt;
        } finally {
            lock.unlock();
        }
        waiting.complete(peer);
    }

    /**
     * The attempt failed, or the connection that it made was lost.
     *
     * @param denied whether the peer has refused our credentials: {@link #peer} then fails at once until the next
     *     attempt
     */
    void lost(String reason, boolean denied) {
        String message = "no connection to " + endpoint + ": " + reason;
        RpcException problem = denied ? new AccessDeniedException(message) : new ConnectionLostException(message);
        CompletableFuture<ZmtpPeer> failed;
        long delayNanos;
        lock.lock();
        try {
            if (closed) {
                return;
            }
            connected = null;
            failed = attempt;
            attempt = denied ? CompletableFuture.failedFuture(problem) : new CompletableFuture<>();
            delayNanos = denied ? DENIED_NANOS : backoff.pauseNanos(failures++);
        } finally {
            lock.unlock();
        }
        // Has no effect if the attempt succeeded and the connection was lost later.
        failed.completeExceptionally(problem);
        EventLoops.shared()
                .schedule(
                        Guard.of("connecting to " + endpoint, this::start, error -> lost(error.toString(), false)),
                        delayNanos,
                        TimeUnit.NANOSECONDS);
    }

    /** Ends the attempts. The connection is left to the socket, and returned if there is one. */
    @Nullable
    ZmtpPeer close() {
        CompletableFuture<ZmtpPeer> waiting;
        ZmtpPeer peer;
        lock.lock();
        try {
            closed = true;
            peer = connected;
            connected = null;
            waiting = attempt;
            attempt = CompletableFuture.failedFuture(new ConnectionLostException("the client is closed"));
        } finally {
            lock.unlock();
        }
        waiting.completeExceptionally(new ConnectionLostException("the client was closed"));
        return peer;
    }

    /** The endpoint. */
    @Override
    public String toString() {
        return endpoint.toString();
    }
}
