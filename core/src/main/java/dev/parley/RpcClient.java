package dev.parley;

import dev.parley.internal.ClientBuilder;
import dev.parley.spi.Connection.ArgumentStyle;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.cfg.MapperBuilder;

/**
 * Calls a peer: the same verbs on every wire. Thread-safe; one client serves any number of threads.
 *
 * <p>Arguments are positional, or one {@link Args} object. A call is never silently sent twice. Any verb may throw any {@link RpcException}:
 * {@link RemoteException} when the method failed, {@link RpcTimeoutException} and {@link ConnectionLostException} when it is not known whether it ran, and so on.
 */
public interface RpcClient extends AutoCloseable {
    /** A client of a direct wire, with default settings. */
    static RpcClient connect(String address) {
        return builder(address).build();
    }

    /** A client behind a broker, with default settings. */
    static RpcClient connect(String address, Target target) {
        return builder(address).target(target).build();
    }

    /** A new builder. */
    static Builder builder(String address) {
        return new ClientBuilder(address);
    }

    /** Calls a method and waits for its result; {@code void.class} ignores it, {@code Object.class} takes it as it comes. */
    <T> @Nullable T call(String method, Class<T> resultType, @Nullable Object... args);

    /** Calls a method and waits for its result of a generic type. */
    <T> @Nullable T call(String method, TypeRef<T> resultType, @Nullable Object... args);

    /**
     * Calls a method; the future gets its result or an {@link RpcException}. Cancelling the future gives the call up.
     *
     * <p>What hangs on the future runs on the thread that reads the connection, which other calls need too: work that may block, a further call included, goes
     * by the future's {@code …Async} methods.
     */
    <T> CompletableFuture<@Nullable T> callAsync(String method, Class<T> resultType, @Nullable Object... args);

    /** Calls a method for a result of a generic type; see {@link #callAsync(String, Class, Object...)}. */
    <T> CompletableFuture<@Nullable T> callAsync(String method, TypeRef<T> resultType, @Nullable Object... args);

    /** Sends a call that nobody waits for. On a fanout target every server gets it. */
    void cast(String method, @Nullable Object... args);

    /** Calls a method that streams; on a wire without streams, the items of the list it returns. Close the stream to give up the rest. */
    <T> Stream<@Nullable T> stream(String method, Class<T> itemType, @Nullable Object... args);

    /**
     * A typed face on this client: each method of the interface is a call of the same name. {@link Expose} renames a method, {@link Namespace} and
     * {@link Version} on the interface override the target's, {@link OneWay} makes a cast, a {@code CompletableFuture} or {@code CompletionStage} result an
     * asynchronous call, a {@code Stream} a stream. On a wire of named arguments the parameter names are sent.
     */
    <T> T proxy(Class<T> type);

    /** A client whose calls carry this context; it shares the connection. */
    RpcClient with(Map<String, ? extends @Nullable Object> context);

    /** A client whose calls carry this record or bean as their context; it shares the connection. */
    RpcClient with(Object context);

    /** A client with some options overridden; it shares the connection. */
    RpcClient prepare(UnaryOperator<CallOptions> change);

    /** The options of this client. */
    CallOptions options();

    /** Which arguments the wire carries: what it cannot carry is refused before anything is sent. */
    ArgumentStyle argumentStyle();

    /** Whether a version fits this client's version cap: same major, minor not above. {@code true} without a cap. */
    boolean canSendVersion(String version);

    /** What the peer offers, by the wire's introspection. */
    ServiceDescription describe();

    /**
     * Takes no more calls and closes the connection. Calls under way fail with {@link ConnectionLostException} where they share a connection; on the HTTP wires,
     * where each has its own, they still get their answer. Nothing for a client made by {@link #with} or {@link #prepare}.
     */
    @Override
    void close();

    /** Settings of a client. Not thread-safe. */
    interface Builder {
        /** Where behind a broker the calls go, or their namespace and version. By default {@link Target#none()}. */
        Builder target(Target target);

        /** How long a call waits for its answer, greater than zero. By default the wire's: 60 seconds, 30 for zerorpc. */
        Builder timeout(Duration timeout);

        /** Changes the other options of all calls. */
        Builder options(UnaryOperator<CallOptions> change);

        /** Adds an interceptor; requests pass the first one added first, outcomes last. */
        Builder interceptor(ClientInterceptor interceptor);

        /** Puts a serializer in front of the value mapping. By default none. */
        Builder serializer(Serializer serializer);

        /**
         * Throws an exception of the caller's own where the remote method failed with the type named, instead of the {@link RemoteException}: from every call,
         * future, stream and proxy of this client. Interceptors still see the {@link RemoteException}. Only what is told here is ever thrown: nothing on the
         * wire names a class to load.
         *
         * @param type the remote type with its module, as {@code nova.exception.InstanceNotFound}; or alone, as {@code InstanceNotFound}, which fits every
         *     module and is all that zerorpc tells. The full name has precedence
         * @param exception makes the exception, on any thread; the {@link RemoteException} becomes its cause unless it has one. It may return what it was given
         */
        Builder failure(String type, Function<RemoteException, ? extends RuntimeException> exception);

        /** How much one message may hold. By default {@link Limits#defaults()}. */
        Builder limits(Limits limits);

        /** Changes the wire's Jackson mapper, for modules and the like. */
        Builder mapper(Consumer<MapperBuilder<?, ?>> customizer);

        /** The TLS context. By default the JVM's own, host names verified. */
        Builder tls(SSLContext context);

        /**
         * Builds the client.
         *
         * @throws InvalidTargetException if the address, its scheme or the target is unusable
         */
        RpcClient build();
    }
}
