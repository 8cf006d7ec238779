package dev.parley.oslo.notify.receive;

import dev.parley.oslo.notify.ListenerCounts;
import dev.parley.oslo.notify.NotificationListener;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The life cycle of a listener: each start has a session of its own. Thread-safe. */
final class BrokeredListener implements NotificationListener {
    private static final Logger log = LoggerFactory.getLogger(NotificationListener.class);
    private static final long FOREVER = Long.MAX_VALUE;

    private final ListenerSettings settings;
    private final Tally tally = new Tally();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition halted = lock.newCondition();
    private @Nullable ListenerSession session; // This and the next one are guarded by lock.
    private boolean stopped;

    BrokeredListener(ListenerSettings settings) {
        this.settings = settings;
    }

    @Override
    public NotificationListener start() {
        lock.lock();
        try {
            if (session != null && !stopped) {
                log.warn("start() was called on a listener that is already started");
                return this;
            }
            // After stop() without await(), the old session still has its connection.
            closeSession();
            ListenerSession fresh = new ListenerSession(
                    settings,
                    settings.wire()
                            .subscriber(settings.address(), settings.values(), settings.newTls(), settings.limits()),
                    tally);
            try {
                fresh.start();
            } catch (RuntimeException | Error e) {
                fresh.close();
                throw e;
            }
            session = fresh;
            stopped = false;
            return this;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void stop() {
        lock.lock();
        try {
            stopped = true;
            halted.signalAll();
            if (session != null) {
                session.stop();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void await() throws InterruptedException {
        boolean unused = await(FOREVER);
    }

    @Override
    public boolean await(Duration timeout) throws InterruptedException {
        return await(nanos(Objects.requireNonNull(timeout, "timeout")));
    }

    private static long nanos(Duration time) {
        return time.compareTo(Duration.ofNanos(FOREVER)) < 0 ? time.toNanos() : FOREVER;
    }

    private boolean await(long nanos) throws InterruptedException {
        long left = nanos;
        ListenerSession awaited;
        lock.lockInterruptibly();
        try {
            while (!stopped && session != null) {
                if (left <= 0) {
                    return false;
                }
                left = halted.awaitNanos(left);
            }
            awaited = session;
        } finally {
            lock.unlock();
        }
        if (awaited != null && !awaited.awaitIdle(left)) {
            return false;
        }
        lock.lock();
        try {
            if (stopped) {
                closeSession();
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void closeSession() {
        ListenerSession open = session;
        session = null;
        if (open != null) {
            open.close();
        }
    }

    @Override
    public void reset() {
        lock.lock();
        try {
            if (session != null) {
                SSLContext tls = settings.newTls();
                if (tls != null) {
                    session.reset(tls);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public ListenerCounts counts() {
        return tally.counts();
    }

    @Override
    public void close() {
        stop();
        try {
            if (!await(settings.closeTimeout())) {
                log.warn(
                        "closing while methods are running: they did not return within {}; their notifications are"
                                + " delivered again",
                        settings.closeTimeout());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        lock.lock();
        try {
            closeSession();
        } finally {
            lock.unlock();
        }
    }
}
