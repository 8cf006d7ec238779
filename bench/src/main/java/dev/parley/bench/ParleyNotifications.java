package dev.parley.bench;

import dev.parley.oslo.notify.NotificationListener;
import dev.parley.oslo.notify.Notifier;
import dev.parley.oslo.notify.Priority;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Notifications of Parley, published with confirms and acknowledged by their listener after the work; at most as many
 * on the way as a window allows.
 */
final class ParleyNotifications implements Side {
    private static final String TOPIC = "bench-parley";

    private final int window;
    private final Map<String, String> payload;
    private final AtomicLong received = new AtomicLong();
    private final NotificationListener listener;
    private final Notifier notifier;

    ParleyNotifications(String address, int window, int textSize) {
        this.window = window;
        this.payload = Map.of("text", "x".repeat(textSize));
        listener = NotificationListener.builder(address)
                .topics(TOPIC)
                .on(notification -> received.incrementAndGet(), Priority.INFO)
                .build()
                .start();
        notifier = Notifier.builder(address).publisherId("bench").topics(TOPIC).build();
    }

    @Override
    public Result round(Duration length) throws Exception {
        long before = received.get();
        long sent = 0;
        long cpu = Load.processorNanos();
        long start = System.nanoTime();
        long end = start + length.toNanos();
        while (System.nanoTime() < end) {
            if (notifier.counts().waiting() < window) {
                notifier.info("bench.event", payload);
                sent++;
            } else {
                Thread.sleep(0, 50_000);
            }
        }
        // It counts when it has arrived.
        while (received.get() - before < sent) {
            Thread.sleep(1);
        }
        return new Result(sent, (System.nanoTime() - start) / 1e9, (Load.processorNanos() - cpu) / 1e9);
    }

    @Override
    public void close() {
        notifier.close();
        listener.close();
    }
}
