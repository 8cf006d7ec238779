package dev.parley.zerorpc.server;

import dev.parley.Address;
import dev.parley.spi.Authentication;
import dev.parley.spi.Listener;
import dev.parley.spi.ServerContext;
import dev.parley.zerorpc.channel.SecurityOptions;
import dev.parley.zerorpc.channel.ZerorpcOptions;
import dev.parley.zmtp.SocketType;
import dev.parley.zmtp.ZmtpSocket;
import org.jspecify.annotations.Nullable;

/** A ROUTER socket in front of the dispatcher. Thread-safe. */
public final class ZerorpcListener implements Listener {
    private final ZerorpcOptions options;
    private final ServerSessions sessions;
    private final ZmtpSocket socket;
    private final boolean authenticates;
    private final @Nullable Authentication ownAuthentication;
    private volatile Address address;

    /**
     * A listener that is not bound yet.
     *
     * @throws dev.parley.InvalidTargetException if the address is not usable, or callers without credentials are not accepted
     */
    public ZerorpcListener(Address address, ServerContext context) {
        this.options = ZerorpcOptions.of(address);
        this.authenticates = context.authentication() != null;
        SecurityOptions.OfServer security = options.security().ofServer(context.authentication());
        this.ownAuthentication = security.own();
        this.sessions = new ServerSessions(address, options, context, security.everybody());
        this.socket =
                new ZmtpSocket(SocketType.ROUTER, options.zmtpLimits(sessions.limits()), sessions, security.zmtp());
        this.address = options.security().forClients(address);
    }

    /**
     * Binds. When it returns, peers can call. Called once.
     *
     * @throws dev.parley.ConnectionLostException if the endpoint is in use or cannot be bound
     */
    public void start() {
        int port = socket.bind(options.endpoint());
        if (port >= 0) {
            address = address.withPort(port);
        }
    }

    @Override
    public Address address() {
        return address;
    }

    @Override
    public boolean isOpenToAll() {
        return !authenticates && options.security().isOpenToAll() && socket.isReachable();
    }

    /** Reads the keys of clients anew, for new connections. */
    @Override
    public void reset() {
        if (ownAuthentication != null) {
            ownAuthentication.reload();
        }
    }

    @Override
    public void stop() {
        sessions.stop();
        socket.unbind();
    }

    @Override
    public void close() {
        sessions.stop();
        socket.close();
    }
}
