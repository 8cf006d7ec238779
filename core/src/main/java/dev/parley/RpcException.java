package dev.parley;

import org.jspecify.annotations.Nullable;

/**
 * The root of every error that Parley throws: unchecked, with a message that names what was wrong and, where it helps,
 * what would be right.
 *
 * <p>The set of subclasses is closed. Each wire maps each of them to an error of its protocol and back; where the peer
 * sent a code or data with it, they are kept as they came.
 */
public abstract sealed class RpcException extends RuntimeException
        permits RemoteException,
                MethodNotFoundException,
                InvalidArgumentsException,
                UnsupportedVersionException,
                RpcTimeoutException,
                ConnectionLostException,
                DeliveryException,
                InvalidTargetException,
                ProtocolException,
                SerializationException,
                AccessDeniedException,
                OverloadedException {
    private final @Nullable Integer code;
    private final transient @Nullable Object data;

    RpcException(String message) {
        this(message, (Throwable) null);
    }

    RpcException(String message, @Nullable Throwable cause) {
        this(message, null, null, cause);
    }

    RpcException(String message, @Nullable Integer code, @Nullable Object data) {
        this(message, code, data, null);
    }

    RpcException(String message, @Nullable Integer code, @Nullable Object data, @Nullable Throwable cause) {
        super(message);
        this.code = code;
        this.data = data;
        // Without a cause a wire may add one later, such as the HTTP response that the error came by.
        if (cause != null) {
            initCause(cause);
        }
    }

    /** What was wrong; never {@code null}. */
    @Override
    public final String getMessage() {
        String message = super.getMessage();
        return message == null ? "" : message;
    }

    /**
     * The XML-RPC fault code or JSON-RPC error code that the peer sent or the method chose; {@code null} if there is
     * none.
     */
    public final @Nullable Integer code() {
        return code;
    }

    /**
     * What the peer or the method said besides, as maps, lists and scalars; {@code null} if nothing. Not serialized by
     * Java serialization.
     */
    public final @Nullable Object data() {
        return data;
    }
}
