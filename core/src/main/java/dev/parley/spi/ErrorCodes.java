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
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A wire's table between Parley's errors and the error codes of its protocol, used in both directions. Each wire
 * declares its own. Immutable.
 */
public final class ErrorCodes {
    /** How errors come into being. */
    private interface Constructor {
        RpcException create(String message, @Nullable Integer code, @Nullable Object data);
    }

    private static final Map<Class<? extends RpcException>, Constructor> CONSTRUCTORS = Map.ofEntries(
            Map.entry(MethodNotFoundException.class, MethodNotFoundException::new),
            Map.entry(InvalidArgumentsException.class, InvalidArgumentsException::new),
            Map.entry(UnsupportedVersionException.class, UnsupportedVersionException::new),
            Map.entry(RpcTimeoutException.class, RpcTimeoutException::new),
            Map.entry(ConnectionLostException.class, ConnectionLostException::new),
            Map.entry(DeliveryException.class, DeliveryException::new),
            Map.entry(InvalidTargetException.class, InvalidTargetException::new),
            Map.entry(ProtocolException.class, ProtocolException::new),
            Map.entry(SerializationException.class, SerializationException::new),
            Map.entry(AccessDeniedException.class, AccessDeniedException::new),
            Map.entry(OverloadedException.class, OverloadedException::new));

    private final Map<Class<? extends RpcException>, Integer> byType;
    private final Map<Integer, Class<? extends RpcException>> byCode;
    private final int other;

    private ErrorCodes(Builder builder) {
        byType = Map.copyOf(builder.byType);
        byCode = Map.copyOf(builder.byCode);
        other = builder.other;
    }

    /**
     * A new table.
     *
     * @param other the code of a {@link RemoteException} that has none of its own, and of errors that are not in the
     *     table
     */
    public static Builder builder(int other) {
        return new Builder(other);
    }

    /** The code under which an error goes out: its own if it has one, else that of its class. */
    public int of(RpcException error) {
        Integer own = error.code();
        return own != null ? own : byType.getOrDefault(error.getClass(), other);
    }

    /**
     * The error for a code that a peer sent: of the class in the table, else a {@link RemoteException}; code, message
     * and data as they came.
     */
    public RpcException error(int code, String message, @Nullable Object data) {
        Class<? extends RpcException> type = byCode.get(code);
        return type == null
                ? RemoteException.of(message).withCode(code).withData(data)
                : create(type, message, code, data);
    }

    /** The name by which Parley peers recognize an error's class: {@code MethodNotFoundException} and so on. */
    public static String name(RpcException error) {
        return error.getClass().getSimpleName();
    }

    /**
     * The error of the class with that {@linkplain #name name}; {@code null} if there is none, or it is
     * {@link RemoteException}.
     */
    public static @Nullable RpcException named(
            String name, String message, @Nullable Integer code, @Nullable Object data) {
        for (Class<? extends RpcException> type : CONSTRUCTORS.keySet()) {
            if (type.getSimpleName().equals(name)) {
                return create(type, message, code, data);
            }
        }
        return null;
    }

    private static RpcException create(
            Class<? extends RpcException> type, String message, @Nullable Integer code, @Nullable Object data) {
        return Objects.requireNonNull(CONSTRUCTORS.get(type)).create(message, code, data);
    }

    /** Collects a table. Not thread-safe. */
    public static final class Builder {
        private final Map<Class<? extends RpcException>, Integer> byType = new HashMap<>();
        private final Map<Integer, Class<? extends RpcException>> byCode = new HashMap<>();
        private final int other;

        private Builder(int other) {
            this.other = other;
        }

        /** A class and its code, in both directions. */
        public Builder both(Class<? extends RpcException> type, int code) {
            return incoming(code, type).outgoing(type, code);
        }

        /** The class of a code that peers send. Not {@link RemoteException}: that is every other code. */
        public Builder incoming(int code, Class<? extends RpcException> type) {
            if (!CONSTRUCTORS.containsKey(type)) {
                throw new IllegalArgumentException(type + " is for the codes that are not in the table");
            }
            byCode.put(code, type);
            return this;
        }

        /** The code under which a class goes out. */
        public Builder outgoing(Class<? extends RpcException> type, int code) {
            byType.put(type, code);
            return this;
        }

        /** The table. */
        public ErrorCodes build() {
            return new ErrorCodes(this);
        }
    }
}
