package dev.parley.spi;

import dev.parley.Address;
import dev.parley.Target;
import java.util.Set;

/** One protocol over one or more transports, found by {@link java.util.ServiceLoader}. Thread-safe, stateless. */
public interface Wire {
    /** The address schemes it speaks, such as {@code xmlrpc+http}. */
    Set<String> schemes();

    /** Whether a broker stands between the peers, so that targets may have exchange, topic, server and fanout. */
    default boolean brokered() {
        return false;
    }

    /**
     * Binds and starts to serve. When it returns, peers can call.
     *
     * @throws dev.parley.RpcException if it cannot: {@code InvalidTargetException} for an unusable address or option, {@code ConnectionLostException} for a port
     *     taken or a broker down, {@code AccessDeniedException} for refused credentials
     */
    Listener listen(Address address, Target target, ServerContext context);

    /**
     * Makes the client side. Whether it connects now or at the first call is the wire's choice.
     *
     * @throws dev.parley.RpcException as {@link #listen}
     */
    Connection connect(Address address, ClientContext context);
}
