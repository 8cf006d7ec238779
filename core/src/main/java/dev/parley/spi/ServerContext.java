package dev.parley.spi;

import dev.parley.Address;
import dev.parley.RpcClient;
import dev.parley.Serializer;
import dev.parley.internal.client.ConnectionClient;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** What a server provides to its wires, anew at each start. Thread-safe. */
public final class ServerContext {
    private final Dispatcher dispatcher;
    private final ValueMapping values;
    private final @Nullable Supplier<SSLContext> tls;
    private final Runnable stop;
    private final @Nullable Serializer serializer;
    private final @Nullable Authentication authentication;
    private final ConcurrentMap<Class<?>, Object> shared = new ConcurrentHashMap<>();

    /**
     * A context.
     *
     * @param dispatcher runs the calls
     * @param values creates the mapper of the wire
     * @param tls supplies the TLS context for schemes that need one, anew for each {@link #tls()}; {@code null} for
     *     none
     */
    public ServerContext(Dispatcher dispatcher, ValueMapping values, @Nullable Supplier<SSLContext> tls) {
        this(dispatcher, values, tls, () -> {}, null, null);
    }

    /**
     * A context.
     *
     * @param dispatcher runs the calls
     * @param values creates the mapper of the wire
     * @param tls supplies the TLS context for schemes that need one, anew for each {@link #tls()}; {@code null} for
     *     none
     * @param stop stops the server
     * @param serializer of the clients that call callers back; {@code null} for none
     * @param authentication finds out who calls; {@code null} if everybody may
     */
    public ServerContext(
            Dispatcher dispatcher,
            ValueMapping values,
            @Nullable Supplier<SSLContext> tls,
            Runnable stop,
            @Nullable Serializer serializer,
            @Nullable Authentication authentication) {
        this.serializer = serializer;
        this.authentication = authentication;
        this.stop = Objects.requireNonNull(stop, "stop");
        this.dispatcher = Objects.requireNonNull(dispatcher, "dispatcher");
        this.values = Objects.requireNonNull(values, "values");
        this.tls = tls;
    }

    /**
     * Stops the server, as {@link dev.parley.RpcServer#stop}: for a wire whose only peer has gone. Not to be called on
     * an event loop.
     */
    public void stop() {
        stop.run();
    }

    /**
     * A client that calls a caller of this server back.
     *
     * @param address of this server
     * @param transport calls on the connection of the caller; the client never closes it
     */
    public RpcClient client(Address address, ClientTransport transport) {
        return ConnectionClient.of(address, transport, values, serializer);
    }

    /**
     * The one object of a type that the listeners of this start share, such as sockets that serve several of them.
     *
     * @param create makes it for the first listener that asks
     */
    public <T> T shared(Class<T> type, Supplier<T> create) {
        return type.cast(shared.computeIfAbsent(type, any -> create.get()));
    }

    /** Runs the calls. */
    public Dispatcher dispatcher() {
        return dispatcher;
    }

    /** Creates the mapper of the wire. */
    public ValueMapping values() {
        return values;
    }

    /**
     * Finds out who calls; {@code null} if the server does not authenticate. A wire that can carry none of the kinds of
     * credentials that are accepted uses {@link Authentication#withoutCredentials}.
     */
    public @Nullable Authentication authentication() {
        return authentication;
    }

    /**
     * The current TLS context, {@code null} if the server has none. Each call asks the server's supplier, so that a
     * listener gets new certificates by calling it again in {@link Listener#reset}. Whatever the supplier throws is
     * passed on.
     */
    public @Nullable SSLContext tls() {
        return tls == null ? null : Objects.requireNonNull(tls.get(), "the supplier of the TLS context returned null");
    }
}
