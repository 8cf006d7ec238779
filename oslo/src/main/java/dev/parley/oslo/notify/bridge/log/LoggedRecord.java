package dev.parley.oslo.notify.bridge.log;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a notification tells about a log record. Immutable.
 *
 * @param level its level
 * @param logger the name of its logger
 * @param message its text, with the arguments filled in
 * @param caller where it was made, {@code null} if unknown
 * @param threadId the thread that made it, {@code null} if unknown
 * @param threadName the name of that thread
 * @param error the exception, {@code null} if it has none
 * @param extra its key-value pairs, perhaps empty
 */
public record LoggedRecord(
        RecordLevel level,
        String logger,
        String message,
        @Nullable StackTraceElement caller,
        @Nullable Long threadId,
        String threadName,
        @Nullable Thrown error,
        Map<String, @Nullable Object> extra) {

    private static final String PROGRAM = ProgramName.get();
    private static final long PROCESS = ProcessHandle.current().pid();

    /**
     * The exception of a record. Immutable.
     *
     * @param type the name of its class
     * @param message its message
     * @param trace its stack trace as text, with the causes
     */
    public record Thrown(String type, @Nullable String message, String trace) {}

    /** The payload of event {@code logrecord}: the members that oslo.messaging sends, and {@code threadName}. */
    Map<String, @Nullable Object> payload(int maxLength) {
        Map<String, @Nullable Object> payload = new LinkedHashMap<>();
        payload.put("name", cut(logger, maxLength));
        payload.put("levelno", level.number());
        payload.put("levelname", level.name());
        payload.put("exc_info", excInfo(maxLength));
        payload.put("pathname", caller == null ? null : path(caller));
        payload.put("lineno", caller == null || caller.getLineNumber() < 0 ? null : caller.getLineNumber());
        payload.put("msg", cut(message, maxLength));
        payload.put("funcName", caller == null ? null : caller.getMethodName());
        payload.put("thread", threadId);
        payload.put("threadName", threadName);
        payload.put("processName", PROGRAM);
        payload.put("process", PROCESS);
        payload.put("extra", extra.isEmpty() ? null : cut(extra, maxLength));
        return payload;
    }

    /** The payload of event {@code error_notification}. */
    Map<String, @Nullable Object> errorPayload(int maxLength) {
        return Map.of("error", cut(message, maxLength));
    }

    /** Type, value and stack trace, as the three parts of Python's {@code sys.exc_info()}. */
    private @Nullable List<String> excInfo(int maxLength) {
        if (error == null) {
            return null;
        }
        String text = error.message() == null ? "" : error.message();
        return List.of(error.type(), cut(text, maxLength), cut(error.trace(), maxLength));
    }

    /** The path of the source below its source folder: {@code shop/Orders.java}. */
    private static @Nullable String path(StackTraceElement caller) {
        String file = caller.getFileName();
        if (file == null) {
            return null;
        }
        String type = caller.getClassName();
        int end = type.lastIndexOf('.');
        return end < 0 ? file : type.substring(0, end).replace('.', '/') + "/" + file;
    }

    private static Map<String, @Nullable Object> cut(Map<String, @Nullable Object> values, int maxLength) {
        Map<String, @Nullable Object> result = new LinkedHashMap<>();
        values.forEach((name, value) -> result.put(name, value instanceof String text ? cut(text, maxLength) : value));
        return result;
    }

    /** The text, or its beginning and how much is missing. */
    private static String cut(String text, int maxLength) {
        if (text.length() <= maxLength) {
            return text;
        }
        int end = maxLength > 0 && Character.isHighSurrogate(text.charAt(maxLength - 1)) ? maxLength - 1 : maxLength;
        return text.substring(0, end) + "... (" + (text.length() - end) + " more characters)";
    }
}
