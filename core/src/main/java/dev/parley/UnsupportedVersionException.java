package dev.parley;

import org.jspecify.annotations.Nullable;

/** No endpoint serves the requested namespace and version, or the version is above the client's cap. */
public final class UnsupportedVersionException extends RpcException {
    /** With a message. */
    public UnsupportedVersionException(String message) {
        super(message);
    }

    /** With a message and its cause. */
    public UnsupportedVersionException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** As a peer reported it, with the peer's own code and data, if there are any. */
    public UnsupportedVersionException(String message, @Nullable Integer code, @Nullable Object data) {
        super(message, code, data);
    }
}
