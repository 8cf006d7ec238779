package dev.parley;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The remote method failed. Holds all that the peer sent: the remote error's type and module, its message, its
 * traceback, a code and data.
 *
 * <p>On the server a method may throw one to choose type, code and data itself, for instance {@code throw
 * RemoteException.of("no such job").withCode(404)}. Immutable.
 */
public final class RemoteException extends RpcException {
    /** The type name used where the peer gave none. */
    public static final String UNKNOWN_TYPE = "RemoteError";

    private final String type;
    private final @Nullable String module;
    private final String remoteMessage;
    private final List<String> traceback;

    private RemoteException(
            String type,
            @Nullable String module,
            String remoteMessage,
            List<String> traceback,
            @Nullable Integer code,
            @Nullable Object data,
            @Nullable Throwable cause) {
        super(type.equals(UNKNOWN_TYPE) ? remoteMessage : type + ": " + remoteMessage, code, data, cause);
        this.type = type;
        this.module = module;
        this.remoteMessage = remoteMessage;
        this.traceback = traceback;
    }

    /** A failure of which only the message is known. */
    public static RemoteException of(String message) {
        return of(UNKNOWN_TYPE, message);
    }

    /** A failure of the given type, such as {@code ValueError}. */
    public static RemoteException of(String type, @Nullable String message) {
        return new RemoteException(type, null, message == null ? "" : message, List.of(), null, null, null);
    }

    /** The same with the module (Python) or package (Java) of the type. */
    public RemoteException withModule(@Nullable String newModule) {
        return new RemoteException(type, newModule, remoteMessage, traceback, code(), data(), getCause());
    }

    /** The same with a remote traceback, line by line. */
    public RemoteException withTraceback(List<String> lines) {
        return new RemoteException(type, module, remoteMessage, List.copyOf(lines), code(), data(), getCause());
    }

    /** The same with a code: an XML-RPC fault code or a JSON-RPC error code. */
    public RemoteException withCode(int newCode) {
        return new RemoteException(type, module, remoteMessage, traceback, newCode, data(), getCause());
    }

    /** The same with data that the wire can encode. */
    public RemoteException withData(@Nullable Object newData) {
        return new RemoteException(type, module, remoteMessage, traceback, code(), newData, getCause());
    }

    /** The same with the local exception that caused it; it does not travel. */
    public RemoteException withCause(Throwable newCause) {
        return new RemoteException(
                type, module, remoteMessage, traceback, code(), data(), Objects.requireNonNull(newCause, "cause"));
    }

    /** The remote exception's type name without its module, {@value #UNKNOWN_TYPE} if the peer sent none. */
    public String type() {
        return type;
    }

    /** The module (Python) or package (Java) of the type; {@code null} if the peer did not send it. */
    public @Nullable String module() {
        return module;
    }

    /** The remote message alone, without the type. */
    public String remoteMessage() {
        return remoteMessage;
    }

    /** The remote traceback, line by line; empty if the peer sent none. */
    public List<String> traceback() {
        return traceback;
    }
}
