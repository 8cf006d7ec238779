package dev.parley.internal;

import dev.parley.RemoteException;
import dev.parley.RpcException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** What a method threw, as it goes to the caller on every wire: under names that a Python caller can catch. */
public final class ThrownErrors {
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

    private ThrownErrors() {}

    /**
     * An {@link RpcException} as it is; anything else as a {@link RemoteException} of the nearest built-in Python
     * exception in module {@code builtins}, or of its own simple class name in its Java package.
     */
    public static RpcException outgoing(Throwable error) {
        if (error instanceof RpcException rpc) {
            return rpc;
        }
        String python = pythonName(error.getClass());
        return RemoteException.of(python == null ? error.getClass().getSimpleName() : python, error.getMessage())
                .withModule(python == null ? error.getClass().getPackageName() : "builtins")
                .withCause(error);
    }

    /** The name of the type under which an exception of this class goes out, {@link RpcException} excepted. */
    public static String name(Class<? extends Throwable> type) {
        String python = pythonName(type);
        return python == null ? type.getSimpleName() : python;
    }

    private static @Nullable String pythonName(Class<? extends Throwable> thrown) {
        for (Class<?> type = thrown; type != null; type = type.getSuperclass()) {
            String name = PYTHON_NAMES.get(type);
            if (name != null) {
                return name;
            }
        }
        return null;
    }
}
