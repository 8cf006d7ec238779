package dev.parley.oslo;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Acknowledges messages that nothing but their receipt matters of: many with one word, and those few that come in quiet times a moment later. What is not
 * acknowledged when a connection breaks comes a second time, which the receiver must bear. Thread-safe.
 */
final class ReceiptAcknowledger implements Driver.Receiver {
    private static final int MOST = 64;
    private static final long LATEST_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final Consumer<Delivery> handler;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Delivery last;
    private int count;
    private boolean scheduled;

    ReceiptAcknowledger(Consumer<Delivery> handler) {
        this.handler = handler;
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
            if (count >= MOST) {
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
