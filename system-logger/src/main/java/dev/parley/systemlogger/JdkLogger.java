package dev.parley.systemlogger;

import java.util.ResourceBundle;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * A logger of {@code java.util.logging}, as the JDK has without a {@link System.LoggerFinder}; that one cannot be
 * reached when there is one. Thread-safe.
 */
final class JdkLogger implements System.Logger {
    private final Logger logger;

    JdkLogger(String name) {
        logger = Logger.getLogger(name);
    }

    @Override
    public String getName() {
        return logger.getName();
    }

    @Override
    public boolean isLoggable(Level level) {
        return level != Level.OFF && logger.isLoggable(level(level));
    }

    @Override
    public void log(Level level, @Nullable ResourceBundle bundle, @Nullable String message, @Nullable Throwable error) {
        if (isLoggable(level)) {
            LogRecord record = record(level, bundle, message);
            record.setThrown(error);
            logger.log(record);
        }
    }

    @Override
    public void log(
            Level level,
            @Nullable ResourceBundle bundle,
            @Nullable String format,
            @Nullable Object @Nullable ... arguments) {
        if (isLoggable(level)) {
            LogRecord record = record(level, bundle, format);
            record.setParameters(arguments);
            logger.log(record);
        }
    }

    private LogRecord record(Level level, @Nullable ResourceBundle bundle, @Nullable String message) {
        LogRecord record = new LogRecord(level(level), message);
        record.setLoggerName(logger.getName());
        record.setResourceBundle(bundle);
        // It would otherwise take this class for the caller.
        StackTraceElement caller = Callers.find();
        if (caller != null) {
            record.setSourceClassName(caller.getClassName());
            record.setSourceMethodName(caller.getMethodName());
        }
        return record;
    }

    private static java.util.logging.Level level(Level level) {
        return switch (level) {
            case ALL -> java.util.logging.Level.ALL;
            case TRACE -> java.util.logging.Level.FINER;
            case DEBUG -> java.util.logging.Level.FINE;
            case INFO -> java.util.logging.Level.INFO;
            case WARNING -> java.util.logging.Level.WARNING;
            case ERROR -> java.util.logging.Level.SEVERE;
            case OFF -> java.util.logging.Level.OFF;
        };
    }
}
