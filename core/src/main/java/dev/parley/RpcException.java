package dev.parley;

import org.jspecify.annotations.Nullable;

/**
 * The root of every error Parley throws: unchecked, with a message that names what was wrong and, where it helps, what would be right.
 *
 * <p>The set of subclasses is closed; each maps to an XML-RPC fault, a JSON-RPC code, an oslo.messaging failure and a zerorpc ERR and back by one table,
 * {@link dev.parley.spi.ErrorTable}.
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
    RpcException(String message) {
        super(message);
    }

    RpcException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** What was wrong; never {@code null}. */
    @Override
    public String getMessage() {
        String message = super.getMessage();
        return message == null ? "" : message;
    }
}
