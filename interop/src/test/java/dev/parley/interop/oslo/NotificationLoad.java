package dev.parley.interop.oslo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.interop.PeerProcess;
import dev.parley.oslo.notify.Notifier;
import dev.parley.oslo.notify.NotifierCounts;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BooleanSupplier;

/**
 * A notifier that publishes numbers, and a listener in another process that writes them down and is killed now and
 * then. What the notifier cannot send it keeps on disk.
 */
final class NotificationLoad implements AutoCloseable {
    private static final long PATIENCE_NANOS = Duration.ofMinutes(2).toNanos();
    private static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();

    /** How far the notifier may be ahead of the broker. */
    private static final int AHEAD = 2_000;

    private final String address;
    private final String topic = "load-" + UUID.randomUUID();
    private final int count;
    private final Path file;
    private final Notifier notifier;
    private PeerProcess listener;

    /**
     * A load.
     *
     * @param address a transport URL whose queues survive what the test does
     * @param folder for files
     */
    NotificationLoad(String address, int count, Path folder) {
        this.address = address;
        this.count = count;
        this.file = folder.resolve("received");
        this.notifier = Notifier.builder(address)
                .publisherId("load")
                .topics(topic)
                .outbox(10 * AHEAD, 64 << 20)
                .spillTo(folder.resolve("spill"))
                .build();
        listener = listen();
    }

    String topic() {
        return topic;
    }

    private PeerProcess listen() {
        PeerProcess process = PeerProcess.start(
                Map.of(),
                List.of(
                        JAVA,
                        "-Xmx128m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        RecordingListener.class.getName(),
                        address,
                        topic,
                        file.toString()));
        process.ready();
        return process;
    }

    /** Publishes the numbers from the first up to the last, exclusive. */
    void publish(int first, int last) throws InterruptedException {
        for (int n = first; n < last; n++) {
            while (notifier.counts().waiting() > AHEAD && notifier.counts().spilled() == 0) {
                Thread.sleep(1);
            }
            notifier.info("load.number", n);
        }
    }

    /** Kills the listener, as a crash would, and starts another one. */
    void killListener() {
        listener.handle().destroyForcibly();
        listener.close();
        listener = listen();
    }

    /** Waits until every number is there, and checks that there is no other. */
    void assertAllArrive() throws Exception {
        assertThat(notifier.flush(Duration.ofNanos(PATIENCE_NANOS)))
                .as(notifier.counts().toString())
                .isTrue();
        NotifierCounts counts = notifier.counts();
        assertThat(counts.failed()).isZero();
        assertThat(counts.confirmed()).isEqualTo(count);
        await(() -> received().cardinality() == count);
    }

    /** The numbers that were written down. */
    BitSet received() {
        BitSet numbers = new BitSet(count);
        try {
            byte[] bytes = Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
            IntBuffer ints = ByteBuffer.wrap(bytes).asIntBuffer();
            while (ints.hasRemaining()) {
                int number = ints.get();
                assertThat(number).isBetween(0, count - 1);
                numbers.set(number);
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return numbers;
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("timed out").isLessThan(end);
            Thread.sleep(20);
        }
    }

    @Override
    public void close() {
        notifier.close();
        listener.close();
    }
}
