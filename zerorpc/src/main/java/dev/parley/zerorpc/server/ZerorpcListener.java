package dev.parley.zerorpc.server;

import dev.parley.Address;
import dev.parley.spi.Listener;
import dev.parley.spi.ServerContext;
import dev.parley.zerorpc.channel.ZerorpcOptions;
import dev.parley.zmtp.SocketType;
import dev.parley.zmtp.ZmtpSocket;

/** A ROUTER socket in front of the dispatcher. Thread-safe. */
public final class ZerorpcListener implements Listener {
    private final ZerorpcOptions options;
    private final ServerSessions sessions;
    private final ZmtpSocket socket;
    private final boolean authenticates;
    private volatile Address address;

    /**
     * A listener that is not bound yet.
     *
     * @throws dev.parley.InvalidTargetException if the address is not usable, or callers without credentials are not accepted
     */
    public ZerorpcListener(Address address, ServerContext context) {
        this.options = ZerorpcOptions.of(address);
        this.authenticates = context.authentication() != null;
        this.sessions = new ServerSessions(address, options, context);
        this.socket = new ZmtpSocket(SocketType.ROUTER, options.zmtpLimits(sessions.limits()), sessions);
        this.address = address;
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
        return !authenticates && socket.isReachable();
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
