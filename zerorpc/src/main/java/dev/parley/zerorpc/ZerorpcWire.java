package dev.parley.zerorpc;

import dev.parley.Address;
import dev.parley.InvalidTargetException;
import dev.parley.Target;
import dev.parley.spi.ClientContext;
import dev.parley.spi.ClientTransport;
import dev.parley.spi.Listener;
import dev.parley.spi.ServerContext;
import dev.parley.spi.Wire;
import dev.parley.zerorpc.channel.Pattern;
import dev.parley.zerorpc.channel.ZerorpcOptions;
import dev.parley.zerorpc.client.CastTransport;
import dev.parley.zerorpc.client.ZerorpcTransport;
import dev.parley.zerorpc.server.ZerorpcListener;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * zerorpc, protocol version 3: {@code zerorpc+tcp://host:port} and {@code zerorpc+ipc:///path}, in short
 * {@code tcp://host:port} and {@code ipc:///path}. A server has a ROUTER socket, which it binds or, with option
 * {@code connect}, connects; a client has a DEALER socket, which it connects or, with option {@code bind}, binds. Option
 * {@code pattern} with the value {@code push} or {@code publish} makes them PULL and PUSH or SUB and PUB sockets, for
 * casts alone. Several hosts are several endpoints. The other options of an address are {@code heartbeat} (seconds, 5; 0
 * sends none), {@code passive} (false), {@code window} (100 items), {@code backlog} (1,000 calls), {@code strictKeys}
 * (false), {@code message_timeout} and {@code write_timeout} (seconds, 60; 0 for ever); both sides accept all of them.
 * For security there are {@code mechanism} ({@code null}, {@code plain} or {@code curve}), {@code server_key},
 * {@code key_file} and {@code client_keys}.
 * Thread-safe.
 */
public final class ZerorpcWire implements Wire {
    /** For {@link java.util.ServiceLoader}. */
    public ZerorpcWire() {}

    @Override
    public Set<String> schemes() {
        return Set.of(ZerorpcOptions.TCP, ZerorpcOptions.IPC);
    }

    @Override
    public @Nullable String expand(Address shortForm) {
        return switch (shortForm.scheme()) {
            case "tcp" -> ZerorpcOptions.TCP;
            case "ipc" -> ZerorpcOptions.IPC;
            case "inproc" ->
                throw new InvalidTargetException(
                        shortForm + " is within one ZeroMQ context, which Parley does not have;"
                                + " within one JVM use memory://NAME");
            default -> null;
        };
    }

    @Override
    public Set<String> shortForms() {
        return Set.of("tcp://host:port", "ipc:///path");
    }

    @Override
    public Listener listen(Address address, Target target, ServerContext context) {
        ZerorpcListener listener = new ZerorpcListener(address, context);
        listener.start();
        return listener;
    }

    /** Makes the client side; it connects in the background, now and whenever a connection is lost, or binds. */
    @Override
    public ClientTransport connect(Address address, ClientContext context) {
        return ZerorpcOptions.of(address).pattern() == Pattern.CALL
                ? ZerorpcTransport.connect(address, context)
                : CastTransport.connect(address, context);
    }
}
