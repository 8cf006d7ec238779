package dev.parley.oslo.driver.rabbit;

import dev.parley.oslo.driver.Delivery;
import dev.parley.oslo.driver.Driver;
import dev.parley.spi.Timers;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Acknowledges messages on receipt: many at once, and the last few after a short delay. What is not acknowledged when a
 * connection breaks is delivered a second time, which the handler must expect. Safe for use by any thread.
 */
final class BatchAcknowledger implements Driver.Receiver {
    private static final int MAX_BATCH = 64;
    private static final long MAX_DELAY_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final Consumer<Delivery> handler;
    private final int batch;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Delivery last; // This and the two below are guarded by lock.
    private int count;
    private boolean scheduled;

    /**
     * An acknowledger.
     *
     * @param prefetch how many unacknowledged messages the broker delivers, 0 for no limit
     */
    BatchAcknowledger(Consumer<Delivery> handler, int prefetch) {
        this.handler = handler;
        // Half of the prefetch, so that the broker can deliver the other half in the meantime.
        this.batch = prefetch == 0 ? MAX_BATCH : Math.min(MAX_BATCH, (prefetch + 1) / 2);
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
            if (count >= batch) {
                acknowledge();
            } else if (count > 0 && !scheduled) {
                scheduled = true;
                Timers.after(MAX_DELAY_NANOS, this::acknowledgeLate);
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
