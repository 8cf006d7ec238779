package dev.parley.jsonrpc.message;

import dev.parley.OverloadedException;
import dev.parley.RemoteException;
import dev.parley.RpcException;
import dev.parley.net.http.rpc.FaultCodes;
import dev.parley.spi.ErrorCodes;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The {@code error} of a response and Parley's errors.
 *
 * <p>The codes of the specification mean what it says, whoever sends them. Errors that it does not know go out under
 * codes from the range that it leaves to servers; since other servers use that range as they like, Parley recognizes
 * its own by the {@code data}: {@code {"type": "OverloadedException", "module": "dev.parley"}}. The {@code data} of a
 * failed method has its type in the same way, {@code {"type": "ValueError", "module": "builtins"}}, and the
 * {@code traceback} if the server includes it; unless the method chose its own data.
 */
public final class JsonRpcErrors {
    private static final String OWN_MODULE = "dev.parley";
    private static final Set<String> TYPE_MEMBERS = Set.of("type", "module", "traceback", "data");

    /** The code of a method that failed without a code of its own. */
    public static final int METHOD_FAILED = -32000;

    private static final ErrorCodes CODES = FaultCodes.table(METHOD_FAILED);

    /** The code of a request that is refused because too much else is going on. */
    public static final int OVERLOADED = code(new OverloadedException(""));

    private JsonRpcErrors() {}

    /** The code under which an error goes out. */
    public static int code(RpcException error) {
        return CODES.of(error);
    }

    /** The message under which an error goes out. */
    public static String message(RpcException error) {
        return error instanceof RemoteException remote ? remote.remoteMessage() : error.getMessage();
    }

    /** The data with which an error goes out; {@code null} for none. */
    public static @Nullable Object data(RpcException error) {
        Map<String, Object> data = new LinkedHashMap<>();
        if (!(error instanceof RemoteException remote)) {
            if (CODES.error(code(error), "", null).getClass() == error.getClass()) {
                return error.data();
            }
            data.put("type", ErrorCodes.name(error));
            data.put("module", OWN_MODULE);
            if (error.data() != null) {
                data.put("data", error.data());
            }
            return data;
        }
        if (error.data() != null) {
            return error.data();
        }
        if (!remote.type().equals(RemoteException.UNKNOWN_TYPE)) {
            data.put("type", remote.type());
            if (remote.module() != null) {
                data.put("module", remote.module());
            }
        }
        if (!remote.traceback().isEmpty()) {
            data.put("traceback", remote.traceback());
        }
        return data.isEmpty() ? null : data;
    }

    /**
     * The error in a response, whatever its shape.
     *
     * @param error the value of {@code error}: by the specification an object with code and message, in JSON-RPC 1.0
     * anything
     */
    public static RpcException read(@Nullable Object error) {
        ErrorShape shape = ErrorShape.of(error);
        Integer code = shape.code();
        Object data = shape.data();
        if (data instanceof Map<?, ?> described && TYPE_MEMBERS.containsAll(described.keySet())) {
            RpcException typed = typed(described, code, shape.message());
            if (typed != null) {
                return typed;
            }
        }
        if (code != null) {
            RpcException known = CODES.error(code, shape.text(), data);
            if (!(known instanceof RemoteException)) {
                return known;
            }
        }
        RemoteException remote = shape.type() == null
                ? RemoteException.of(shape.text())
                : RemoteException.of(shape.type(), shape.text()).withModule(shape.module());
        remote = remote.withTraceback(shape.traceback()).withData(data);
        return code == null ? remote : remote.withCode(code);
    }

    /** The error whose data has its type, as Parley sends it. */
    private static @Nullable RpcException typed(Map<?, ?> data, @Nullable Integer code, String message) {
        if (!(data.get("type") instanceof String type)) {
            return null;
        }
        if (OWN_MODULE.equals(data.get("module"))) {
            RpcException own = ErrorCodes.named(type, message, code, data.get("data"));
            if (own != null) {
                return own;
            }
        }
        if (data.containsKey("data")) {
            return null;
        }
        RemoteException typed =
                RemoteException.of(type, message).withTraceback(ErrorShape.lines(data.get("traceback")));
        if (code != null) {
            typed = typed.withCode(code);
        }
        return data.get("module") instanceof String module ? typed.withModule(module) : typed;
    }
}
