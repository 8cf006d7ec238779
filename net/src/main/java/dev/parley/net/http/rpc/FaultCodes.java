package dev.parley.net.http.rpc;

import dev.parley.AccessDeniedException;
import dev.parley.ConnectionLostException;
import dev.parley.DeliveryException;
import dev.parley.InvalidArgumentsException;
import dev.parley.InvalidTargetException;
import dev.parley.MethodNotFoundException;
import dev.parley.OverloadedException;
import dev.parley.ProtocolException;
import dev.parley.RpcException;
import dev.parley.RpcTimeoutException;
import dev.parley.SerializationException;
import dev.parley.UnsupportedVersionException;
import dev.parley.spi.ErrorCodes;
import java.util.Map;

/**
 * The error codes that XML-RPC and JSON-RPC have in common: those of the fault code interoperability specification,
 * which JSON-RPC 2.0 took over, and Parley's own for the errors that it does not know.
 */
public final class FaultCodes {
    /** The code of bytes that cannot be parsed at all. */
    public static final int PARSE_ERROR = -32700;

    /** The code of a message that is not a request. */
    public static final int INVALID_REQUEST = -32600;

    /** The code of an unknown method. */
    public static final int METHOD_NOT_FOUND = -32601;

    /** Sent, but not recognized: other servers use the range of these codes as they like. */
    private static final Map<Class<? extends RpcException>, Integer> OWN = Map.of(
            UnsupportedVersionException.class, -32010,
            RpcTimeoutException.class, -32011,
            ConnectionLostException.class, -32012,
            DeliveryException.class, -32013,
            InvalidTargetException.class, -32014,
            SerializationException.class, -32015,
            AccessDeniedException.class, -32016,
            OverloadedException.class, -32017);

    private FaultCodes() {}

    /**
     * The table of a wire.
     *
     * @param other the code of a failed method
     */
    public static ErrorCodes table(int other) {
        ErrorCodes.Builder table = ErrorCodes.builder(other)
                .both(ProtocolException.class, INVALID_REQUEST)
                .incoming(PARSE_ERROR, ProtocolException.class)
                .both(MethodNotFoundException.class, METHOD_NOT_FOUND)
                .both(InvalidArgumentsException.class, -32602);
        OWN.forEach(table::outgoing);
        return table.build();
    }

    /** Whether the code of an error is Parley's own, so that it alone does not tell the error's class to a client. */
    public static boolean isOwn(RpcException error) {
        return OWN.containsKey(error.getClass());
    }
}
