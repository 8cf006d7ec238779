package dev.parley;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A limit on calls in flight is reached, on the server or on the client. The call has not been run. */
public final class OverloadedException extends RpcException {
    private final @Nullable Duration retryAfter;

    /** With a message. */
    public OverloadedException(String message) {
        super(message);
        this.retryAfter = null;
    }

    /** With a message and its cause. */
    public OverloadedException(String message, @Nullable Throwable cause) {
        super(message, cause);
        this.retryAfter = null;
    }

    /** As a peer reported it, with the peer's own code and data, if there are any. */
    public OverloadedException(String message, @Nullable Integer code, @Nullable Object data) {
        super(message, code, data);
        this.retryAfter = null;
    }

    private OverloadedException(OverloadedException error, Duration retryAfter) {
        super(error.getMessage(), error.code(), error.data(), error.getCause());
        setStackTrace(error.getStackTrace());
        this.retryAfter = retryAfter;
    }

    /**
     * How long the peer asks to wait before another attempt, as HTTP's {@code Retry-After} says; {@code null} if it does
     * not say. Attempts of idempotent calls wait at least so long.
     */
    public @Nullable Duration retryAfter() {
        return retryAfter;
    }

    /** A copy with another {@link #retryAfter}. */
    public OverloadedException withRetryAfter(Duration pause) {
        return new OverloadedException(this, pause);
    }
}
