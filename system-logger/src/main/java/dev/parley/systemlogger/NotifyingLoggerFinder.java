package dev.parley.systemlogger;

import dev.parley.oslo.notify.Notifier;
import dev.parley.oslo.notify.bridge.log.RecordPublisher;
import java.util.Objects;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/**
 * Makes the loggers of {@link System#getLogger} publish their records as notifications. The JVM finds this class by
 * itself when module {@code parley-system-logger} is on its path.
 *
 * <p>Each record first goes where it would go without this class: to the loggers of another {@link System.LoggerFinder}
 * on the path, such as SLF4J's, or else of {@code java.util.logging}. If there are several on the class path the JVM
 * takes the first one, so this module must come first.
 *
 * <p>It is configured by system properties, since loggers exist before the program's first line runs:
 *
 * <table>
 * <caption>System properties</caption>
 * <tr><th>property</th><th>default</th><th>meaning</th></tr>
 * <tr><td>{@code parley.log.address}</td><td>the environment variable {@code PARLEY_LOG_ADDRESS}</td>
 *     <td>the transport URL; without it records are only passed on</td></tr>
 * <tr><td>{@code parley.log.publisher-id}</td><td>{@code error.publisher}, or the program's name for event {@code
 *     logrecord}</td><td>who publishes</td></tr>
 * <tr><td>{@code parley.log.event}</td><td>{@code logrecord}</td><td>{@code logrecord}, or {@code error_notification}
 *     for the text alone at priority error</td></tr>
 * <tr><td>{@code parley.log.level}</td><td>{@code ERROR}</td><td>the lowest level that is published</td></tr>
 * <tr><td>{@code parley.log.topics}</td><td>{@code notifications}</td><td>topics, with commas</td></tr>
 * <tr><td>{@code parley.log.drivers}</td><td>{@code messagingv2}</td><td>drivers, with commas</td></tr>
 * <tr><td>{@code parley.log.skip}</td><td></td><td>loggers whose records are not published, with commas</td></tr>
 * <tr><td>{@code parley.log.queue-size}</td><td>1000</td><td>how many records may wait</td></tr>
 * <tr><td>{@code parley.log.max-length}</td><td>32768</td><td>the maximum length of a text, in characters</td></tr>
 * <tr><td>{@code parley.log.close-timeout}</td><td>5000</td><td>how long the JVM waits for the queue when it ends, in
 *     milliseconds</td></tr>
 * <tr><td>{@code parley.log.finder}</td><td>the first other one on the path</td><td>the class of the finder to pass
 *     records on to; {@code java.util.logging} for the JDK's own</td></tr>
 * </table>
 *
 * <p>A program can publish through a notifier of its own instead, see {@link #publishTo}. The payload, the bounded queue
 * and the loggers that are skipped are as for {@link dev.parley.oslo.notify.bridge.NotificationAppender}. Thread-safe.
 */
public final class NotifyingLoggerFinder extends System.LoggerFinder {
    /** The publishing of log records, until it is closed. Thread-safe. */
    public interface Publication extends AutoCloseable {
        /** Publishes the records that still wait, for a limited time, and publishes no others. */
        @Override
        void close();
    }

    private final System.@Nullable LoggerFinder next;

    /** Finds the finder to pass records on to; the JVM calls this. */
    public NotifyingLoggerFinder() {
        next = next(System.getProperty("parley.log.finder"));
        Publishing.configure();
    }

    /**
     * Publishes the records of this level and above through this notifier, as event {@code logrecord}, in place of what
     * the system properties say. Can be called at any time.
     *
     * @param notifier the notifier, which the caller closes after what is returned
     * @param level the lowest level that is published
     * @return publishes the records that still wait, for at most 5 seconds, and ends it
     */
    public static Publication publishTo(Notifier notifier, System.Logger.Level level) {
        Objects.requireNonNull(level, "level");
        return Publishing.begin(
                RecordPublisher.with(notifier).skip(Publishing.TLS).build(), level);
    }

    @Override
    public System.Logger getLogger(String name, Module module) {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(module, "module");
        System.Logger logger = next == null ? new JdkLogger(name) : next.getLogger(name, module);
        return new NotifyingLogger(logger, name);
    }

    private static System.@Nullable LoggerFinder next(@Nullable String name) {
        if ("java.util.logging".equals(name)) {
            return null;
        }
        try {
            return ServiceLoader.load(System.LoggerFinder.class, ClassLoader.getSystemClassLoader()).stream()
                    .filter(found -> found.type() != NotifyingLoggerFinder.class)
                    .filter(found -> name == null || found.type().getName().equals(name))
                    .findFirst()
                    .map(ServiceLoader.Provider::get)
                    .orElseGet(() -> {
                        if (name != null) {
                            Publishing.complain("parley.log.finder: there is no System.LoggerFinder " + name, null);
                        }
                        return null;
                    });
        } catch (RuntimeException | ServiceConfigurationError e) {
            Publishing.complain("cannot use the other System.LoggerFinder on the path", e);
            return null;
        }
    }
}
