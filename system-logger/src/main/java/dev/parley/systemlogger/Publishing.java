package dev.parley.systemlogger;

import dev.parley.oslo.notify.Notifier;
import dev.parley.oslo.notify.bridge.log.ProgramName;
import dev.parley.oslo.notify.bridge.log.RecordEvent;
import dev.parley.oslo.notify.bridge.log.RecordPublisher;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** What all loggers of the JVM publish to, if anything. Thread-safe. */
final class Publishing {
    /** With {@code -Djavax.net.debug} TLS logs what it sends, which would publish another notification over TLS. */
    static final String TLS = "javax.net.ssl";

    private static final String PREFIX = "parley.log.";
    private static final List<String> NAMES = List.of(
            "address",
            "close-timeout",
            "drivers",
            "event",
            "finder",
            "level",
            "max-length",
            "publisher-id",
            "queue-size",
            "skip",
            "topics");

    private static final AtomicReference<@Nullable Publishing> CURRENT = new AtomicReference<>();

    private final RecordPublisher publisher;
    private final System.Logger.Level level;

    private Publishing(RecordPublisher publisher, System.Logger.Level level) {
        this.publisher = publisher;
        this.level = level;
    }

    static @Nullable Publishing current() {
        return CURRENT.get();
    }

    RecordPublisher publisher() {
        return publisher;
    }

    boolean covers(System.Logger.Level recordLevel) {
        return level != System.Logger.Level.OFF
                && recordLevel != System.Logger.Level.OFF
                && recordLevel.getSeverity() >= level.getSeverity();
    }

    /** Replaces what was there before, which publishes what it still has. */
    static NotifyingLoggerFinder.Publication begin(RecordPublisher publisher, System.Logger.Level level) {
        Publishing fresh = new Publishing(publisher, level);
        Publishing old = CURRENT.getAndSet(fresh);
        if (old != null) {
            old.publisher.close();
        }
        publisher.start();
        return () -> {
            CURRENT.compareAndSet(fresh, null);
            publisher.close();
        };
    }

    private static void refuseOthers() {
        for (String property : System.getProperties().stringPropertyNames()) {
            if (property.startsWith(PREFIX) && !NAMES.contains(property.substring(PREFIX.length()))) {
                throw new IllegalArgumentException("unknown property " + property + "; after " + PREFIX
                        + " comes one of " + String.join(", ", NAMES));
            }
        }
    }

    /** Begins what the system properties say. Loggers must work in any case, so that a mistake is only logged. */
    static void configure() {
        String address = text("address", System.getenv("PARLEY_LOG_ADDRESS"));
        if (address == null || address.isBlank()) {
            return;
        }
        try {
            refuseOthers();
            RecordEvent event = event(text("event", "logrecord"));
            System.Logger.Level level = level(text("level", "ERROR"));
            String publisherId = Objects.requireNonNullElse(
                    text("publisher-id", null), event == RecordEvent.ERROR ? "error.publisher" : ProgramName.get());
            RecordPublisher.Builder builder = RecordPublisher.owning(() -> notifier(address.strip(), publisherId))
                    .event(event)
                    .queueSize(number("queue-size", 1_000))
                    .maxLength(number("max-length", 32_768))
                    .closeTimeout(Duration.ofMillis(number("close-timeout", 5_000)))
                    .skip(TLS);
            list("skip").forEach(builder::skip);
            NotifyingLoggerFinder.Publication publication = begin(builder.build(), level);
            Runtime.getRuntime().addShutdownHook(new Thread(publication::close, "parley-log-end"));
        } catch (RuntimeException e) {
            complain("log records are not published: " + e.getMessage(), null);
        }
    }

    /** Runs on the publishing thread, for the first record: loading a notifier's classes may itself log. */
    private static Notifier notifier(String address, String publisherId) {
        Notifier.Builder builder = Notifier.builder(address).publisherId(publisherId);
        List<String> topics = list("topics");
        if (!topics.isEmpty()) {
            builder.topics(topics.toArray(String[]::new));
        }
        List<String> drivers = list("drivers");
        if (!drivers.isEmpty()) {
            builder.drivers(drivers.toArray(String[]::new));
        }
        return builder.build();
    }

    private static @Nullable String text(String name, @Nullable String other) {
        String value = System.getProperty(PREFIX + name);
        return value == null ? other : value;
    }

    private static List<String> list(String name) {
        String value = System.getProperty(PREFIX + name, "");
        return Arrays.stream(value.split(","))
                .map(String::strip)
                .filter(item -> !item.isEmpty())
                .toList();
    }

    private static int number(String name, int other) {
        String value = System.getProperty(PREFIX + name);
        try {
            return value == null ? other : Integer.parseInt(value.strip());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(PREFIX + name + " must be a whole number: " + value, e);
        }
    }

    private static RecordEvent event(@Nullable String name) {
        if ("error_notification".equals(name)) {
            return RecordEvent.ERROR;
        }
        if ("logrecord".equals(name)) {
            return RecordEvent.RECORD;
        }
        throw new IllegalArgumentException("parley.log.event must be logrecord or error_notification: " + name);
    }

    private static System.Logger.Level level(@Nullable String name) {
        String upper = String.valueOf(name).strip().toUpperCase(Locale.ROOT);
        for (System.Logger.Level known : System.Logger.Level.values()) {
            if (known.name().equals(upper.equals("WARN") ? "WARNING" : upper)) {
                return known;
            }
        }
        throw new IllegalArgumentException(
                "parley.log.level must be ALL, TRACE, DEBUG, INFO, WARNING, ERROR or OFF: " + name);
    }

    /** Logs a mistake in the configuration. Not through System.Logger, whose finder is being made. */
    static void complain(String message, @Nullable Throwable error) {
        Logger.getLogger(NotifyingLoggerFinder.class.getName())
                .log(java.util.logging.Level.WARNING, "parley-system-logger: " + message, error);
    }
}
