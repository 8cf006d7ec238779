package dev.parley.oslo.notify.amqp;

import dev.parley.oslo.driver.Delivery;
import dev.parley.oslo.driver.Driver;
import dev.parley.spi.Guard;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Acknowledges deliveries at once, but on a thread of its own: while that writes to the broker, further ones collect
 * and are written together next time, which saves most of the system calls. Thread-safe.
 */
final class Acknowledger {
    private static final Logger log = LoggerFactory.getLogger(Acknowledger.class);

    private final Driver driver;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition idle = lock.newCondition();
    private final Queue<Delivery> handled = new ArrayDeque<>(); // This and the next one are guarded by lock.
    private boolean writing;

    Acknowledger(Driver driver) {
        this.driver = driver;
    }

    /** Acknowledges a delivery. If its channel is gone by then, it is delivered again. */
    void acknowledge(Delivery delivery) {
        boolean start;
        lock.lock();
        try {
            handled.add(delivery);
            start = !writing;
            writing = true;
        } finally {
            lock.unlock();
        }
        if (start) {
            Guard.start("parley-acknowledge", this::write, error -> stopped());
        }
    }

    private void write() {
        for (List<Delivery> batch = take(); !batch.isEmpty(); batch = take()) {
            List<Delivery> next = batch;
            driver.batch(() -> next.forEach(Acknowledger::acknowledgeNow));
        }
    }

    /** What could not be written is when the next one is handled. */
    private void stopped() {
        lock.lock();
        try {
            writing = false;
            idle.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private static void acknowledgeNow(Delivery delivery) {
        try {
            boolean unused = delivery.acknowledge();
        } catch (RuntimeException e) {
            log.warn("failed to acknowledge a notification of queue {}", delivery.queue(), e);
        }
    }

    private List<Delivery> take() {
        lock.lock();
        try {
            List<Delivery> batch = new ArrayList<>(handled);
            handled.clear();
            if (batch.isEmpty()) {
                writing = false;
                idle.signalAll();
            }
            return batch;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until everything is acknowledged, but no longer than the timeout. */
    void drain(Duration timeout) {
        long left = timeout.toNanos();
        lock.lock();
        try {
            while (writing && left > 0) {
                left = idle.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }
}
