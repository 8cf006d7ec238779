package dev.parley.spi;

import dev.parley.AccessDeniedException;
import dev.parley.ConnectionLostException;
import dev.parley.DeliveryException;
import dev.parley.InvalidArgumentsException;
import dev.parley.InvalidTargetException;
import dev.parley.MethodNotFoundException;
import dev.parley.OverloadedException;
import dev.parley.ProtocolException;
import dev.parley.RemoteException;
import dev.parley.RpcException;
import dev.parley.RpcTimeoutException;
import dev.parley.SerializationException;
import dev.parley.UnsupportedVersionException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.Function;

/**
 * The one table between Parley's errors and those of the wires, used in both directions: an error goes out under the row of its class; an error that comes in
 * becomes the class of the row it matches, else a {@link RemoteException}.
 *
 * <p>Codes: JSON-RPC's own, and the XML-RPC fault code interoperability set which is the same numbers; what neither knows has a number of the range that JSON-RPC
 * leaves to servers. Names: what a Python peer knows, so that it can catch it.
 */
public enum ErrorTable {
    /** The method failed. XML-RPC's code for it is -32500, application error. */
    REMOTE(RemoteException.class, -32000, "Exception", "builtins", RemoteException::of),
    /** Unknown method. */
    METHOD_NOT_FOUND(
            MethodNotFoundException.class,
            -32601,
            "NoSuchMethod",
            "oslo_messaging.rpc.dispatcher",
            MethodNotFoundException::new),
    /** Arguments that do not fit. */
    INVALID_ARGUMENTS(InvalidArgumentsException.class, -32602, "TypeError", "builtins", InvalidArgumentsException::new),
    /** Unknown namespace or version. */
    UNSUPPORTED_VERSION(
            UnsupportedVersionException.class,
            -32010,
            "UnsupportedVersion",
            "oslo_messaging.rpc.dispatcher",
            UnsupportedVersionException::new),
    /** Out of time. */
    TIMEOUT(RpcTimeoutException.class, -32011, "TimeoutError", "builtins", RpcTimeoutException::new),
    /** No connection. */
    CONNECTION_LOST(ConnectionLostException.class, -32012, "ConnectionError", "builtins", ConnectionLostException::new),
    /** No route. */
    DELIVERY(
            DeliveryException.class,
            -32013,
            "MessageDeliveryFailure",
            "oslo_messaging.exceptions",
            DeliveryException::new),
    /** Bad target. */
    INVALID_TARGET(
            InvalidTargetException.class,
            -32014,
            "InvalidTarget",
            "oslo_messaging.exceptions",
            InvalidTargetException::new),
    /** Bad bytes. */
    PROTOCOL(ProtocolException.class, -32600, "ValueError", "builtins", ProtocolException::new),
    /** A result that cannot be encoded. */
    SERIALIZATION(SerializationException.class, -32015, "TypeError", "builtins", SerializationException::new),
    /** Refused. */
    ACCESS_DENIED(AccessDeniedException.class, -32016, "PermissionError", "builtins", AccessDeniedException::new),
    /** Too busy. */
    OVERLOADED(OverloadedException.class, -32017, "BlockingIOError", "builtins", OverloadedException::new);

    /** The code of bytes that cannot be parsed at all; comes in as {@link #PROTOCOL}. */
    public static final int PARSE_ERROR = -32700;

    /** XML-RPC's code of a failed method. */
    public static final int APPLICATION_ERROR = -32500;

    private static final Map<Class<? extends Throwable>, String> PYTHON_NAMES = Map.ofEntries(
            Map.entry(IllegalArgumentException.class, "ValueError"),
            Map.entry(NumberFormatException.class, "ValueError"),
            Map.entry(ArithmeticException.class, "ArithmeticError"),
            Map.entry(IndexOutOfBoundsException.class, "IndexError"),
            Map.entry(NoSuchElementException.class, "LookupError"),
            Map.entry(ClassCastException.class, "TypeError"),
            Map.entry(UnsupportedOperationException.class, "NotImplementedError"),
            Map.entry(IllegalStateException.class, "RuntimeError"),
            Map.entry(FileNotFoundException.class, "FileNotFoundError"),
            Map.entry(java.nio.file.NoSuchFileException.class, "FileNotFoundError"),
            Map.entry(java.nio.file.FileAlreadyExistsException.class, "FileExistsError"),
            Map.entry(java.nio.file.AccessDeniedException.class, "PermissionError"),
            Map.entry(IOException.class, "OSError"),
            Map.entry(UncheckedIOException.class, "OSError"),
            Map.entry(java.util.concurrent.TimeoutException.class, "TimeoutError"),
            Map.entry(java.net.SocketTimeoutException.class, "TimeoutError"),
            Map.entry(java.net.ConnectException.class, "ConnectionRefusedError"),
            Map.entry(SecurityException.class, "PermissionError"),
            Map.entry(OutOfMemoryError.class, "MemoryError"),
            Map.entry(StackOverflowError.class, "RecursionError"),
            Map.entry(NullPointerException.class, "AttributeError"));

    private final Class<? extends RpcException> type;
    private final int code;
    private final String remoteName;
    private final String remoteModule;
    private final Function<String, RpcException> constructor;

    ErrorTable(
            Class<? extends RpcException> type,
            int code,
            String remoteName,
            String remoteModule,
            Function<String, RpcException> constructor) {
        this.type = type;
        this.code = code;
        this.remoteName = remoteName;
        this.remoteModule = remoteModule;
        this.constructor = constructor;
    }

    /** The row of an error. */
    public static ErrorTable of(RpcException error) {
        for (ErrorTable row : values()) {
            if (row.type == error.getClass()) {
                return row;
            }
        }
        throw new AssertionError("the table lacks " + error.getClass());
    }

    /** The row of a code, if one has it; a failed method's codes are {@link #REMOTE}. */
    public static Optional<ErrorTable> ofCode(int code) {
        return switch (code) {
            case PARSE_ERROR -> Optional.of(PROTOCOL);
            case APPLICATION_ERROR -> Optional.of(REMOTE);
            default -> Arrays.stream(values()).filter(row -> row.code == code).findFirst();
        };
    }

    /**
     * The error for a code and a message that came in: that of the code's row, else a {@link RemoteException} with the code.
     */
    public static RpcException fromCode(int code, String message) {
        Optional<ErrorTable> row = ofCode(code);
        return row.isPresent() && row.get() != REMOTE
                ? row.get().create(message)
                : RemoteException.of(message).withCode(code);
    }

    /** An error of this row. */
    public RpcException create(String message) {
        return constructor.apply(message);
    }

    /** The JSON-RPC error code, and the XML-RPC fault code of all but {@link #REMOTE}. */
    public int code() {
        return code;
    }

    /** The name under which a Python peer knows the error. */
    public String remoteName() {
        return remoteName;
    }

    /** The Python module of that name. */
    public String remoteModule() {
        return remoteModule;
    }

    /** The built-in Python exception nearest to a Java one, so that a Python caller can catch what it knows; empty if none is near. */
    public static Optional<String> pythonName(Throwable error) {
        for (Class<?> type = error.getClass(); type != null; type = type.getSuperclass()) {
            String name = PYTHON_NAMES.get(type);
            if (name != null) {
                return Optional.of(name);
            }
        }
        return Optional.empty();
    }

    /**
     * What a method threw, as it goes to the caller: an {@link RpcException} as it is; anything else as a {@link RemoteException} of the nearest Python name in
     * module {@code builtins}, or of its own simple class name in its Java package.
     */
    public static RpcException outgoing(Throwable error) {
        if (error instanceof RpcException rpc) {
            return rpc;
        }
        String message = error.getMessage() == null ? "" : error.getMessage();
        Optional<String> python = pythonName(error);
        return RemoteException.of(python.orElse(error.getClass().getSimpleName()), message)
                .withModule(python.isPresent() ? "builtins" : error.getClass().getPackageName())
                .withCause(error);
    }
}
