package dev.parley.interop.overload;

import dev.parley.Inline;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** An endpoint with a slow method, whose calls go on until they are let go. */
public final class Held {
    private final CountDownLatch go = new CountDownLatch(1);
    private final Semaphore started = new Semaphore(0);
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger ran = new AtomicInteger();

    public int hold() throws InterruptedException {
        ran.incrementAndGet();
        running.incrementAndGet();
        try {
            started.release();
            go.await();
            return 1;
        } finally {
            running.decrementAndGet();
        }
    }

    public int add(int a, int b) {
        return a + b;
    }

    @Inline
    public int addInline(int a, int b) {
        return a + b;
    }

    void letGo() {
        go.countDown();
    }

    /** Waits until so many more have been started. */
    boolean awaitStarted(int count) throws InterruptedException {
        return started.tryAcquire(count, 60, TimeUnit.SECONDS);
    }

    /** How many have been started and not been waited for. */
    int startedMore() {
        return started.availablePermits();
    }

    int running() {
        return running.get();
    }

    /** How many have ever been started. */
    int ran() {
        return ran.get();
    }
}
