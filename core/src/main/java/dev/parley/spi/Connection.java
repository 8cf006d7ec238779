package dev.parley.spi;

import dev.parley.CallOptions;
import dev.parley.InvalidTargetException;
import dev.parley.RpcException;
import dev.parley.ServiceDescription;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.ObjectMapper;

/** The client side of a wire: one peer, or one broker. Thread-safe. Every failure is an {@link RpcException}, thrown or in the future. */
public interface Connection extends AutoCloseable {
    /** Which arguments the wire can carry. */
    enum ArgumentStyle {
        /** By position only. */
        POSITIONAL,
        /** By name only. */
        NAMED,
        /** Either. */
        EITHER
    }

    /** Which arguments the wire can carry; the client refuses others before they get here. */
    ArgumentStyle arguments();

    /** The mapper of the wire's format. */
    ObjectMapper mapper();

    /** The timeout of a call that names none. */
    default Duration defaultTimeout() {
        return Duration.ofSeconds(60);
    }

    /** Calls and waits on this thread. The result is of {@link ClientCall#resultType()}. */
    @Nullable
    Object call(ClientCall call);

    /** Calls and returns at once. Cancelling the future gives the call up. */
    CompletableFuture<@Nullable Object> callAsync(ClientCall call);

    /** Sends without waiting for an answer; returns when the message is handed over (to the broker, or to the socket). */
    void cast(ClientCall call);

    /**
     * Calls and returns the items as they come; closing the stream gives up the rest. {@code call.resultType()} is the type of an item. By default, for wires
     * that do not stream, one call for a list.
     */
    default Stream<@Nullable Object> stream(ClientCall call) {
        Type list = mapper().getTypeFactory()
                .constructCollectionType(List.class, mapper().constructType(call.resultType()));
        Object items = call(call.withResultType(list));
        return items == null ? Stream.empty() : ((List<?>) items).stream().map(item -> item);
    }

    /**
     * Asks the peer what it offers.
     *
     * @throws InvalidTargetException if the protocol has no introspection
     */
    default ServiceDescription describe(CallOptions options) {
        throw new InvalidTargetException("this wire has no introspection");
    }

    /** Closes; further calls, and those under way on a shared connection, fail with {@code ConnectionLostException}. */
    @Override
    void close();
}
