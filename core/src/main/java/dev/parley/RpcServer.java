package dev.parley;

import dev.parley.internal.server.ServerBuilder;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import tools.jackson.databind.cfg.MapperBuilder;

/**
 * Serves plain Java objects on any number of wires, with one life cycle: {@link #start}, {@link #stop}, {@link #await}, {@link #reset}, and {@link #start}
 * again. Thread-safe.
 */
public interface RpcServer extends AutoCloseable {
    /** A new builder. */
    static Builder builder() {
        return new ServerBuilder();
    }

    /**
     * Binds all addresses and serves. Does nothing when started already.
     *
     * @return this server
     * @throws InvalidTargetException if an address is unusable
     * @throws ConnectionLostException if a port is taken or a broker cannot be reached; nothing stays bound then
     * @throws AccessDeniedException if a broker refuses the credentials
     */
    RpcServer start();

    /** Takes no new calls; those taken go on and are answered. Returns at once. */
    void stop();

    /**
     * Waits until the server is stopped, by whom ever, and the calls that were taken are answered; then closes connections and frees ports. Returns at once when
     * it is not started.
     */
    void await() throws InterruptedException;

    /**
     * As {@link #await()}, for this long at most.
     *
     * @return whether it was stopped and all calls were answered; if not, connections stay open and it may be called again
     */
    boolean await(Duration atMost) throws InterruptedException;

    /**
     * Lets the wires re-read what can change while they serve. Nothing so far: files of certificates are read anew for each connection to a broker, and an
     * {@link SSLContext} is the caller's own.
     */
    void reset();

    /**
     * The addresses bound, as a client can use them: with their real ports, and without options that are a server's own; in the order they were given, empty
     * unless started.
     */
    List<Address> addresses();

    /** What is offered. */
    ServiceDescription describe();

    /** Stops, waits 30 seconds at most, closes. */
    @Override
    void close();

    /** Settings of a server. Not thread-safe; may be used for more than one server. */
    interface Builder {
        /** Serves an object's methods, as the {@link #accessPolicy} has it; namespace and version from {@link Namespace} and {@link Version}. */
        Builder endpoint(Object endpoint);

        /** Serves an object's methods in a namespace and version; legacy namespaces are accepted too. */
        Builder endpoint(Object endpoint, Target target);

        /** Serves just the methods of an interface. */
        <T> Builder endpoint(Class<T> type, T endpoint);

        /** Listens to an address; see {@link Address}. */
        Builder listen(String address);

        /** Listens to an address behind a broker: the target needs a topic and a server. */
        Builder listen(String address, Target target);

        /** The service's name in introspection. By default the first endpoint's simple class name. */
        Builder name(String name);

        /** Which methods are offered. By default {@link AccessPolicy#declared()}. */
        Builder accessPolicy(AccessPolicy policy);

        /** Where methods run. By default {@link Execution#virtual()}. A method with {@link Inline} runs inline all the same. */
        Builder execution(Execution execution);

        /** Where one method runs, by its name on the wire. */
        Builder execution(String method, Execution execution);

        /** How many calls may run at once over all wires; by default 1,024, at least 1. Past it the wires stop reading. */
        Builder maxConcurrentCalls(int calls);

        /** Adds an interceptor; the first one added is outermost. */
        Builder interceptor(ServerInterceptor interceptor);

        /** Puts a serializer in front of the value mapping. By default none. */
        Builder serializer(Serializer serializer);

        /**
         * Sends an exception that a method throws, subclasses included, to the caller under this name, instead of the nearest Python name or the class's own.
         * A Python caller that allows the module ({@code allowed_remote_exmods}) catches its own exception of that name; a Parley caller maps it back with
         * {@link RpcClient.Builder#failure}.
         *
         * @param exception the exception's class; of several that fit, the nearest one counts
         * @param type the name with its module, as {@code nova.exception.InstanceNotFound}; without one it is of {@code builtins}
         * @throws IllegalArgumentException if the name is none
         */
        Builder mapException(Class<? extends Exception> exception, String type);

        /** How much one message may hold. By default {@link Limits#defaults()}. */
        Builder limits(Limits limits);

        /** Changes every wire's Jackson mapper, for modules and the like. */
        Builder mapper(Consumer<MapperBuilder<?, ?>> customizer);

        /** The certificates of the server, for the schemes that use TLS. */
        Builder tls(SSLContext context);

        /** Whether callers are sent Java stack traces. By default {@code false}. */
        Builder includeStackTraces(boolean include);

        /**
         * Builds the server; it does not listen yet.
         *
         * @throws InvalidTargetException if an address, a scheme or a target is unusable
         * @throws IllegalArgumentException if there is no endpoint, or an endpoint offers two methods that cannot be told apart
         */
        RpcServer build();
    }
}
