package dev.parley.oslo.notify.bridge.log;

/** What a log record becomes. */
public enum RecordEvent {
    /** Event {@code logrecord} with everything about the record, at its level. */
    RECORD,
    /** Event {@code error_notification} with its text, at priority error. */
    ERROR
}
