package dev.parley.internal.client;

import dev.parley.RemoteException;
import dev.parley.RpcException;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/**
 * The exceptions that a client throws in place of {@link RemoteException}s of some types. Immutable.
 *
 * @param byType by the type's name, with its module or alone
 * @param byModule by the module, for types that are not in {@code byType}
 */
record ExceptionMapping(
        Map<String, Function<RemoteException, ? extends RuntimeException>> byType,
        Map<String, Function<RemoteException, ? extends RuntimeException>> byModule) {
    boolean isEmpty() {
        return byType.isEmpty() && byModule.isEmpty();
    }

    /** What the caller gets for this error. */
    RuntimeException thrown(RpcException error) {
        if (isEmpty() || !(error instanceof RemoteException remote)) {
            return error;
        }
        String qualified = remote.module() + "." + remote.type();
        String type = byType.containsKey(qualified) ? qualified : remote.type();
        Function<RemoteException, ? extends RuntimeException> maker = byType.get(type);
        if (maker == null && remote.module() != null) {
            maker = byModule.get(remote.module());
        }
        if (maker == null) {
            return error;
        }
        RuntimeException own =
                Objects.requireNonNull(maker.apply(remote), () -> "the exception mapped to " + type + " is null");
        if (own != error && own.getCause() == null) {
            try {
                own.initCause(error);
            } catch (IllegalStateException e) {
                // It was made with a cause of null, which is its own choice.
                own.addSuppressed(error);
            }
        }
        return own;
    }
}
