package dev.parley.spi;

import dev.parley.Address;
import dev.parley.RpcHandler;
import dev.parley.Target;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One protocol over one or more transports, found by {@link java.util.ServiceLoader}. All that is particular to the
 * protocol is declared here or behind it: its schemes and short addresses, its options, its error codes. Thread-safe,
 * stateless.
 */
public interface Wire {
    /**
     * The address schemes it speaks, such as {@code xmlrpc+http}. A direct wire and a brokered one may share a scheme:
     * the target decides.
     */
    Set<String> schemes();

    /**
     * The scheme that a short address means, such as {@code zerorpc+tcp} for {@code tcp://…}. Asked for schemes that no
     * wire speaks.
     *
     * @return one of {@link #schemes()}; {@code null}, by default, if the address is not of this wire
     */
    default @Nullable String expand(Address shortForm) {
        return null;
    }

    /** The short forms of its addresses for error messages, such as {@code tcp://host:port}. By default none. */
    default Set<String> shortForms() {
        return Set.of();
    }

    /**
     * Whether a broker stands between the peers, so that targets may have exchange, topic, server and fanout. By
     * default not.
     */
    default boolean brokered() {
        return false;
    }

    /**
     * Whether the server can call its client on a connection of this scheme, so that clients may have endpoints. By
     * default not.
     */
    default boolean bidirectional(String scheme) {
        return false;
    }

    /**
     * Binds and starts to serve. When it returns, peers can call.
     *
     * @throws dev.parley.RpcException if it cannot: {@code InvalidTargetException} for an unusable address or option,
     *     {@code ConnectionLostException} for a port in use or a broker that cannot be reached,
     *     {@code AccessDeniedException} for refused credentials
     */
    Listener listen(Address address, Target target, ServerContext context);

    /**
     * Makes a handler of single requests without a socket; see {@link dev.parley.RpcServer#handler}.
     *
     * @param address has the protocol's name as its scheme, and options
     * @return by default {@code null}: the protocol needs a socket
     * @throws dev.parley.InvalidTargetException if an option is unusable
     */
    default @Nullable RpcHandler handler(Address address, ServerContext context) {
        return null;
    }

    /**
     * Makes the client side. Whether it connects now or at the first call is the wire's choice.
     *
     * @throws dev.parley.RpcException as {@link #listen}
     */
    ClientTransport connect(Address address, ClientContext context);
}
