package dev.parley.oslo.driver.rabbit;

import dev.parley.oslo.driver.Delivery;
import dev.parley.oslo.driver.Driver;
import dev.parley.oslo.time.Timers;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Acknowledges messages that nothing but their receipt matters of: many with one word, and those few that come in quiet times a moment later. What is not
 * acknowledged when a connection breaks comes a second time, which the receiver must bear. Thread-safe.
 */
final class BatchAcknowledger implements Driver.Receiver {
    private static final int MOST = 64;
    private static final long LATEST_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final Consumer<Delivery> handler;
    private final int most;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Delivery last;
    private int count;
    private boolean scheduled;

    /**
     * An acknowledger.
     *
     * @param prefetch how many messages the broker hands out before it waits for an acknowledgement, 0 for no bound
     */
    BatchAcknowledger(Consumer<Delivery> handler, int prefetch) {
        this.handler = handler;
        // The broker never waits: half of what it may hand out is acknowledged while the other half is on its way.
        this.most = prefetch == 0 ? MOST : Math.min(MOST, (prefetch + 1) / 2);
    }

    @Override
    public void received(Delivery delivery) {
        lock.lock();
        try {
            last = delivery;
            count++;
        } finally {
            lock.unlock();
        }
        handler.accept(delivery);
    }

    @Override
    public void endOfBatch() {
        lock.lock();
        try {
            if (count >= most) {
                acknowledge();
            } else if (count > 0 && !scheduled) {
                scheduled = true;
                Timers.after(LATEST_NANOS, this::acknowledgeLate);
            }
        } finally {
            lock.unlock();
        }
    }

    private void acknowledgeLate() {
        lock.lock();
        try {
            scheduled = false;
            acknowledge();
        } finally {
            lock.unlock();
        }
    }

    private void acknowledge() {
        Delivery delivery = last;
        last = null;
        count = 0;
        if (delivery != null) {
            delivery.acknowledgeAll();
        }
    }
}
