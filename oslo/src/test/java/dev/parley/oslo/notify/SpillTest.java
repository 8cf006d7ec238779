package dev.parley.oslo.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.OverloadedException;
import dev.parley.broker.EmbeddedBroker;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Notifications that are kept on disk. */
class SpillTest extends OnNotifyBroker {
    @TempDir
    Path folder;

    private Notifier.Builder spilling() {
        return builder().spillTo(folder);
    }

    private static Path file(Path folder) {
        return folder.resolve("notifications.mv");
    }

    @ParameterizedTest
    @EnumSource
    void whatWasKeptIsSentAfterARestartInOrder(SpillSync sync) throws Exception {
        int port = broker.port();
        broker.close();
        try (Notifier notifier = spilling().spillSync(sync).build()) {
            for (int i = 0; i < 300; i++) {
                notifier.info("evt", i);
            }
            assertThat(notifier.counts()).isEqualTo(new NotifierCounts(0, 0, 0, 300));
        }
        assertThat(failures).isEmpty();
        try (Notifier notifier = spilling().spillSync(sync).build()) {
            assertThat(notifier.counts()).isEqualTo(new NotifierCounts(0, 0, 0, 300));
            // New ones queue behind the old ones.
            for (int i = 300; i < 400; i++) {
                notifier.info("evt", i);
            }
            broker = EmbeddedBroker.builder().port(port).start();
            assertThat(notifier.flush(LONG)).isTrue();
            assertThat(notifier.counts()).isEqualTo(new NotifierCounts(400, 0, 0, 0));
            assertInOrder(consume("notifications.info"), 400);
        }
        try (Notifier notifier = spilling().build()) {
            assertThat(notifier.counts().spilled()).isZero();
        }
    }

    @Test
    void theSameBytesAreSentToWhereTheyBelong() throws Exception {
        int port = broker.port();
        broker.close();
        try (Notifier notifier = spilling()
                .topics("one", "two")
                .exchange("nova")
                .drivers("messaging")
                .build()) {
            notifier.warn("evt", "ünïcode \u0000 \uD83D\uDE00");
        }
        broker = EmbeddedBroker.builder().port(port).start();
        // Another configuration now; what is on disk stays what it was.
        try (Notifier notifier = spilling().build()) {
            assertThat(notifier.flush(LONG)).isTrue();
        }
        String one = consume("one.warn", false).poll(30, TimeUnit.SECONDS);
        String two = consume("two.warn", false).poll(30, TimeUnit.SECONDS);
        assertThat(one)
                .startsWith("{\"message_id\":")
                .contains("\"event_type\":\"evt\"")
                .contains("ünïcode \\u0000 \uD83D\uDE00");
        assertThat(two).startsWith(String.valueOf(one).substring(0, 60));
        assertThat(broker.exchanges()).anyMatch(exchange -> exchange.name().equals("nova"));
    }

    @Test
    void whatWaitsTooLongGoesToDiskInsteadOfFailing() throws Exception {
        BlockingQueue<String> bodies = consume("notifications.info");
        try (Notifier notifier = spilling().deadline(Duration.ofMillis(200)).build()) {
            notifier.info("evt", 0);
            assertThat(notifier.flush(LONG)).isTrue();
            broker.faults().stopReading(true); // Still connected, but nothing is confirmed.
            for (int i = 1; i < 100; i++) {
                notifier.info("evt", i);
            }
            await(() -> notifier.counts().spilled() == 99);
            broker.faults().stopReading(false);
            assertThat(notifier.flush(LONG)).isTrue();
            assertThat(notifier.counts()).isEqualTo(new NotifierCounts(100, 0, 0, 0));
            assertInOrder(bodies, 100);
        }
        assertThat(failures).isEmpty();
    }

    @Test
    void whatDoesNotFitInMemoryGoesToDisk() throws Exception {
        BlockingQueue<String> bodies = consume("notifications.info");
        try (Notifier notifier = spilling().outbox(50, 1 << 20).build()) {
            notifier.info("evt", 0);
            assertThat(notifier.flush(LONG)).isTrue();
            broker.faults().stopReading(true);
            for (int i = 1; i < 500; i++) {
                notifier.info("evt", i);
            }
            assertThat(notifier.counts().waiting()).isLessThanOrEqualTo(50);
            assertThat(notifier.counts().spilled()).isGreaterThanOrEqualTo(449);
            broker.faults().stopReading(false);
            assertThat(notifier.flush(LONG)).isTrue();
            assertInOrder(bodies, 500);
        }
        assertThat(failures).isEmpty();
    }

    @Test
    void orderIsKeptWhileTheConnectionComesAndGoes() throws Exception {
        BlockingQueue<String> bodies = consume("notifications.info");
        try (Notifier notifier = spilling().build()) {
            for (int i = 0; i < 3000; i++) {
                notifier.info("evt", i);
                if (i % 500 == 250) {
                    broker.faults().refuseConnections(true);
                    dropNotifiers();
                } else if (i % 500 == 400) {
                    broker.faults().refuseConnections(false);
                }
            }
            assertThat(notifier.flush(LONG)).isTrue();
            assertInOrder(bodies, 3000);
            assertThat(notifier.counts()).isEqualTo(new NotifierCounts(3000, 0, 0, 0));
        }
        assertThat(failures).isEmpty();
    }

    /** Publishes until it is killed; prints how many notifications were taken. */
    static final class Child {
        public static void main(String[] args) {
            Notifier notifier = Notifier.builder(args[0])
                    .publisherId("test")
                    .spillTo(Path.of(args[1]))
                    .build();
            for (int i = 0; ; i++) {
                notifier.info("evt", i);
                System.out.println(i);
            }
        }
    }

    @Test
    void nothingIsLostWhenTheProcessIsKilled() throws Exception {
        int port = broker.port();
        String address = broker.address();
        broker.close();
        Process child = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Child.class.getName(),
                        address + QUICK,
                        folder.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        int taken = -1;
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                taken = Integer.parseInt(line);
                if (taken == 500) {
                    // The handle leaves the output open, unlike the process.
                    child.toHandle().destroyForcibly();
                }
            }
        }
        assertThat(child.waitFor()).isEqualTo(128 + 9);
        assertThat(taken).isGreaterThanOrEqualTo(500);
        broker = EmbeddedBroker.builder().port(port).start();
        try (Notifier notifier = spilling().build()) {
            assertThat(notifier.counts().spilled()).isGreaterThanOrEqualTo(taken + 1);
            assertThat(notifier.flush(LONG)).isTrue();
            assertInOrder(consume("notifications.info", false), taken + 1);
        }
    }

    @Test
    void aFolderIsForOneNotifier() throws Exception {
        try (Notifier first = spilling().build()) {
            assertThatThrownBy(() -> spilling().build())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("another notifier uses " + folder + "; each needs its own");
            first.info("evt", 0);
            assertThat(first.flush(LONG)).isTrue();
        }
        spilling().build().close();
    }

    @Test
    void aFolderThatCannotBeUsedIsAnError() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "");
        assertThatThrownBy(() -> builder().spillTo(file.resolve("sub")).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("cannot keep notifications in " + file);
    }

    @Test
    void aNotifierThatCannotBeBuiltFreesTheFolder() throws Exception {
        assertThatThrownBy(() -> spilling().drivers("messagingv2", "nonsense").build())
                .isInstanceOf(IllegalArgumentException.class);
        spilling().build().close();
    }

    @Test
    void aCorruptFileIsSetAside() throws Exception {
        broker.close();
        try (Notifier notifier = spilling().build()) {
            for (int i = 0; i < 50; i++) {
                notifier.info("evt", i);
            }
        }
        byte[] bytes = Files.readAllBytes(file(folder));
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (i * 31);
        }
        Files.write(file(folder), bytes);
        try (Notifier notifier = spilling().build()) {
            assertThat(notifier.counts().spilled()).isZero();
            notifier.info("evt", 0);
            assertThat(notifier.counts().spilled()).isEqualTo(1);
        }
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(each -> each.getFileName().toString()))
                    .contains("notifications.mv")
                    .anyMatch(name -> name.startsWith("notifications.mv.corrupt-"));
        }
    }

    @Test
    void theSizeOnDiskIsLimited() throws Exception {
        broker.close();
        try (Notifier notifier = spilling()
                .spillLimit(10_000)
                .outbox(1, 1 << 20)
                .closeTimeout(Duration.ZERO)
                .build()) {
            for (int i = 0; i < 20; i++) {
                notifier.info("evt", "x".repeat(700));
            }
            assertThat(notifier.counts().spilled()).isEqualTo(9);
            assertThat(failure().error())
                    .isInstanceOf(OverloadedException.class)
                    .hasMessageContaining("the notifications on disk have reached the limit");
            assertThat(notifier.counts().failed()).isEqualTo(11);
        }
    }

    @Test
    void onlyTheOwnerReadsTheFile() throws Exception {
        spilling().build().close();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file(folder))))
                .isEqualTo("rw-------");
    }

    @Test
    void anInterruptedCallerDoesNotCloseTheFile() throws Exception {
        int port = broker.port();
        broker.close();
        try (Notifier notifier = spilling().build()) {
            AtomicInteger interrupted = new AtomicInteger();
            List<Thread> threads = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                threads.add(Thread.ofPlatform().start(() -> {
                    Thread.currentThread().interrupt();
                    notifier.warn("evt", 0);
                    if (Thread.currentThread().isInterrupted()) {
                        interrupted.incrementAndGet();
                    }
                }));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(interrupted).hasValue(4);
            assertThat(notifier.counts().spilled()).isEqualTo(4);
            broker = EmbeddedBroker.builder().port(port).start();
            assertThat(notifier.flush(LONG)).isTrue();
        }
    }
}
