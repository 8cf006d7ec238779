package dev.parley.oslo.driver.rabbit;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import dev.parley.ConnectionLostException;
import dev.parley.RpcException;
import dev.parley.oslo.options.OsloOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One connection that comes back by itself, with growing, random pauses. Thread-safe. */
final class ReconnectingConnection implements AutoCloseable {
    /** What lives on the connection. Never called by two threads at once. */
    interface Tenant {
        /** It is there: set everything up. What this throws counts as a failed attempt. */
        void up(Connection connection) throws IOException, TimeoutException;

        /** It is gone, and will be tried again. */
        void down(ShutdownSignalException cause);

        /** An attempt to come back failed. */
        void failed(RpcException error);
    }

    private static final Logger log = LoggerFactory.getLogger(ReconnectingConnection.class);
    private static final int CLOSE_MILLIS = 5_000;

    private final String purpose;
    private final boolean daemon;
    private final Connector connector;
    private final OsloOptions.Retry retry;
    private final Tenant tenant;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition settled = lock.newCondition();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final AtomicReference<@Nullable Connection> connection = new AtomicReference<>();
    private boolean reconnecting;
    private volatile boolean closed;

    ReconnectingConnection(
            String purpose, boolean daemon, Connector connector, OsloOptions.Retry retry, Tenant tenant) {
        this.purpose = purpose;
        this.daemon = daemon;
        this.connector = connector;
        this.retry = retry;
        this.tenant = tenant;
    }

    /** The connection, {@code null} while there is none. */
    @Nullable
    Connection connection() {
        return connection.get();
    }

    boolean isClosed() {
        return closed;
    }

    /**
     * Connects unless connected: one attempt over all hosts. Where the connection is about to come back by itself, waits for that, however long it takes.
     *
     * @return the connection; {@code null} if the link is closed, or the connection just lost again
     * @throws RpcException if no host takes it
     */
    @Nullable
    Connection open() {
        lock.lock();
        try {
            while (reconnecting) {
                settled.awaitUninterruptibly();
            }
            if (connection.get() == null && !closed) {
                attempt();
            }
            return connection.get();
        } finally {
            lock.unlock();
        }
    }

    private void attempt() {
        Connector.Connected connected = connector.connect(purpose, daemon);
        Connection fresh = connected.connection();
        try {
            tenant.up(fresh);
        } catch (Throwable e) {
            connector.leave(connected.host());
            fresh.abort(CLOSE_MILLIS);
            if (e instanceof RpcException rpc) {
                throw rpc;
            }
            ShutdownSignalException signal = Connector.signal(e);
            throw new ConnectionLostException(
                    "the broker's connection for " + purpose + " cannot be set up: "
                            + (signal == null ? e.getMessage() : signal.getMessage()),
                    e);
        }
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
        log.warn("lost the broker's connection for {}: {}", purpose, cause.getMessage());
        tenant.down(cause);
        // Not on this thread: it is the connection's own, or holds the lock already.
        Thread.ofVirtual().name("parley-amqp-" + purpose + "-connect").start(this::startOver);
    }

    private void startOver() {
        lock.lock();
        try {
            if (reconnecting || closed || connection.get() != null) {
                return;
            }
            reconnecting = true;
        } finally {
            lock.unlock();
        }
        reconnect();
    }

    private void reconnect() {
        int failures = 0;
        do {
            try {
                // Returns early when the link is closed.
                closing.await(pause(failures), TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                // The thread is our own, and nobody interrupts it.
            }
        } while (!attempt(++failures));
    }

    /** Whether that was the last attempt. */
    private boolean attempt(int number) {
        lock.lock();
        try {
            if (!closed) {
                attempt();
                log.info("the broker's connection for {} is back", purpose);
            }
            // Under the same lock: if the connection is lost again by now, the next one to start over must not take us
            // for still at it.
            reconnecting = false;
            settled.signalAll();
            return true;
        } catch (Throwable e) {
            // Whatever it is, such as a want of threads or of memory: nobody else would try again.
            log.warn(
                    "attempt {} to reach the broker for {}: {}",
                    number,
                    purpose,
                    e instanceof RpcException ? e.getMessage() : e.toString());
            tenant.failed(
                    e instanceof RpcException rpc
                            ? rpc
                            : new ConnectionLostException("no connection for " + purpose + ": " + e, e));
            return false;
        } finally {
            lock.unlock();
        }
    }

    private long pause(int failures) {
        Duration most = retry.first().plus(retry.step().multipliedBy(failures));
        long nanos = Math.min(most.toNanos(), retry.most().toNanos());
        ThreadLocalRandom random = ThreadLocalRandom.current();
        // The first pause may be nothing at all; later ones keep at least half of their length.
        long base = failures == 0 ? random.nextLong(nanos + 1) : nanos / 2 + random.nextLong(nanos / 2 + 1);
        return base + random.nextLong(retry.splay().toNanos() + 1);
    }

    /** Does not wait for an attempt that is under way: that one ends by itself. */
    @Override
    public void close() {
        closed = true;
        closing.countDown();
        abort();
    }

    private void abort() {
        Connection open = connection.getAndSet(null);
        if (open == null) {
            return;
        }
        // A writer that the broker holds up keeps the client library from closing, whatever time that is given.
        Thread closing = Thread.ofVirtual().name("parley-amqp-close").start(() -> open.abort(CLOSE_MILLIS));
        try {
            if (!closing.join(Duration.ofMillis(CLOSE_MILLIS))) {
                BatchingFrameHandler.of(open).cut();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            BatchingFrameHandler.of(open).cut();
        }
    }
}
