package dev.parley.zerorpc;

import dev.parley.Address;
import dev.parley.InvalidTargetException;
import dev.parley.Target;
import dev.parley.spi.ClientContext;
import dev.parley.spi.Connection;
import dev.parley.spi.Listener;
import dev.parley.spi.ServerContext;
import dev.parley.spi.Wire;
import java.util.Set;

/**
 * zerorpc, protocol version 3: {@code zerorpc+tcp://host:port} and {@code zerorpc+ipc:///path}. A server binds a ROUTER, a client connects a DEALER. The options
 * of an address are {@code heartbeat} (seconds, 5; 0 sends none), {@code passive} (false), {@code window} (100 items), {@code backlog} (1,000 calls) and
 * {@code strictKeys} (false); both sides take all of them. Thread-safe.
 */
public final class ZerorpcWire implements Wire {
    /** For {@link java.util.ServiceLoader}. */
    public ZerorpcWire() {}

    @Override
    public Set<String> schemes() {
        return Set.of(ZerorpcOptions.TCP, ZerorpcOptions.IPC);
    }

    @Override
    public Listener listen(Address address, Target target, ServerContext context) {
        if (target.needsBroker()) {
            throw new InvalidTargetException(address.scheme() + " has no broker, so " + target + " makes no sense");
        }
        return new ZerorpcListener(address, context);
    }

    @Override
    public Connection connect(Address address, ClientContext context) {
        return new ZerorpcConnection(address, context);
    }
}
