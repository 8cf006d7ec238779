package dev.parley.oslo.notify.receive;

import dev.parley.oslo.notify.spi.NotificationDelivery;
import dev.parley.oslo.notify.spi.NotificationSubscriber;
import dev.parley.spi.Guard;
import dev.parley.spi.Timers;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A listener from its start to its end: queues what is delivered, and starts workers that handle it, as many as may
 * work at the same time. A worker goes on until nothing is left to do. Thread-safe.
 */
final class ListenerSession implements NotificationSubscriber.Receiver {
    private static final Logger log = LoggerFactory.getLogger(ListenerSession.class);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(5);

    private record Waiting(NotificationDelivery delivery, long sinceNanos) {}

    private final ListenerSettings settings;
    private final NotificationSubscriber subscriber;
    private final Worker worker;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition idle = lock.newCondition();
    private final Deque<Waiting> waiting = new ArrayDeque<>(); // This and all below are guarded by lock.
    private int working;
    private boolean stopping;
    private boolean cancelled;
    private @Nullable ScheduledFuture<?> timer;
    private @Nullable Thread stopper;

    /** A session, not started yet. */
    ListenerSession(ListenerSettings settings, NotificationSubscriber subscriber, Tally tally) {
        this.settings = settings;
        this.subscriber = subscriber;
        this.worker = new Worker(settings, subscriber.codec(), tally);
    }

    /** Connects and receives. Blocks until the broker has accepted the consumers. */
    void start() {
        subscriber.start(settings.subscription(), this);
    }

    void reset(SSLContext tls) {
        subscriber.reset(tls);
    }

    @Override
    public void received(NotificationDelivery delivery) {
        lock.lock();
        try {
            if (!cancelled) {
                waiting.add(new Waiting(delivery, System.nanoTime()));
                return;
            }
        } finally {
            lock.unlock();
        }
        delivery.release();
    }

    @Override
    public void endOfBatch() {
        pump();
    }

    /** Starts as many workers as there is work for. */
    private void pump() {
        for (List<NotificationDelivery> batch = begin(); !batch.isEmpty(); batch = begin()) {
            List<NotificationDelivery> first = batch;
            // The user's executor may be full or shut down; what was delivered must still be handled.
            AtomicBoolean begun = new AtomicBoolean();
            Runnable once = () -> {
                if (begun.compareAndSet(false, true)) {
                    work(first);
                }
            };
            Guard.execute("notification", settings.execution().executor(), once, error -> notRun(begun, first));
        }
    }

    /** There is no thread: the notifications are delivered again when the connection ends, as others after an error. */
    private void notRun(AtomicBoolean begun, List<NotificationDelivery> batch) {
        if (begun.compareAndSet(false, true)) {
            log.error("failed to handle {} notifications: no thread", batch.size());
            boolean unused = next().isEmpty();
        }
    }

    private List<NotificationDelivery> begin() {
        lock.lock();
        try {
            List<NotificationDelivery> batch = working < settings.concurrency() ? take() : List.of();
            working += batch.isEmpty() ? 0 : 1;
            return batch;
        } finally {
            lock.unlock();
        }
    }

    private void work(List<NotificationDelivery> first) {
        List<NotificationDelivery> batch = first;
        do {
            try {
                worker.handle(batch);
            } catch (Throwable e) {
                // A defect here; the notifications stay unsettled and are delivered again when the connection ends.
                log.error("failed to handle notifications", e);
            }
            batch = next();
        } while (!batch.isEmpty());
    }

    private List<NotificationDelivery> next() {
        lock.lock();
        try {
            List<NotificationDelivery> batch = take();
            if (batch.isEmpty() && --working == 0) {
                idle.signalAll();
            }
            return batch;
        } finally {
            lock.unlock();
        }
    }

    /** The next batch; empty if there is none, or it may still grow. */
    private List<NotificationDelivery> take() {
        Waiting oldest = waiting.peek();
        if (oldest == null || stopping) {
            return List.of();
        }
        int size = settings.batchSize();
        long wait = settings.batchTimeout().toNanos() - (System.nanoTime() - oldest.sinceNanos());
        if (waiting.size() < size && wait > 0) {
            if (timer == null) {
                // Not on the timer's thread, which must not run methods.
                timer = Timers.after(wait, () -> Guard.start("parley-notification", this::timeout));
            }
            return List.of();
        }
        List<NotificationDelivery> batch = new ArrayList<>(Math.min(size, waiting.size()));
        while (batch.size() < size && !waiting.isEmpty()) {
            batch.add(waiting.remove().delivery());
        }
        return batch;
    }

    private void timeout() {
        lock.lock();
        try {
            timer = null;
        } finally {
            lock.unlock();
        }
        pump();
    }

    /** Takes nothing more; returns at once. */
    void stop() {
        lock.lock();
        try {
            if (stopping) {
                return;
            }
            stopping = true;
            if (timer != null) {
                timer.cancel(false);
            }
            // On a separate thread: a method that runs on the consumer's thread may stop its own listener.
            stopper = Guard.start("parley-notification-stop", this::cancel);
        } finally {
            lock.unlock();
        }
    }

    private void cancel() {
        try {
            subscriber.stop();
        } catch (RuntimeException e) {
            log.debug("failed to cancel consumers", e);
        }
        List<NotificationDelivery> back = new ArrayList<>();
        lock.lock();
        try {
            cancelled = true;
            waiting.forEach(each -> back.add(each.delivery()));
            waiting.clear();
        } finally {
            lock.unlock();
        }
        // The last one first, so that they are in the queue in their old order even where it adds them to the front.
        for (NotificationDelivery delivery : back.reversed()) {
            delivery.release();
        }
    }

    /**
     * Blocks until no method is running.
     *
     * @return {@code false} if that takes longer
     */
    boolean awaitIdle(long nanos) throws InterruptedException {
        long left = nanos;
        lock.lockInterruptibly();
        try {
            while (working > 0) {
                if (left <= 0) {
                    return false;
                }
                left = idle.awaitNanos(left);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Stops, and closes the connection. */
    void close() {
        stop();
        Thread stopping;
        lock.lock();
        try {
            stopping = stopper;
        } finally {
            lock.unlock();
        }
        try {
            if (stopping != null) {
                boolean unused = stopping.join(STOP_TIMEOUT);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        subscriber.close();
    }
}
