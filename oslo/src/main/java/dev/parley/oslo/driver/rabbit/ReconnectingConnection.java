package dev.parley.oslo.driver.rabbit;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import dev.parley.ConnectionLostException;
import dev.parley.RpcException;
import dev.parley.spi.Backoff;
import dev.parley.spi.Guard;
import dev.parley.spi.Timers;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection that is opened again when it is lost, with a backoff between attempts. Connects on the first
 * {@link #open}. Safe for use by any thread.
 */
final class ReconnectingConnection implements AutoCloseable {
    /** Gets the events of a connection. Called by one thread at a time. */
    interface Listener {
        /** A connection is open: sets up what lives on it. An exception counts as a failed attempt. May block. */
        void connected(Connection connection) throws IOException, TimeoutException;

        /** Whether {@link #connected} would succeed now, on another connection, after it failed with this error. */
        default boolean isOvercome(Throwable error) {
            return false;
        }

        /** The connection is lost, and reconnecting begins. Must not block. */
        void disconnected(ShutdownSignalException cause);

        /** An attempt to reconnect failed; another one follows. */
        void reconnectFailed(RpcException error);
    }

    private static final Logger log = LoggerFactory.getLogger(ReconnectingConnection.class);
    private static final int CLOSE_MILLIS = 5_000;
    /** The pause after an error that ended a series of attempts. */
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final String purpose;
    private final boolean daemon;
    private final Connector connector;
    private volatile Backoff backoff;
    private final Listener listener;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition reconnected = lock.newCondition();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final AtomicReference<@Nullable Connection> connection = new AtomicReference<>();
    private boolean reconnecting; // Guarded by lock.
    private @Nullable RpcException refusal; // What the last attempt met, if it is final. Guarded by lock.
    private volatile boolean closed;

    /**
     * A connection, not opened yet.
     *
     * @param purpose for the log and the names of threads
     * @param daemon whether the connection's thread lets the JVM exit
     */
    ReconnectingConnection(String purpose, boolean daemon, Connector connector, Backoff backoff, Listener listener) {
        this.purpose = purpose;
        this.daemon = daemon;
        this.connector = connector;
        this.backoff = backoff;
        this.listener = listener;
    }

    /** The pauses between attempts from now on. */
    void backoff(Backoff pauses) {
        backoff = pauses;
    }

    /** The connection, {@code null} while there is none. */
    @Nullable
    Connection connection() {
        return connection.get();
    }

    /**
     * Connects unless connected, with one attempt over all hosts. While reconnecting is in progress, waits for that
     * instead, however long it takes, unless the broker refuses for good.
     *
     * @return the connection; {@code null} if this was closed, or the connection was lost again at once
     * @throws RpcException if no host accepts the connection, or the broker has refused it for good
     */
    @Nullable
    Connection open() {
        lock.lock();
        try {
            while (reconnecting) {
                if (refusal != null) {
                    throw refusal;
                }
                reconnected.awaitUninterruptibly();
            }
            if (connection.get() == null && !closed) {
                connect();
            }
            return connection.get();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Connects in the background unless connected, with further attempts until a host accepts the connection. Returns
     * at once.
     */
    void openLater() {
        lock.lock();
        try {
            if (reconnecting || closed || connection.get() != null) {
                return;
            }
            reconnecting = true;
        } finally {
            lock.unlock();
        }
        log.info("connecting to the broker for {} in the background", purpose);
        connectLater(() -> {
            if (!attempt(1)) {
                attemptAgain(1);
            }
        });
    }

    private void connectLater(Runnable attempts) {
        Guard.start(
                "parley-amqp-" + purpose + "-connect",
                attempts,
                error -> Timers.after(RETRY_NANOS, () -> connectLater(() -> attemptAgain(1))));
    }

    private void connect() {
        Connector.Connected connected = connector.connect(purpose, daemon);
        try {
            listener.connected(connected.connection());
        } catch (Throwable e) {
            abandon(connected);
            if (!listener.isOvercome(e)) {
                throw setUpFailed(e);
            }
            connected = connector.connect(purpose, daemon);
            try {
                listener.connected(connected.connection());
            } catch (Throwable again) {
                abandon(connected);
                throw setUpFailed(again);
            }
        }
        use(connected);
    }

    private void abandon(Connector.Connected connected) {
        connector.leave(connected.host());
        connected.connection().abort(CLOSE_MILLIS);
    }

    private RpcException setUpFailed(Throwable e) {
        if (e instanceof RpcException rpc) {
            return rpc;
        }
        ShutdownSignalException signal = Channels.shutdownSignal(e);
        return new ConnectionLostException(
                "failed to set up the broker connection for " + purpose + ": "
                        + (signal == null ? e.getMessage() : signal.getMessage()),
                e);
    }

    private void use(Connector.Connected connected) {
        Connection fresh = connected.connection();
        connection.set(fresh);
        if (closed) {
            abort();
            return;
        }
        fresh.addShutdownListener(cause -> lost(connected, cause));
    }

    private void lost(Connector.Connected which, ShutdownSignalException cause) {
        if (closed || !connection.compareAndSet(which.connection(), null)) {
            return;
        }
        connector.leave(which.host());
        log.warn("lost the broker connection for {}: {}", purpose, cause.getMessage());
        listener.disconnected(cause);
        // Not on this thread: it is the connection's own, or holds the lock already.
        connectLater(this::reconnect);
    }

    private void reconnect() {
        lock.lock();
        try {
            if (reconnecting || closed || connection.get() != null) {
                return;
            }
            reconnecting = true;
        } finally {
            lock.unlock();
        }
        attemptAgain(0);
    }

    private void attemptAgain(int before) {
        int failures = before;
        do {
            try {
                // Returns early when this is closed.
                closing.await(backoff.pauseNanos(failures), TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                // Nothing interrupts this thread, which is our own.
            }
        } while (!attempt(++failures));
    }

    /** Returns whether that was the last attempt. */
    private boolean attempt(int number) {
        lock.lock();
        try {
            if (!closed) {
                connect();
                log.info("the broker connection for {} is open", purpose);
            }
            // Under the same lock: if the connection is lost again by now, the next thread must not find this one
            // still reconnecting.
            reconnecting = false;
            refusal = null;
            reconnected.signalAll();
            return true;
        } catch (Throwable e) {
            refusal = e instanceof RpcException rpc && Refusals.isFinal(rpc) ? rpc : null;
            reconnected.signalAll();
            // Also an error such as a lack of threads or of memory: no other thread would retry.
            log.warn(
                    "attempt {} to reach the broker for {} failed: {}",
                    number,
                    purpose,
                    e instanceof RpcException ? e.getMessage() : e.toString());
            listener.reconnectFailed(
                    e instanceof RpcException rpc
                            ? rpc
                            : new ConnectionLostException("no connection for " + purpose + ": " + e, e));
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** Closes the connection. Does not wait for an attempt in progress, which ends on its own. */
    @Override
    public void close() {
        closed = true;
        closing.countDown();
        abort();
    }

    private void abort() {
        Connection open = connection.getAndSet(null);
        if (open != null) {
            Channels.abort(open, CLOSE_MILLIS);
        }
    }
}
