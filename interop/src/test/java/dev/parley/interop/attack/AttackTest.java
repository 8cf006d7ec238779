package dev.parley.interop.attack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.interop.PeerProcess;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Attacks a server of {@code -Xmx256m} with all that is known to hurt, while a normal client calls over each wire: every
 * call of that client must succeed, and afterwards the server must hold no more than before.
 *
 * <p>A tenth of the connections in a build, all of them by {@code interop/stress attack}. Prints the times of the
 * normal client's calls under each attack.
 */
class AttackTest {
    private static final double SCALE = Double.parseDouble(System.getProperty("parley.attack.scale", "0.1"));
    private static final long HOLD_MILLIS = Long.getLong("parley.attack.hold", 1_000);
    private static final long SEED = Long.getLong("parley.attack.seed", System.nanoTime());
    private static final String ONLY = System.getProperty("parley.attack.only", "");
    private static final long SETTLE_NANOS = TimeUnit.SECONDS.toNanos(120);
    private static final long MORE_HEAP = 32 << 20;
    private static final long MORE_THREADS = 20;
    private static final long MORE_DESCRIPTORS = 20;

    @Test
    void aNormalClientDoesNotNotice() throws Exception {
        System.out.printf("attacks with seed %d%n", SEED);
        try (PeerProcess server = PeerProcess.start(
                Map.of(),
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:+ExitOnOutOfMemoryError",
                        "-cp",
                        System.getProperty("java.class.path"),
                        AttackedServer.class.getName()))) {
            List<String> ready = Arrays.asList(server.ready().split(" "));
            List<String> addresses = ready.subList(1, ready.size());
            Attacks attacks = new Attacks(addresses, Integer.parseInt(ready.getFirst()), SCALE, HOLD_MILLIS, SEED);
            try (NormalClient client = new NormalClient(addresses)) {
                client.start();
                Map<String, Long> before = settled(client);
                client.takeNanos();
                System.out.printf("%-42s %7s %9s %9s %9s%n", "attack", "calls", "p50 ms", "p99 ms", "max ms");
                for (var attack : attacks.all().entrySet()) {
                    if (attack.getKey().contains(ONLY)) {
                        attack.getValue().run();
                        print(attack.getKey(), client.takeNanos());
                        assertThat(client.failures()).as(attack.getKey()).isEmpty();
                    }
                }
                assertGivenBack(client, before);
                assertThat(client.failures()).as("after the attacks").isEmpty();
            }
        }
    }

    private static void print(String attack, long[] nanos) {
        System.out.printf(
                "%-42s %7d %9.1f %9.1f %9.1f%n",
                attack, nanos.length, percentile(nanos, 0.5), percentile(nanos, 0.99), percentile(nanos, 1));
    }

    private static double percentile(long[] sorted, double share) {
        return sorted.length == 0 ? Double.NaN : sorted[(int) ((sorted.length - 1) * share)] / 1e6;
    }

    /** What the server holds once it has warmed up. */
    private static Map<String, Long> settled(NormalClient client) throws InterruptedException {
        Thread.sleep(2 * HOLD_MILLIS);
        return client.usage();
    }

    private static void assertGivenBack(NormalClient client, Map<String, Long> before) throws InterruptedException {
        long end = System.nanoTime() + SETTLE_NANOS;
        Map<String, Long> after = client.usage();
        while (!isGivenBack(before, after) && System.nanoTime() < end) {
            Thread.sleep(200);
            after = client.usage();
        }
        System.out.printf("before: %s%nafter:  %s%n", before, after);
        assertThat(isGivenBack(before, after))
                .as("held before: %s, after: %s", before, after)
                .isTrue();
    }

    private static boolean isGivenBack(Map<String, Long> before, Map<String, Long> after) {
        return after.get("heap") <= before.get("heap") + MORE_HEAP
                && after.get("threads") <= before.get("threads") + MORE_THREADS
                && after.get("descriptors") <= before.get("descriptors") + MORE_DESCRIPTORS
                // The call that asks is charged itself.
                && after.get("budget") <= 4096;
    }
}
