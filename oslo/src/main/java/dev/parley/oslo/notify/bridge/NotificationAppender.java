package dev.parley.oslo.notify.bridge;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import dev.parley.oslo.notify.Notifier;
import dev.parley.oslo.notify.bridge.log.LoggedRecord;
import dev.parley.oslo.notify.bridge.log.ProgramName;
import dev.parley.oslo.notify.bridge.log.RecordEvent;
import dev.parley.oslo.notify.bridge.log.RecordLevel;
import dev.parley.oslo.notify.bridge.log.RecordPublisher;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.KeyValuePair;

/**
 * A Logback appender that publishes log records as notifications of event {@code logrecord}, at the record's level: the
 * counterpart of oslo.messaging's {@code LoggingNotificationHandler}.
 *
 * <pre>{@code
 * <appender name="notify" class="dev.parley.oslo.notify.bridge.NotificationAppender">
 *   <address>${TRANSPORT_URL}</address>
 *   <publisherId>shop.host1</publisherId>
 *   <level>WARN</level>
 * </appender>
 * }</pre>
 *
 * <p>The payload has the members {@code name}, {@code levelno}, {@code levelname}, {@code exc_info}, {@code pathname},
 * {@code lineno}, {@code msg}, {@code funcName}, {@code thread}, {@code threadName}, {@code processName}, {@code
 * process} and {@code extra}, with Python's names and numbers of levels. {@code exc_info} is {@code null} or a list of
 * the exception's class, its message and its stack trace; {@code extra} has the record's key-value pairs.
 *
 * <p>Whoever logs never waits for the broker and never gets an error: a record is put in a bounded queue, from which a
 * thread hands it to a {@link Notifier}. A record that finds the queue full is dropped and counted. The loggers of Parley
 * itself, of the broker clients and of the notification driver {@code log} are skipped, as are records made on that
 * thread or by a notifier's failure handler, so that a notification never causes another one.
 *
 * <p>The setters are for before {@link #start}; otherwise thread-safe.
 */
public class NotificationAppender extends UnsynchronizedAppenderBase<ILoggingEvent> {
    private final RecordEvent event;
    private final List<String> topics = new ArrayList<>();
    private final List<String> drivers = new ArrayList<>();
    private final List<String> skipped = new ArrayList<>();
    private @Nullable String address;
    private String publisherId;
    private String level;
    private Level threshold = Level.TRACE;
    private int queueSize = 1_000;
    private int maxLength = 32_768;
    private boolean includeCallerData = true;
    private boolean includeMdc;
    private Duration closeTimeout = Duration.ofSeconds(5);
    private @Nullable Notifier notifier;
    private volatile @Nullable RecordPublisher publisher;

    /** An appender for event {@code logrecord}; Logback calls this. */
    public NotificationAppender() {
        this(RecordEvent.RECORD, ProgramName.get(), "TRACE");
    }

    NotificationAppender(RecordEvent event, String publisherId, String level) {
        this.event = event;
        this.publisherId = publisherId;
        this.level = level;
    }

    /** The transport URL, as for {@link Notifier#builder(String)}. Required, unless a notifier is set. */
    public void setAddress(String value) {
        address = value;
    }

    /**
     * Publishes through this notifier instead of one of the appender's own. {@code address}, {@code publisherId}, {@code
     * topic} and {@code driver} are not used then, and {@link #stop} does not close it.
     */
    public void setNotifier(Notifier value) {
        notifier = value;
    }

    /** Who publishes. The default is the name of the program: the simple name of its main class, or its jar. */
    public void setPublisherId(String value) {
        publisherId = value;
    }

    /** Adds a topic to publish to. The default is {@code notifications}. */
    public void addTopic(String value) {
        topics.add(value);
    }

    /** Adds a driver, as for {@link Notifier.Builder#drivers}. The default is {@code messagingv2}. */
    public void addDriver(String value) {
        drivers.add(value);
    }

    /** The lowest level that is published: one of Logback's names. The default is {@code TRACE}. */
    public void setLevel(String value) {
        level = value;
    }

    /** Skips the records of this logger and those below it, in addition to those that take part in publishing. */
    public void addSkip(String logger) {
        skipped.add(logger);
    }

    /** The maximum number of records that wait for the notifier, at least 1. The default is 1,000. */
    public void setQueueSize(int records) {
        queueSize = records;
    }

    /** The maximum length of each text in characters, at least 1; the rest is cut off. The default is 32,768. */
    public void setMaxLength(int characters) {
        maxLength = characters;
    }

    /** Whether to find out where a record was made, which takes some microseconds. The default is {@code true}. */
    public void setIncludeCallerData(boolean value) {
        includeCallerData = value;
    }

    /** Whether {@code extra} has the mapped diagnostic context (MDC) too. The default is {@code false}. */
    public void setIncludeMdc(boolean value) {
        includeMdc = value;
    }

    /** How long {@link #stop} waits for the queue, in milliseconds. The default is 5,000. */
    public void setCloseTimeout(long millis) {
        closeTimeout = Duration.ofMillis(millis);
    }

    /** How many records were dropped because the queue was full. */
    public long dropped() {
        RecordPublisher current = publisher;
        return current == null ? 0 : current.dropped();
    }

    /** How many records could not be handed to the notifier. */
    public long failed() {
        RecordPublisher current = publisher;
        return current == null ? 0 : current.failed();
    }

    /** Connects in the background. A setting that is missing or wrong is reported as an error of Logback's status. */
    @Override
    public void start() {
        if (isStarted()) {
            return;
        }
        Notifier given = notifier;
        Notifier own = null;
        try {
            threshold = parse(level);
            if (given == null) {
                own = ownNotifier();
            }
            RecordPublisher fresh = newPublisher(given, own);
            fresh.start();
            publisher = fresh;
            super.start();
        } catch (RuntimeException e) {
            if (own != null) {
                own.close();
            }
            addError("Appender [" + getName() + "] cannot publish notifications: " + e.getMessage());
        }
    }

    private Notifier ownNotifier() {
        if (address == null || address.isBlank()) {
            throw new IllegalArgumentException("<address> is missing: it must be a transport URL");
        }
        Notifier.Builder builder = Notifier.builder(address.strip()).publisherId(publisherId);
        if (!topics.isEmpty()) {
            builder.topics(topics.toArray(String[]::new));
        }
        if (!drivers.isEmpty()) {
            builder.drivers(drivers.toArray(String[]::new));
        }
        return builder.build();
    }

    private RecordPublisher newPublisher(@Nullable Notifier given, @Nullable Notifier own) {
        RecordPublisher.Builder builder;
        if (given != null) {
            builder = RecordPublisher.with(given);
        } else {
            Notifier made = Objects.requireNonNull(own);
            builder = RecordPublisher.owning(() -> made);
        }
        skipped.forEach(builder::skip);
        return builder.event(event)
                .queueSize(queueSize)
                .maxLength(maxLength)
                .closeTimeout(closeTimeout)
                .build();
    }

    /** Publishes what is in the queue, for at most the close timeout, and closes the appender's own notifier. */
    @Override
    public void stop() {
        super.stop();
        RecordPublisher current = publisher;
        if (current != null) {
            current.close();
        }
    }

    @Override
    protected void append(ILoggingEvent record) {
        RecordPublisher current = publisher;
        if (current == null
                || !record.getLevel().isGreaterOrEqual(threshold)
                || !current.accepts(record.getLoggerName())) {
            return;
        }
        try {
            current.publish(read(record));
        } catch (RuntimeException | StackOverflowError e) { // toString() of an argument can throw anything.
            current.unreadable(e);
        }
    }

    private LoggedRecord read(ILoggingEvent record) {
        String message = record.getFormattedMessage();
        // Behind an AsyncAppender, this is not the thread that made the record.
        Thread thread = Thread.currentThread();
        String threadName = record.getThreadName();
        boolean here = thread.getName().equals(threadName);
        StackTraceElement caller = null;
        if (event == RecordEvent.RECORD && (record.hasCallerData() || (includeCallerData && here))) {
            StackTraceElement[] callers = record.getCallerData();
            caller = callers == null || callers.length == 0 ? null : callers[0];
        }
        return new LoggedRecord(
                level(record.getLevel()),
                record.getLoggerName(),
                message == null ? "" : message,
                caller,
                here ? thread.threadId() : null,
                threadName == null ? "" : threadName,
                event == RecordEvent.RECORD ? thrown(record.getThrowableProxy()) : null,
                event == RecordEvent.RECORD ? extra(record) : Map.of());
    }

    private static LoggedRecord.@Nullable Thrown thrown(@Nullable IThrowableProxy error) {
        return error == null
                ? null
                : new LoggedRecord.Thrown(error.getClassName(), error.getMessage(), ThrowableProxyUtil.asString(error));
    }

    private Map<String, @Nullable Object> extra(ILoggingEvent record) {
        Map<String, @Nullable Object> extra = new LinkedHashMap<>();
        if (includeMdc) {
            extra.putAll(record.getMDCPropertyMap());
        }
        List<KeyValuePair> pairs = record.getKeyValuePairs();
        if (pairs != null) {
            // Objects may change before they are sent, and may not be encodable.
            pairs.forEach(pair -> extra.put(pair.key, plain(pair.value)));
        }
        return extra;
    }

    private static @Nullable Object plain(@Nullable Object value) {
        return value == null || value instanceof Boolean || value instanceof Integer || value instanceof Long
                ? value
                : value.toString();
    }

    private static Level parse(String name) {
        Level found = Level.toLevel(name.strip(), null);
        if (found == null) {
            throw new IllegalArgumentException(
                    "unknown <level> '" + name + "': it must be TRACE, DEBUG, INFO, WARN, ERROR or OFF");
        }
        return found;
    }

    private static RecordLevel level(Level level) {
        return switch (level.toInt()) {
            case Level.ERROR_INT -> RecordLevel.ERROR;
            case Level.WARN_INT -> RecordLevel.WARNING;
            case Level.INFO_INT -> RecordLevel.INFO;
            case Level.DEBUG_INT -> RecordLevel.DEBUG;
            default -> RecordLevel.TRACE;
        };
    }
}
