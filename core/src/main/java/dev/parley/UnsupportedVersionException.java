package dev.parley;

import org.jspecify.annotations.Nullable;

/** No endpoint serves the namespace and version that the call asks for, or the version is above the client's cap. */
public final class UnsupportedVersionException extends RpcException {
    /** With a message. */
    public UnsupportedVersionException(String message) {
        super(message);
    }

    /** With a message and what led to it. */
    public UnsupportedVersionException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
