package dev.parley.zerorpc.server;

import dev.parley.Address;
import dev.parley.InvalidTargetException;
import dev.parley.spi.Authentication;
import dev.parley.spi.Listener;
import dev.parley.spi.ServerContext;
import dev.parley.zerorpc.channel.Pattern;
import dev.parley.zerorpc.channel.SecurityOptions;
import dev.parley.zerorpc.channel.ZerorpcOptions;
import dev.parley.zmtp.ZmtpConnector;
import dev.parley.zmtp.ZmtpEndpoint;
import dev.parley.zmtp.ZmtpSocket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A ROUTER, PULL or SUB socket in front of the dispatcher, bound or connected. Thread-safe. */
public final class ZerorpcListener implements Listener {
    private static final Logger log = LoggerFactory.getLogger(ZerorpcListener.class);

    /** The prefix of every message. */
    private static final byte[] EVERYTHING = {};

    private final ZerorpcOptions options;
    private final ServerSessions sessions;
    private final ZmtpSocket socket;
    private final List<ZmtpConnector> connectors = new CopyOnWriteArrayList<>();
    private final boolean authenticates;
    private final @Nullable Authentication ownAuthentication;
    private volatile Address address;
    private volatile boolean stopped;

    /**
     * A listener that is not bound yet.
     *
     * @throws dev.parley.InvalidTargetException if the address is not usable, or callers without credentials are not accepted
     */
    public ZerorpcListener(Address address, ServerContext context) {
        this.options = ZerorpcOptions.of(address);
        requireFixedPorts(address, options);
        this.authenticates = context.authentication() != null;
        SecurityOptions.OfServer security = options.security().ofServer(context.authentication());
        this.ownAuthentication = security.own();
        this.sessions = new ServerSessions(address, options, context, security.everybody());
        this.socket = new ZmtpSocket(
                options.pattern().serverType(), options.zmtpLimits(sessions.limits()), sessions, security.zmtp());
        this.address = options.security().forClients(address);
    }

    /**
     * Binds, and peers can call when it returns; or starts to connect, and does so again whenever the connection is
     * lost. Called once.
     *
     * @throws dev.parley.ConnectionLostException if an endpoint is in use or cannot be bound
     */
    public void start() {
        if (options.pattern() == Pattern.PUBLISH) {
            socket.subscribe(EVERYTHING);
        }
        if (options.serverConnects()) {
            options.endpoints().forEach(this::connect);
        } else {
            bind();
        }
    }

    private void bind() {
        List<ZmtpEndpoint> endpoints = options.endpoints();
        try {
            for (ZmtpEndpoint endpoint : endpoints) {
                int port = socket.bind(endpoint);
                if (endpoints.size() == 1 && port >= 0) {
                    address = address.withPort(port);
                }
            }
        } catch (RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    private void connect(ZmtpEndpoint endpoint) {
        ZmtpConnector connector = socket.connect(endpoint);
        connectors.add(connector);
        var unused = connector.peer().whenComplete((peer, error) -> {
            if (error == null) {
                log.info("connected to {}", endpoint);
            } else if (!stopped) {
                log.warn("{}; trying again", error.getMessage());
            }
        });
    }

    private static void requireFixedPorts(Address address, ZerorpcOptions options) {
        if (address.hosts().size() > 1
                && !options.serverConnects()
                && address.hosts().stream().anyMatch(host -> host.port() == 0)) {
            throw new InvalidTargetException(
                    address + " has several hosts, of which none may have port 0: listen on an address for each");
        }
    }

    /** Whether it listens, or is connected somewhere. */
    @Override
    public boolean isReady() {
        return connectors.isEmpty() || connectors.stream().anyMatch(connector -> connector.current() != null);
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
        stopped = true;
        sessions.stop();
        socket.unbind();
    }

    @Override
    public void close() {
        stopped = true;
        sessions.stop();
        socket.close();
    }
}
