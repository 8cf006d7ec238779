package dev.parley.oslo.notify;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The priority of a notification: the level methods of oslo.messaging's {@code Notifier}. */
public enum Priority {
    /** For audits. */
    AUDIT,
    /** For developers. */
    DEBUG,
    /** The usual one. */
    INFO,
    /** Something unexpected that was handled. */
    WARN,
    /** Something failed. */
    ERROR,
    /** Something failed that others depend on. */
    CRITICAL,
    /** A measurement. */
    SAMPLE;

    /** The name in queues, routing keys and methods of endpoints: lower case. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The priority of this name in any case, {@code null} if there is none. {@code warning} is {@link #WARN}. */
    public static @Nullable Priority of(String name) {
        String upper = name.toUpperCase(Locale.ROOT);
        if (upper.equals("WARNING")) {
            return WARN;
        }
        for (Priority priority : values()) {
            if (priority.name().equals(upper)) {
                return priority;
            }
        }
        return null;
    }
}
