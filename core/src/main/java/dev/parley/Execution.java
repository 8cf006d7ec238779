package dev.parley;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** On which thread the methods of a server run. Immutable and thread-safe. */
public final class Execution {
    private static final Execution INLINE = new Execution(Runnable::run, Kind.INLINE);
    private static final Execution VIRTUAL =
            new Execution(task -> Thread.ofVirtual().name("parley-call").start(task), Kind.VIRTUAL);

    private final Executor executor;
    private final Kind kind;

    private enum Kind {
        INLINE,
        VIRTUAL,
        OTHER
    }

    private Execution(Executor executor, Kind kind) {
        this.executor = executor;
        this.kind = kind;
    }

    /** A new virtual thread per call. The default. */
    public static Execution virtual() {
        return VIRTUAL;
    }

    /** The wire's own thread, a quarter of the latency. A method that blocks there stops the wire for everyone; streams still run on virtual threads. */
    public static Execution inline() {
        return INLINE;
    }

    /**
     * A pool of platform daemon threads, ended when idle for a minute.
     *
     * @param threads how many, at least 1
     */
    public static Execution pool(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("a pool needs at least 1 thread, not " + threads);
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

    /** The given executor. It is the caller's to shut down. */
    public static Execution of(Executor executor) {
        return new Execution(executor, Kind.OTHER);
    }

    /** What runs the calls. */
    public Executor executor() {
        return executor;
    }

    /** Whether methods run on the wire's own thread. */
    public boolean isInline() {
        return kind == Kind.INLINE;
    }
}
