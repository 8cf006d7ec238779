package dev.parley.spi;

import dev.parley.Address;
import dev.parley.CallOptions;
import dev.parley.RpcClient;
import dev.parley.Serializer;
import dev.parley.Target;
import dev.parley.internal.client.ConnectionClient;
import java.util.Objects;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** What a client lends its wire. Immutable. */
public final class ClientContext {
    private final ValueMapping values;
    private final Target target;
    private final @Nullable SSLContext tls;
    private final @Nullable Dispatcher dispatcher;
    private final @Nullable Serializer serializer;
    private final CallOptions options;

    /**
     * A context of a client without endpoints.
     *
     * @param values makes the wire's mapper
     * @param target the client's own target, before any call overrides it
     * @param tls the TLS context; {@code null} means the JVM's default one
     */
    public ClientContext(ValueMapping values, Target target, @Nullable SSLContext tls) {
        this(values, target, tls, null, null);
    }

    /**
     * A context.
     *
     * @param values makes the wire's mapper
     * @param target the client's own target, before any call overrides it
     * @param tls the TLS context; {@code null} means the JVM's default one
     * @param dispatcher runs the calls of the peer; {@code null} if the client has no endpoints
     * @param serializer of the client; {@code null} for none
     */
    public ClientContext(
            ValueMapping values,
            Target target,
            @Nullable SSLContext tls,
            @Nullable Dispatcher dispatcher,
            @Nullable Serializer serializer) {
        this(values, target, tls, dispatcher, serializer, CallOptions.defaults());
    }

    private ClientContext(
            ValueMapping values,
            Target target,
            @Nullable SSLContext tls,
            @Nullable Dispatcher dispatcher,
            @Nullable Serializer serializer,
            CallOptions options) {
        this.options = options;
        this.dispatcher = dispatcher;
        this.serializer = serializer;
        this.values = Objects.requireNonNull(values, "values");
        this.target = Objects.requireNonNull(target, "target");
        this.tls = tls;
    }

    /** This context of a client whose calls have these options unless they have their own. */
    public ClientContext withOptions(CallOptions newOptions) {
        return new ClientContext(values, target, tls, dispatcher, serializer, newOptions);
    }

    /** The client's own call options, for what is needed before the first call. By default those of any client. */
    public CallOptions options() {
        return options;
    }

    /** Makes the wire's mapper. */
    public ValueMapping values() {
        return values;
    }

    /** The client's own target, before any call overrides it. */
    public Target target() {
        return target;
    }

    /** The TLS context; {@code null} means the JVM's default one. */
    public @Nullable SSLContext tls() {
        return tls;
    }

    /**
     * Runs the calls of the peer; {@code null} if the client has no endpoints, and always on a wire that is not
     * {@linkplain Wire#bidirectional bidirectional}.
     */
    public @Nullable Dispatcher dispatcher() {
        return dispatcher;
    }

    /**
     * A client that calls the peer on one connection, for the calls that come on it.
     *
     * @param address of the peer
     * @param transport calls on the connection; the client never closes it
     */
    public RpcClient client(Address address, ClientTransport transport) {
        return ConnectionClient.of(address, transport, values, serializer);
    }
}
