package dev.parley;

import dev.parley.internal.server.ServerBuilder;
import dev.parley.security.Authenticator;
import dev.parley.security.Authorizer;
import dev.parley.security.LoginLimits;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import tools.jackson.databind.cfg.MapperBuilder;

/**
 * Serves plain Java objects and functions on any number of wires. The life cycle is: build, {@link #start}, {@link
 * #stop}, {@link #await}, {@link #close}; after {@code await} or {@code close} the server may be started again.
 * Thread-safe.
 */
public interface RpcServer extends AutoCloseable {
    /** A new builder. */
    static Builder builder() {
        return new ServerBuilder();
    }

    /**
     * Binds all addresses and serves. Does nothing if the server is already started.
     *
     * @return this server
     * @throws InvalidTargetException if an address is unusable
     * @throws ConnectionLostException if a port is in use or a broker is unreachable; nothing stays bound then
     * @throws AccessDeniedException if a broker rejects the credentials
     */
    RpcServer start();

    /** Accepts no new calls; accepted calls go on and get their response. Returns at once. */
    void stop();

    /**
     * Blocks until the server has stopped and every accepted call has completed; then closes the connections and frees
     * the ports. Returns at once if the server is not started.
     *
     * @throws InterruptedException if the thread is interrupted; the connections stay open then
     */
    void await() throws InterruptedException;

    /**
     * As {@link #await()}, with a time limit.
     *
     * @param timeout how long to wait at most
     * @return whether the server has stopped and every accepted call has completed; if not, the connections stay open,
     *     and this method may be called again
     * @throws InterruptedException if the thread is interrupted; the connections stay open then
     */
    boolean await(Duration timeout) throws InterruptedException;

    /**
     * Whether the server is started and calls can arrive at all of its addresses now. {@code false} after
     * {@link #stop}, and while there is no connection to a broker that one of the addresses names.
     */
    boolean isReady();

    /**
     * Reloads what can change: lets the authenticator and the authorizer read anew, asks the supplier of
     * {@link Builder#tls(Supplier)} for a new context, and that of
     * {@link Builder#listen(Supplier, Target)} for the address. Both are used for new connections; which options of the
     * address take effect is on the page of the wire. Existing connections and calls are not affected. Does nothing if
     * the server is not started.
     *
     * @throws RuntimeException what a supplier throws; listeners that have not been reset keep what they have
     */
    void reset();

    /**
     * The bound addresses, as a client can use them: with the ports that are bound, and without options that only a
     * server knows; in the order in which they were given. Empty if the server is not started.
     */
    List<Address> addresses();

    /** The methods that the server has now. */
    ServiceDescription describe();

    /**
     * Serves this server's methods without a socket. The handler works whether the server is started or not, until
     * {@link #stop}, after which calls fail with {@link OverloadedException}, and again after the next start.
     *
     * @param protocol {@code xmlrpc} or {@code jsonrpc}, with the options of that wire's servers if needed, as in
     *     {@code jsonrpc:?max_batch=100}
     * @throws InvalidTargetException if the protocol needs a socket or is unknown, or an option is unusable
     */
    RpcHandler handler(String protocol);

    /**
     * Adds an endpoint object, as {@link Builder#endpoint(Object)}. Takes effect at once for new calls and for
     * introspection, whether the server is started or not; so do all methods named {@code register} and {@code
     * unregister}.
     *
     * @throws IllegalArgumentException if the endpoint has no method that the access policy allows, or two that cannot
     *     be distinguished
     */
    void register(Object endpoint);

    /**
     * Adds an endpoint object in a namespace and version, as {@link Builder#endpoint(Object, Target)}.
     *
     * @throws IllegalArgumentException as {@link #register(Object)}
     */
    void register(Object endpoint, Target target);

    /**
     * Adds the methods of an interface, as {@link Builder#endpoint(Class, Object)}.
     *
     * @throws IllegalArgumentException as {@link #register(Object)}, or if the type is not an interface
     */
    <T> void register(Class<T> type, T endpoint);

    /**
     * Adds a function without parameters, as {@link Builder#method}.
     *
     * @throws IllegalArgumentException if there is a function of this name that cannot be distinguished from this one
     */
    void register(String name, Functions.Function0<?> function);

    /** Adds a function of one parameter, as {@link #register(String, Functions.Function0)}. */
    <A> void register(String name, Class<A> a, Functions.Function1<? super A, ?> function);

    /** Adds a function of two parameters, as {@link #register(String, Functions.Function0)}. */
    <A, B> void register(String name, Class<A> a, Class<B> b, Functions.Function2<? super A, ? super B, ?> function);

    /** Adds a function of three parameters, as {@link #register(String, Functions.Function0)}. */
    <A, B, C> void register(
            String name,
            Class<A> a,
            Class<B> b,
            Class<C> c,
            Functions.Function3<? super A, ? super B, ? super C, ?> function);

    /** Adds a function of four parameters, as {@link #register(String, Functions.Function0)}. */
    <A, B, C, D> void register(
            String name,
            Class<A> a,
            Class<B> b,
            Class<C> c,
            Class<D> d,
            Functions.Function4<? super A, ? super B, ? super C, ? super D, ?> function);

    /**
     * Removes an endpoint object, or the static methods of a class. Accepted calls go on.
     *
     * @param endpoint the object, or the class given to {@link Builder#staticMethods}
     * @return whether it was there
     */
    boolean unregister(Object endpoint);

    /**
     * Removes the functions of a name, with all their overloads; methods of endpoint objects stay. Accepted calls go
     * on.
     *
     * @return whether there was such a function
     */
    boolean unregister(String name);

    /** Stops, waits up to 30 seconds for the accepted calls, and closes the connections. */
    @Override
    void close();

    /**
     * Settings of a server. Every argument is required unless its documentation says otherwise. Not thread-safe; may
     * build more than one server.
     *
     * <p>A name may have several methods (overloads). Of those that accept the number of arguments of a call, or their
     * names, the first one counts whose parameter types match; narrow types are tried before wide ones: {@code int},
     * {@code long}, {@code double}, all others. Overloads whose parameters accept the same values are refused.
     */
    interface Builder {
        /**
         * Serves the methods of an object that the {@link #accessPolicy} allows; namespace and version are those of
         * {@link Namespace} and {@link Version}. If several endpoints have a method, the first one wins.
         */
        Builder endpoint(Object endpoint);

        /** Serves the methods of an object in a namespace and version; legacy namespaces are accepted too. */
        Builder endpoint(Object endpoint, Target target);

        /**
         * Serves only the methods of an interface.
         *
         * @throws IllegalArgumentException if the type is not an interface
         */
        <T> Builder endpoint(Class<T> type, T endpoint);

        /** Serves the public static methods of a class that the {@link #accessPolicy} allows. */
        Builder staticMethods(Class<?> type);

        /** Serves the public static methods of a class in a namespace and version. */
        Builder staticMethods(Class<?> type, Target target);

        /**
         * Serves a function without parameters. Functions have no namespace and no version, and take precedence over
         * the methods of endpoints. Arguments are passed by position, or by the names {@code arg0}, {@code arg1} and so
         * on.
         *
         * @param name the name on the wire
         * @param function the function
         */
        Builder method(String name, Functions.Function0<?> function);

        /** Serves a function of one parameter; see {@link #method(String, Functions.Function0)}. */
        <A> Builder method(String name, Class<A> a, Functions.Function1<? super A, ?> function);

        /** Serves a function of two parameters; see {@link #method(String, Functions.Function0)}. */
        <A, B> Builder method(
                String name, Class<A> a, Class<B> b, Functions.Function2<? super A, ? super B, ?> function);

        /** Serves a function of three parameters; see {@link #method(String, Functions.Function0)}. */
        <A, B, C> Builder method(
                String name,
                Class<A> a,
                Class<B> b,
                Class<C> c,
                Functions.Function3<? super A, ? super B, ? super C, ?> function);

        /** Serves a function of four parameters; see {@link #method(String, Functions.Function0)}. */
        <A, B, C, D> Builder method(
                String name,
                Class<A> a,
                Class<B> b,
                Class<C> c,
                Class<D> d,
                Functions.Function4<? super A, ? super B, ? super C, ? super D, ?> function);

        /**
         * Handles the calls of methods whose name neither an endpoint nor a function has. Introspection does not show
         * it. By default such calls fail with {@link MethodNotFoundException}.
         */
        Builder fallback(Functions.Fallback fallback);

        /** Listens to an address; see {@link Address}. */
        Builder listen(String address);

        /** Listens to an address behind a broker: the target needs a topic and a server. */
        Builder listen(String address, Target target);

        /**
         * Listens to an address behind a broker that may change, such as the transport in a configuration file. The
         * supplier is asked when the server is built, at {@link RpcServer#start} and at {@link RpcServer#reset}.
         */
        Builder listen(Supplier<String> address, Target target);

        /** The name of the service in introspection. By default the simple class name of the first endpoint. */
        Builder name(String name);

        /** Which methods are exposed. By default {@link AccessPolicy#declared()}. */
        Builder accessPolicy(AccessPolicy policy);

        /**
         * Where methods run. By default {@link Execution#virtual()}. A method with {@link Inline} always runs inline.
         */
        Builder execution(Execution execution);

        /** Where one method runs, by its name on the wire without the namespace. */
        Builder execution(String method, Execution execution);

        /**
         * How many calls may run at once over all wires; by default 1,024. Calls over the limit wait, and the wires
         * stop reading from the connections that they came on; see {@link #maxQueuedCalls}.
         *
         * @throws IllegalArgumentException if the number is less than 1
         */
        Builder maxConcurrentCalls(int calls);

        /**
         * How many of the {@link #maxConcurrentCalls} may be of one connection, so that one with many slow calls leaves
         * room for others; by default half of them, rounded up. All connections of one authenticated principal together
         * may have so many and half of the rest, by default three quarters. Further calls wait, and callers that wait
         * are served in turn. With a number that is not less than {@link #maxConcurrentCalls} there are no shares; a
         * broker, the parent process of a server on standard input and the peer of a client with endpoints have none.
         *
         * @throws IllegalArgumentException if the number is less than 1
         */
        Builder maxConcurrentCallsPerConnection(int calls);

        /**
         * How many calls that have been read may wait over all wires; by default as many as {@link #maxConcurrentCalls}.
         * Further ones fail at once with {@link OverloadedException} instead of running into their timeouts. Half of
         * the number, rounded up, may be of one connection. Calls from a broker, of
         * {@code memory://} clients, from a parent process and those that were accepted before the server stopped wait
         * without counting. With 0 a call that cannot start at once fails.
         *
         * @throws IllegalArgumentException if the number is negative
         */
        Builder maxQueuedCalls(int calls);

        /** Adds an interceptor; the first one added is outermost. */
        Builder interceptor(ServerInterceptor interceptor);

        /** Puts a serializer in front of the value mapping. By default none. */
        Builder serializer(Serializer serializer);

        /**
         * Sends an exception that a method throws, including subclasses, to the caller under this name, instead of the
         * nearest Python name or that of the class. A Python caller that allows the module ({@code
         * allowed_remote_exmods}) catches its own exception of that name; a Parley client maps it back with
         * {@link RpcClient.Builder#mapException}.
         *
         * @param exception the class of the exception; of several that match, the nearest one counts
         * @param type the name with its module, such as {@code nova.exception.InstanceNotFound}; a name without a
         *     module belongs to {@code builtins}
         * @throws IllegalArgumentException if the name is malformed
         */
        Builder mapException(Class<? extends Exception> exception, String type);

        /** The limits of one message. By default {@link Limits#defaults()}. */
        Builder limits(Limits limits);

        /** Customizes the Jackson mapper of every wire, such as by adding modules. */
        Builder mapper(Consumer<MapperBuilder<?, ?>> customizer);

        /** The TLS context of the server, for the schemes that use TLS. By default none. */
        Builder tls(SSLContext context);

        /**
         * The supplier of the server's TLS context, for the schemes that use TLS. It is asked at {@link
         * RpcServer#start} and at {@link RpcServer#reset}, perhaps once for each address, and must not return {@code
         * null}.
         */
        Builder tls(Supplier<SSLContext> context);

        /**
         * Finds out who calls, on all wires; see {@link #authenticator(Authenticator, LoginLimits)}. By default
         * everybody may call.
         */
        Builder authenticator(Authenticator authenticator);

        /**
         * Finds out who calls, on all wires. {@link RpcContext#principal} is the caller. An address whose wire can carry
         * none of the credentials that the authenticator accepts is refused at {@link RpcServer#start}. Not asked:
         * callers of {@code memory} and {@code jsonrpc+stdio}, which are local; those behind a broker, which asks them
         * itself; and those of {@link RpcServer#handler}, which its user has authenticated.
         *
         * @param authenticator accepts callers or refuses them
         * @param limits the delays after failures, and the like
         */
        Builder authenticator(Authenticator authenticator, LoginLimits limits);

        /**
         * Says who may call which methods, on all wires and for {@link RpcServer#handler}; others get an
         * {@link AccessDeniedException}, in the form of the wire. By default every caller may call all methods.
         */
        Builder authorizer(Authorizer authorizer);

        /** Whether Java stack traces are sent to callers. By default {@code false}. */
        Builder includeStackTraces(boolean include);

        /**
         * What is done when the server can no longer serve; by default nothing beyond the log. It has stopped by then,
         * as by {@link RpcServer#stop}: it listens no more, so that clients see it and go elsewhere. The action may end
         * the process, or start the server again.
         *
         * <p>That is so after an error in an event loop's own work, nearly always an {@link OutOfMemoryError}: the
         * event loop closes all its connections and sockets and goes on. It is not so after an error that a request, a
         * connection or a method ran into, even an {@code OutOfMemoryError}: the request is answered by the wire's
         * internal error, or its connection closed, the error is logged, and the server goes on.
         *
         * @param action is told the error, once for each start of the server, on a thread on which it may block
         */
        Builder onFailure(Consumer<? super Throwable> action);

        /**
         * Builds the server. It does not listen yet.
         *
         * @throws InvalidTargetException if an address, a scheme or a target is unusable
         * @throws IllegalArgumentException if there is neither an endpoint nor a function nor a fallback, if an
         *     endpoint exposes no method, or if two methods cannot be distinguished
         */
        RpcServer build();
    }
}
