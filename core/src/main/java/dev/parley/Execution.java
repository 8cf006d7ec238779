package dev.parley;

import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The threads on which the methods of a server run. Immutable and thread-safe. */
public final class Execution {
    private static final Execution INLINE = new Execution(Runnable::run, true);
    private static final Execution VIRTUAL =
            new Execution(task -> Thread.ofVirtual().name("parley-call").start(task), false);

    private final Executor executor;
    private final boolean inline;

    private Execution(Executor executor, boolean inline) {
        this.executor = executor;
        this.inline = inline;
    }

    /** A new virtual thread for each call. The default. */
    public static Execution virtual() {
        return VIRTUAL;
    }

    /**
     * The wire's own thread, which gives a quarter of the latency. A method that blocks there blocks every peer of the
     * wire; streams run on virtual threads all the same.
     */
    public static Execution inline() {
        return INLINE;
    }

    /**
     * A pool of platform daemon threads, which end after a minute without work.
     *
     * @param threads the number of threads, at least 1
     * @throws IllegalArgumentException if the number is less than 1
     */
    public static Execution pool(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("threads must be at least 1, not " + threads);
        }
        AtomicInteger number = new AtomicInteger();
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                threads,
                threads,
                1,
                TimeUnit.MINUTES,
                new LinkedBlockingQueue<>(),
                task -> Thread.ofPlatform()
                        .name("parley-call-" + number.incrementAndGet())
                        .daemon()
                        .unstarted(task));
        pool.allowCoreThreadTimeOut(true);
        return of(pool);
    }

    /** The given executor. The caller remains responsible for shutting it down. */
    public static Execution of(Executor executor) {
        return new Execution(Objects.requireNonNull(executor, "executor"), false);
    }

    /** The executor that runs the calls. */
    public Executor executor() {
        return executor;
    }

    /** Whether methods run on the wire's own thread. */
    public boolean isInline() {
        return inline;
    }
}
