package dev.parley;

import org.jspecify.annotations.Nullable;

/** The server has as many calls under way as it may have, and refuses more. */
public final class OverloadedException extends RpcException {
    /** With a message. */
    public OverloadedException(String message) {
        super(message);
    }

    /** With a message and what led to it. */
    public OverloadedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
