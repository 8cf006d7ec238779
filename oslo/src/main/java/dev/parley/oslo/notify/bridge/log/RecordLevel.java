package dev.parley.oslo.notify.bridge.log;

import dev.parley.oslo.notify.Priority;

/** The level of a log record, with the names and numbers of Python's {@code logging}. */
public enum RecordLevel {
    /** Sent as debug, since notifications have no lower priority. */
    TRACE(5, Priority.DEBUG),
    /** For developers. */
    DEBUG(10, Priority.DEBUG),
    /** The usual one. */
    INFO(20, Priority.INFO),
    /** Something unexpected that was handled. */
    WARNING(30, Priority.WARN),
    /** Something failed. */
    ERROR(40, Priority.ERROR);

    private final int number;
    private final Priority priority;

    RecordLevel(int number, Priority priority) {
        this.number = number;
        this.priority = priority;
    }

    /** The number in Python. */
    public int number() {
        return number;
    }

    /** The priority of its notification. */
    public Priority priority() {
        return priority;
    }
}
