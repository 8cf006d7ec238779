package dev.parley.bench;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import dev.parley.Args;
import dev.parley.Execution;
import dev.parley.Param;
import dev.parley.RpcClient;
import dev.parley.RpcServer;
import dev.parley.Target;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One end of the calls that {@link ChildCalls} measures, in a JVM of its own. It is not loaded from Parley's jars:
 * {@code java -cp JARS CallsChild.java} compiles it against the version of Parley on that class path. It therefore uses
 * nothing else of this package and only API that all compared versions have.
 *
 * <pre>
 * serve ADDRESS inline|virtual   prints "ready ADDRESS"; for each line read prints "usage CPU_NANOS ALLOCATED_BYTES"
 * call ADDRESS CALLERS           prints "ready"; for each line MILLIS read runs a round and prints
 *                                "round CALLS NANOS P50_NANOS P99_NANOS CALLER_BYTES PROCESS_BYTES CPU_NANOS"
 * </pre>
 *
 * <p>Both end when standard input does.
 */
final class CallsChild {
    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final Target TOPIC = Target.topic("bench-versions");

    private CallsChild() {}

    /** What the server serves. Thread-safe. */
    public static final class Adder {
        /** The sum of both. */
        public int add(@Param("x") int x, @Param("y") int y) {
            return x + y;
        }
    }

    /** Runs one end; see the class. */
    public static void main(String[] args) throws Exception {
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        if (args[0].equals("serve")) {
            serve(args[1], args[2].equals("inline") ? Execution.inline() : Execution.virtual(), commands);
        } else {
            call(args[1], Integer.parseInt(args[2]), commands);
        }
        // Not every version ends its threads at once.
        System.exit(0);
    }

    private static boolean brokered(String address) {
        return address.startsWith("rabbit:");
    }

    /** By reflection: earlier versions call the method {@code server}. */
    private static Target withServer(Target target) throws ReflectiveOperationException {
        try {
            return (Target) Target.class.getMethod("withServer", String.class).invoke(target, "bench");
        } catch (NoSuchMethodException e) {
            return (Target) Target.class.getMethod("server", String.class).invoke(target, "bench");
        }
    }

    private static void serve(String address, Execution execution, BufferedReader commands) throws Exception {
        RpcServer.Builder builder = RpcServer.builder().endpoint(new Adder()).execution(execution);
        if (brokered(address)) {
            builder.listen(address, withServer(TOPIC));
        } else {
            builder.listen(address);
        }
        try (RpcServer server = builder.build().start()) {
            // Behind a broker the server prints its address without the password.
            usages(brokered(address) ? address : server.addresses().getFirst().toString(), commands);
        }
    }

    private static void call(String address, int callers, BufferedReader commands) throws Exception {
        try (RpcClient client = brokered(address) ? RpcClient.connect(address, TOPIC) : RpcClient.connect(address)) {
            Args args = brokered(address) ? Args.named("x", 2).and("y", 3) : Args.of(2, 3);
            rounds(() -> client.call("add", int.class, args), callers, commands);
        }
    }

    /** A call whose result is 5. */
    interface Call {
        @Nullable
        Integer run() throws Exception;
    }

    /** The client's end of the conversation. */
    static void rounds(Call call, int callers, BufferedReader commands) throws Exception {
        System.out.println("ready");
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            System.out.println(round(call, callers, Long.parseLong(line) * 1_000_000));
        }
    }

    /** The server's end of the conversation. */
    static void usages(String address, BufferedReader commands) throws IOException {
        System.out.println("ready " + address);
        while (commands.readLine() != null) {
            System.out.println("usage " + SYSTEM.getProcessCpuTime() + " " + allocated());
        }
    }

    private static String round(Call call, int callers, long nanos) throws Exception {
        List<Caller> all = new ArrayList<>();
        for (int i = 0; i < callers; i++) {
            all.add(new Caller());
        }
        AtomicReference<Throwable> failure = new AtomicReference<>();
        List<Thread> threads = new ArrayList<>();
        long cpu = SYSTEM.getProcessCpuTime();
        long bytes = allocated();
        long start = System.nanoTime();
        for (Caller caller : all) {
            threads.add(Thread.ofPlatform().start(() -> {
                try {
                    caller.run(call, start + nanos);
                } catch (Throwable e) {
                    failure.compareAndSet(null, e);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        long took = System.nanoTime() - start;
        long allocated = allocated() - bytes;
        long used = SYSTEM.getProcessCpuTime() - cpu;
        if (failure.get() != null) {
            throw new IllegalStateException("a call failed", failure.get());
        }
        Caller sum = all.getFirst();
        all.stream().skip(1).forEach(sum::add);
        return String.format(
                Locale.ROOT,
                "round %d %d %d %d %d %d %d",
                sum.calls,
                took,
                sum.percentile(0.5),
                sum.percentile(0.99),
                sum.bytes,
                allocated,
                used);
    }

    /** What all threads of this JVM have allocated, those that have ended included. */
    private static long allocated() {
        return THREADS.getTotalThreadAllocatedBytes();
    }

    /** One calling thread, and what it measured. Confined to that thread until it has ended. */
    private static final class Caller {
        private static final int STEPS = 64;

        /** Counts of latencies, in {@value #STEPS} steps per power of two, so that measuring allocates nothing. */
        private final int[] counts = new int[64 * STEPS];

        private long calls;
        private long bytes;

        void run(Call call, long end) throws Exception {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            long last = System.nanoTime();
            while (last < end) {
                Integer sum = call.run();
                if (sum == null || sum != 5) {
                    throw new IllegalStateException("2 + 3 = " + sum);
                }
                long now = System.nanoTime();
                counts[index(now - last)]++;
                calls++;
                last = now;
            }
            bytes = THREADS.getCurrentThreadAllocatedBytes() - before;
        }

        void add(Caller other) {
            calls += other.calls;
            bytes += other.bytes;
            for (int i = 0; i < counts.length; i++) {
                counts[i] += other.counts[i];
            }
        }

        long percentile(double share) {
            long left = (long) Math.ceil(calls * share);
            int index = 0;
            while (index < counts.length - 1 && left > counts[index]) {
                left -= counts[index];
                index++;
            }
            return value(index);
        }

        private static int index(long value) {
            int power = Math.max(0, 57 - Long.numberOfLeadingZeros(value | 1));
            return power * STEPS + (int) (value >> power);
        }

        private static long value(int index) {
            // An index counts its power once more, in the highest bit of its step.
            int power = Math.max(0, index / STEPS - 1);
            return (long) (index - power * STEPS) << power;
        }
    }
}
