package dev.parley.systemlogger;

import dev.parley.oslo.notify.bridge.log.LoggedRecord;
import dev.parley.oslo.notify.bridge.log.RecordLevel;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;

/** Passes records on to another logger, and publishes them. Thread-safe. */
final class NotifyingLogger implements System.Logger {
    private final System.Logger next;
    private final String name;

    NotifyingLogger(System.Logger next, String name) {
        this.next = next;
        this.name = name;
    }

    @Override
    public String getName() {
        return name;
    }

    @Override
    public boolean isLoggable(Level level) {
        return next.isLoggable(level) || publishing(level) != null;
    }

    @Override
    public void log(Level level, @Nullable ResourceBundle bundle, @Nullable String message, @Nullable Throwable error) {
        next.log(level, bundle, message, error);
        Publishing publishing = publishing(level);
        if (publishing != null) {
            publish(publishing, level, () -> Messages.localized(bundle, message), error);
        }
    }

    @Override
    public void log(
            Level level,
            @Nullable ResourceBundle bundle,
            @Nullable String format,
            @Nullable Object @Nullable ... arguments) {
        next.log(level, bundle, format, arguments);
        Publishing publishing = publishing(level);
        if (publishing != null) {
            publish(publishing, level, () -> Messages.format(bundle, format, arguments), null);
        }
    }

    private @Nullable Publishing publishing(Level level) {
        Publishing current = Publishing.current();
        return current != null && current.covers(level) && current.publisher().accepts(name) ? current : null;
    }

    /** Makes the text of a record, which may fail. */
    private interface Text {
        String get();
    }

    private void publish(Publishing publishing, Level level, Text text, @Nullable Throwable error) {
        try {
            Thread thread = Thread.currentThread();
            publishing
                    .publisher()
                    .publish(new LoggedRecord(
                            level(level),
                            name,
                            text.get(),
                            Callers.find(),
                            thread.threadId(),
                            thread.getName(),
                            error == null ? null : thrown(error),
                            Map.of()));
        } catch (RuntimeException | StackOverflowError e) { // toString() of an argument can throw anything.
            publishing.publisher().unreadable(e);
        }
    }

    private static LoggedRecord.Thrown thrown(Throwable error) {
        StringWriter trace = new StringWriter();
        error.printStackTrace(new PrintWriter(trace));
        return new LoggedRecord.Thrown(error.getClass().getName(), error.getMessage(), trace.toString());
    }

    private static RecordLevel level(Level level) {
        return switch (level) {
            case ERROR, OFF -> RecordLevel.ERROR;
            case WARNING -> RecordLevel.WARNING;
            case INFO -> RecordLevel.INFO;
            case DEBUG -> RecordLevel.DEBUG;
            case TRACE, ALL -> RecordLevel.TRACE;
        };
    }
}
