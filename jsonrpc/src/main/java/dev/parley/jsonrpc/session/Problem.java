package dev.parley.jsonrpc.session;

import dev.parley.jsonrpc.message.JsonRpcErrors;
import org.jspecify.annotations.Nullable;

/**
 * What has arrived and is not a message.
 *
 * @param code the code of the error that its sender gets
 * @param text what was wrong
 * @param fatal whether it is unknown where the next message starts
 * @param id the id of the message, as JSON text; {@code null} if it is unknown
 */
public record Problem(
        int code, String text, boolean fatal, @Nullable String id) {
    /** What has no id. */
    public Problem(int code, String text, boolean fatal) {
        this(code, text, fatal, null);
    }

    /**
     * A message for which this process has no memory.
     *
     * @param fatal whether the connection ends
     */
    public static Problem overloaded(boolean fatal, @Nullable String id) {
        return new Problem(
                JsonRpcErrors.OVERLOADED,
                "too much memory is in use for messages to receive this one; try again later",
                fatal,
                id);
    }

    /** Whether there is no memory for it. */
    boolean isOverload() {
        return code == JsonRpcErrors.OVERLOADED;
    }
}
