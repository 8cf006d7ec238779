package dev.parley.interop.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Sockets and threads of this process at one moment.
 *
 * @param sockets how many descriptors are sockets
 * @param threads how many threads there are of each name that begins with {@code parley} or {@code AMQP}, virtual ones
 *     too, numbers left out
 */
record Leftovers(long sockets, Map<String, Integer> threads) {
    /** How long anything may take that must happen; far above what it takes. */
    static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
    private static final Pattern THREAD = Pattern.compile("^#\\d+ \"((?:parley|AMQP|pool)[^\"]*)\"");

    static Leftovers now() {
        return new Leftovers(countSockets(), countThreads());
    }

    /** How many descriptors this process has; 0 where the system does not tell. */
    static long descriptors() {
        try (Stream<Path> files = Files.list(DESCRIPTORS)) {
            return files.count();
        } catch (IOException e) {
            return 0;
        }
    }

    private static long countSockets() {
        if (!Files.isDirectory(DESCRIPTORS)) {
            return 0;
        }
        try (Stream<Path> files = Files.list(DESCRIPTORS)) {
            return files.filter(Leftovers::isSocket).count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isSocket(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
        } catch (IOException closed) {
            return false;
        }
    }

    private static Map<String, Integer> countThreads() {
        Map<String, Integer> counts = new TreeMap<>();
        try {
            Path folder = Files.createTempDirectory("parley-threads-");
            Path dump = folder.resolve("dump");
            try {
                // Unlike Thread.getAllStackTraces it has the virtual ones.
                ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                        .dumpThreads(dump.toString(), HotSpotDiagnosticMXBean.ThreadDumpFormat.TEXT_PLAIN);
                for (String line : Files.readAllLines(dump)) {
                    Matcher thread = THREAD.matcher(line);
                    if (thread.find()) {
                        counts.merge(thread.group(1).replaceAll("\\d+", "N"), 1, Integer::sum);
                    }
                }
            } finally {
                Files.deleteIfExists(dump);
                Files.delete(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        // The shared event loops live as long as the process.
        counts.keySet().removeIf(name -> name.startsWith("parley-io") || name.startsWith("parley-broker-"));
        return counts;
    }

    /** Waits until there are no more sockets and threads than at this moment. */
    void awaitNoMore(String after) {
        await(() -> {
            Leftovers now = now();
            return now.sockets <= sockets && now.moreThreads(this).isEmpty();
        });
        Leftovers now = now();
        assertThat(now.sockets).as("sockets after %s", after).isLessThanOrEqualTo(sockets);
        assertThat(now.moreThreads(this)).as("threads after %s", after).isEmpty();
    }

    private List<String> moreThreads(Leftovers before) {
        return threads.entrySet().stream()
                .filter(entry -> entry.getValue() > before.threads.getOrDefault(entry.getKey(), 0))
                .map(entry -> entry.getValue() + " × " + entry.getKey())
                .toList();
    }

    /** Waits for something that must happen; returns anyway after {@link #PATIENCE}. */
    static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean() && System.nanoTime() < end) {
            try {
                Thread.sleep(20);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted", e);
            }
        }
    }
}
