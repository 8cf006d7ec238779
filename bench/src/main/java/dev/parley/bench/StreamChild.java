package dev.parley.bench;

import dev.parley.RpcClient;
import dev.parley.RpcServer;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * One end of streams of whole numbers, in a JVM of its own.
 *
 * <pre>
 * serve ADDRESS   prints "ready ADDRESS"; for each line read prints "usage CPU_NANOS"
 * read ADDRESS    prints "ready"; for each line MILLIS read prints "round ITEMS NANOS CPU_NANOS"
 * </pre>
 */
final class StreamChild {
    private static final int ITEMS = 10_000;

    private StreamChild() {}

    /** What the server serves. Thread-safe. */
    public static final class Counter {
        /** The numbers below {@code n}. */
        public Stream<Integer> count(int n) {
            return IntStream.range(0, n).boxed();
        }
    }

    /** Runs one end; see the class. */
    public static void main(String[] args) throws Exception {
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        if (args[0].equals("serve")) {
            try (RpcServer server = RpcServer.builder()
                    .endpoint(new Counter())
                    .listen(args[1])
                    .build()
                    .start()) {
                System.out.println("ready " + server.addresses().getFirst());
                while (commands.readLine() != null) {
                    System.out.println("usage " + Load.processorNanos());
                }
            }
        } else {
            try (RpcClient client = RpcClient.connect(args[1])) {
                System.out.println("ready");
                for (String line = commands.readLine(); line != null; line = commands.readLine()) {
                    System.out.println("round " + round(client, Long.parseLong(line) * 1_000_000));
                }
            }
        }
    }

    private static String round(RpcClient client, long nanos) {
        long cpu = Load.processorNanos();
        long start = System.nanoTime();
        long items = 0;
        while (System.nanoTime() - start < nanos) {
            try (Stream<?> stream = client.stream("count", Integer.class, ITEMS)) {
                items += stream.filter(item -> item != null).count();
            }
        }
        return items + " " + (System.nanoTime() - start) + " " + (Load.processorNanos() - cpu);
    }
}
