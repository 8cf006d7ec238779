package dev.parley.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;

/** Callers that do the same thing over and over, each on a thread of its own. */
final class Load {
    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    /** What a caller does. */
    interface Operation {
        void run() throws Exception;
    }

    private Load() {}

    /** Callers on threads of the operating system. */
    static Result run(int callers, Duration length, Operation operation) throws Exception {
        return run(Thread.ofPlatform().factory(), callers, length, operation);
    }

    static Result run(ThreadFactory threads, int callers, Duration length, Operation operation) throws Exception {
        LongAdder done = new LongAdder();
        AtomicReference<Exception> failure = new AtomicReference<>();
        long cpu = processorNanos();
        long start = System.nanoTime();
        long end = start + length.toNanos();
        List<Thread> running = new ArrayList<>();
        for (int i = 0; i < callers; i++) {
            Thread thread = threads.newThread(() -> {
                try {
                    while (System.nanoTime() < end && failure.get() == null) {
                        operation.run();
                        done.increment();
                    }
                } catch (Exception e) {
                    failure.compareAndSet(null, e);
                }
            });
            thread.start();
            running.add(thread);
        }
        for (Thread thread : running) {
            thread.join();
        }
        Exception e = failure.get();
        if (e != null) {
            throw e;
        }
        return new Result(done.sum(), (System.nanoTime() - start) / 1e9, (processorNanos() - cpu) / 1e9);
    }

    /** The processor time of this process until now. */
    static long processorNanos() {
        return SYSTEM.getProcessCpuTime();
    }
}
