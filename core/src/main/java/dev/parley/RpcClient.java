package dev.parley;

import dev.parley.internal.client.ClientBuilder;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.cfg.MapperBuilder;

/**
 * Calls a peer: the same verbs on every wire. Thread-safe; one client serves any number of threads.
 *
 * <p>Arguments are positional, or one {@link Args} object. A call is never silently sent twice, unless it is marked as
 * idempotent. Any verb may throw any {@link RpcException}: {@link RemoteException} when the method failed,
 * {@link RpcTimeoutException} and {@link ConnectionLostException} when it is not known whether it ran, and so on. An
 * interrupt ends a blocking verb with {@link ConnectionLostException}; the thread's interrupt flag stays set.
 *
 * <p>Life cycle: {@link #stop}, {@link #await}, {@link #close}, as a server's. {@code close} alone is enough where
 * nothing is in flight.
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

    /**
     * A new builder.
     *
     * @throws InvalidTargetException if the text is not an address
     */
    static Builder builder(String address) {
        return new ClientBuilder(address);
    }

    /**
     * A new builder for an address that may change, such as the transport in a configuration file. The supplier is
     * asked when the client is built, and at {@link #reset}.
     *
     * @throws InvalidTargetException if the text is not an address
     */
    static Builder builder(Supplier<String> address) {
        return new ClientBuilder(address);
    }

    /**
     * Calls a method and blocks until its result is there; {@code void.class} ignores it, {@code Object.class} takes it
     * as it comes.
     */
    <T> @Nullable T call(String method, Class<T> resultType, @Nullable Object... args);

    /** Calls a method and blocks until its result of a generic type is there. */
    <T> @Nullable T call(String method, TypeRef<T> resultType, @Nullable Object... args);

    /**
     * Calls a method; the future completes with its result or an {@link RpcException}. Cancelling the future cancels
     * the call.
     *
     * <p>Dependents of the future run on the thread that reads the connection, which other calls need too: work that
     * may block, a further call included, belongs in the future's {@code …Async} methods.
     */
    <T> CompletableFuture<@Nullable T> callAsync(String method, Class<T> resultType, @Nullable Object... args);

    /** Calls a method for a result of a generic type; see {@link #callAsync(String, Class, Object...)}. */
    <T> CompletableFuture<@Nullable T> callAsync(String method, TypeRef<T> resultType, @Nullable Object... args);

    /**
     * Sends a call whose response nobody waits for: returns when the message is handed over, to the broker or to the
     * peer. Where the protocol has no such message (XML-RPC, zerorpc) it is a call whose result is dropped and whose
     * failure is logged. On a fanout target every server gets it.
     */
    void cast(String method, @Nullable Object... args);

    /**
     * Calls a method that streams. Returns once the call is sent; reading the stream blocks until the next item is
     * there, and throws the failure. On a wire without streams, blocks until the result is there, a list, and streams
     * its items. Close the stream to cancel the rest. The timeout covers the wait for the first item, and for each
     * further one where the wire has no heartbeats.
     */
    <T> Stream<@Nullable T> stream(String method, Class<T> itemType, @Nullable Object... args);

    /**
     * A batch to collect calls that are sent together: in one message on JSON-RPC and XML-RPC, one by one on other
     * wires.
     */
    RpcBatch batch();

    /**
     * A typed proxy for this client: each method of the interface is a call of the same name. {@link Expose} renames a
     * method, {@link Namespace} and {@link Version} on the interface override the target's, {@link Timeout} and
     * {@link Idempotent} set those options, {@link OneWay} makes it a cast, a {@code CompletableFuture} or
     * {@code CompletionStage} result an asynchronous call, a {@code Stream} a stream. On a wire of named arguments the
     * parameter names are sent.
     *
     * @throws IllegalArgumentException if it is not an interface, or one of its methods cannot be proxied
     */
    <T> T proxy(Class<T> type);

    /** A client whose calls carry this context; it shares the connection. */
    RpcClient with(Map<String, ? extends @Nullable Object> context);

    /**
     * A client whose calls carry this record or bean as their context; it shares the connection.
     *
     * @throws SerializationException if it is not an object of named members
     */
    RpcClient with(Object context);

    /**
     * A client with some options changed; it shares the connection.
     *
     * @throws InvalidTargetException if the wire does not have an option or a part of the target
     */
    RpcClient prepare(UnaryOperator<CallOptions> change);

    /** The options of this client. */
    CallOptions options();

    /**
     * Which arguments the wire carries: others are refused with {@link InvalidArgumentsException} before anything is
     * sent.
     */
    ArgumentStyle argumentStyle();

    /**
     * Whether a version fits this client's version cap, as in oslo.messaging: same major, minor not above. {@code true}
     * without a cap.
     */
    boolean canSendVersion(String version);

    /**
     * Whether the version of this client's target fits its version cap. {@code true} without a cap; {@code false}
     * with a cap and without a version, since calls fail then.
     */
    boolean canSendVersion();

    /**
     * Whether a call could be sent now: {@code false} after {@link #stop} and while there is no connection to the
     * broker. Always {@code true} on a wire that connects with its calls.
     */
    boolean isReady();

    /**
     * Registers an action that runs each time the connection is lost, on a virtual thread, so that it may make calls:
     * the first of them connects anew. For what the peer knows only as long as the connection lasts, such as
     * subscriptions. It does not run when this client is closed. On a client of {@link RpcContext#caller} it runs once,
     * also if the connection has ended already. Affects all clients that share the connection.
     *
     * @throws InvalidTargetException if the wire has no connection that lasts, as HTTP, or restores what belongs to it
     *     by itself, as zerorpc and oslo.messaging
     */
    void onDisconnect(Runnable action);

    /**
     * What the peer offers, by the wire's introspection.
     *
     * @throws InvalidTargetException if the wire or the peer has no introspection
     */
    ServiceDescription describe();

    /**
     * Reloads what can change: asks the supplier of {@link #builder(Supplier)} for the address. Its hosts and
     * credentials are used for new connections; which options take effect is on the page of the wire. Existing
     * connections and calls are not affected. Affects all clients that share the connection.
     *
     * @throws InvalidTargetException if the address is unusable; nothing changes then
     */
    void reset();

    /**
     * Refuses further calls with {@link ConnectionLostException}; those in flight go on. Returns at once. Affects all
     * clients that share the connection.
     */
    void stop();

    /**
     * Blocks until the client has been stopped and no call is in flight.
     *
     * @return {@code false} if that takes longer than this
     */
    boolean await(Duration atMost) throws InterruptedException;

    /**
     * Stops and closes the connection. Calls in flight fail with {@link ConnectionLostException}, on every wire;
     * {@link #stop} and {@link #await} before it let them complete. Casts that were accepted are delivered first, or
     * fail by their timeout. Does nothing on a client made by {@link #with} or {@link #prepare}, and nothing the second
     * time.
     */
    @Override
    void close();

    /** Settings of a client. Not thread-safe. */
    interface Builder {
        /** Where behind a broker the calls go, or their namespace and version. By default {@link Target#none()}. */
        Builder target(Target target);

        /**
         * How long a call waits for a response, greater than zero. By default the wire's: 60 seconds, 30 for zerorpc.
         */
        Builder timeout(Duration timeout);

        /** Changes the options of all calls. */
        Builder options(UnaryOperator<CallOptions> change);

        /**
         * Serves the public methods of an object to the peer, on the client's own connection: the notifications and
         * requests that a server sends to its client. As {@link RpcServer.Builder#endpoint(Object)}, with the same
         * annotations and the same binding of arguments; {@link RpcContext#caller} calls the server.
         *
         * <p>Notifications of one connection are handled in the order in which they were sent, one at a time; requests
         * run beside them, each on a thread of its own. A handler may use this client.
         */
        Builder endpoint(Object endpoint);

        /**
         * Serves only the methods of an interface to the peer; see {@link #endpoint(Object)}.
         *
         * @throws IllegalArgumentException if the type is not an interface
         */
        <T> Builder endpoint(Class<T> type, T endpoint);

        /** Handles the notifications and requests of the peer whose method no endpoint has. */
        Builder fallback(Functions.Fallback fallback);

        /** Where the methods of endpoints run. By default {@link Execution#virtual()}. */
        Builder execution(Execution execution);

        /**
         * How many calls of the peer may run at once, at least 1; further ones wait, as on a server. By default 1,024.
         */
        Builder maxConcurrentCalls(int calls);

        /** Adds an interceptor; the first one added is outermost. */
        Builder interceptor(ClientInterceptor interceptor);

        /** Puts a serializer in front of the value mapping. By default none. */
        Builder serializer(Serializer serializer);

        /**
         * Throws an exception of the caller's own where the remote method failed with the type named, instead of the
         * {@link RemoteException}: from every call, future, stream and proxy of this client. Interceptors still see the
         * {@link RemoteException}. Only what is registered here is ever thrown: nothing on the wire names a class to
         * load.
         *
         * @param type the remote type with its module, as {@code nova.exception.InstanceNotFound}; or alone, as
         *     {@code InstanceNotFound}, which fits every module and is all that zerorpc sends. The full name has
         *     precedence
         * @param exception makes the exception, on any thread; the {@link RemoteException} becomes its cause unless it
         *     has one. It may return its argument
         */
        Builder mapException(String type, Function<RemoteException, ? extends RuntimeException> exception);

        /**
         * Throws an exception of the caller's own where the remote method failed with any type of a module, as
         * {@code allowed_remote_exmods} of oslo.messaging; {@link #mapException} has precedence. The function gets the
         * {@link RemoteException} and decides by its type.
         *
         * @param module the module, such as {@code nova.exception}, without those below it
         * @param exception as in {@link #mapException}; it may return its argument, for types that it does not know
         */
        Builder mapExceptions(String module, Function<RemoteException, ? extends RuntimeException> exception);

        /**
         * How many calls may be in flight, at least 1; further ones fail with {@link OverloadedException}. By default
         * 100,000.
         */
        Builder maxPendingCalls(int calls);

        /** How much one message may hold. By default {@link Limits#defaults()}. */
        Builder limits(Limits limits);

        /**
         * What results of the peer are forgiven, on every wire. By default {@link PeerProfile#STRICT}; the option
         * {@code peer} of the address takes precedence, on the wires that have it.
         */
        Builder peer(PeerProfile profile);

        /** Changes the wire's Jackson mapper, for modules and the like. */
        Builder mapper(Consumer<MapperBuilder<?, ?>> customizer);

        /** The TLS context. By default the JVM's own, host names verified. */
        Builder tls(SSLContext context);

        /**
         * Builds the client.
         *
         * @throws InvalidTargetException if the address, its scheme, the target or an option is unusable, or if there
         *     are endpoints and the wire cannot carry calls of a server to its client
         * @throws IllegalArgumentException if an endpoint has no method to expose, or two that cannot be distinguished
         * @throws ConnectionLostException if a broker cannot be reached
         */
        RpcClient build();
    }
}
