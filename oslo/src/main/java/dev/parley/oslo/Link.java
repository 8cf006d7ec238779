package dev.parley.oslo;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import dev.parley.ConnectionLostException;
import dev.parley.RpcException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One connection that comes back by itself, with growing, random pauses. Thread-safe. */
final class Link implements AutoCloseable {
    /** What lives on the connection. Never called by two threads at once. */
    interface Tenant {
        /** It is there: set everything up. What this throws counts as a failed attempt. */
        void up(Connection connection) throws IOException, TimeoutException;

        /** It is gone, and will be tried again. */
        void down(ShutdownSignalException cause);

        /** An attempt to come back failed. */
        void failed(RpcException error);
    }

    private static final Logger log = LoggerFactory.getLogger(Link.class);
    private static final int CLOSE_MILLIS = 5_000;

    private final String purpose;
    private final boolean daemon;
    private final Connector connector;
    private final OsloOptions.Retry retry;
    private final Tenant tenant;
    private final ReentrantLock lock = new ReentrantLock();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final AtomicReference<@Nullable Connection> connection = new AtomicReference<>();
    private boolean reconnecting;
    private volatile boolean closed;

    Link(String purpose, boolean daemon, Connector connector, OsloOptions.Retry retry, Tenant tenant) {
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
     * Connects unless connected: one attempt over all hosts.
     *
     * @throws RpcException if none takes it
     */
    void open() {
        lock.lock();
        try {
            if (connection.get() == null && !closed && !reconnecting) {
                attempt();
            }
        } finally {
            lock.unlock();
        }
    }

    private void attempt() {
        Connector.Connected connected = connector.connect(purpose, daemon);
        Connection fresh = connected.connection();
        try {
            tenant.up(fresh);
        } catch (IOException | TimeoutException | RuntimeException e) {
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
        for (int failures = 1; !closed; failures++) {
            try {
                if (closing.await(pause(failures - 1), TimeUnit.NANOSECONDS)) {
                    return;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
            lock.lock();
            try {
                if (closed) {
                    return;
                }
                attempt();
                reconnecting = false;
                log.info("the broker's connection for {} is back", purpose);
                return;
            } catch (RpcException e) {
                log.warn("attempt {} to reach the broker for {}: {}", failures, purpose, e.getMessage());
                tenant.failed(e);
            } finally {
                lock.unlock();
            }
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
                Frames.of(open).cut();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            Frames.of(open).cut();
        }
    }
}
