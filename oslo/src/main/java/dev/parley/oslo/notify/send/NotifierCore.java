package dev.parley.oslo.notify.send;

import dev.parley.SerializationException;
import dev.parley.Serializer;
import dev.parley.oslo.message.NotificationContent;
import dev.parley.oslo.notify.NotifierCounts;
import dev.parley.oslo.notify.NotifierOptions;
import dev.parley.oslo.notify.Priority;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** What a notifier and those that are made from it share. Thread-safe. */
final class NotifierCore {
    private final List<SendDriver> drivers;
    private final @Nullable Outbox outbox;
    private final FailureReports reports;
    private final Serializer serializer;
    private final ContextKeys contextKeys;
    private final Duration closeTimeout;
    private final Runnable reset;
    private final AtomicBoolean closed = new AtomicBoolean();

    /**
     * A core.
     *
     * @param drivers those that do something
     * @param outbox the outbox of the drivers that have a broker, {@code null} if there are none
     * @param reset reads the routing file again
     */
    NotifierCore(
            List<SendDriver> drivers,
            @Nullable Outbox outbox,
            FailureReports reports,
            Serializer serializer,
            ContextKeys contextKeys,
            Duration closeTimeout,
            Runnable reset) {
        this.drivers = List.copyOf(drivers);
        this.outbox = outbox;
        this.reports = reports;
        this.serializer = serializer;
        this.contextKeys = contextKeys;
        this.closeTimeout = closeTimeout;
        this.reset = reset;
    }

    void send(
            NotifierOptions options,
            Map<String, @Nullable Object> context,
            Priority priority,
            String eventType,
            @Nullable Object payload) {
        if (closed.get()) {
            throw new IllegalStateException("the notifier is closed");
        }
        if (drivers.isEmpty()) {
            return;
        }
        Object converted = serializer.serializeEntity(context, payload);
        NotificationContent content = new NotificationContent(
                UUID.randomUUID().toString(),
                options.publisherId(),
                eventType,
                priority.name(),
                Instant.now(),
                converted,
                Object.class,
                serializer.serializeContext(contextKeys.filter(context)));
        Outgoing notification = new Outgoing(content, priority, options.topics(), options.deadline());
        SerializationException unencodable = null;
        for (SendDriver driver : drivers) {
            try {
                driver.send(notification);
            } catch (SerializationException e) {
                unencodable = e; // The others still get it.
            }
        }
        if (unencodable != null) {
            throw unencodable;
        }
    }

    boolean isEnabled() {
        return !drivers.isEmpty();
    }

    NotifierCounts counts() {
        return outbox == null ? new NotifierCounts(0, 0, 0, 0) : outbox.counts();
    }

    boolean flush(Duration timeout) throws InterruptedException {
        return outbox == null || outbox.flush(timeout);
    }

    void reset() {
        reset.run();
    }

    void close() {
        if (!closed.compareAndSet(false, true) || outbox == null) {
            return;
        }
        try {
            outbox.close(closeTimeout);
            reports.await(closeTimeout);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
