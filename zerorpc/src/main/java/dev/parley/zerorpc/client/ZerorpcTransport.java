package dev.parley.zerorpc.client;

import dev.parley.Address;
import dev.parley.Args;
import dev.parley.ArgumentStyle;
import dev.parley.CallOption;
import dev.parley.CallOptions;
import dev.parley.ClientRequest;
import dev.parley.InvalidArgumentsException;
import dev.parley.RpcContext;
import dev.parley.ServiceDescription;
import dev.parley.spi.ClientCall;
import dev.parley.spi.ClientContext;
import dev.parley.spi.ClientTransport;
import dev.parley.spi.ResponseListener;
import dev.parley.spi.StartedCall;
import dev.parley.zerorpc.ZerorpcCallOptions;
import dev.parley.zerorpc.channel.ZerorpcOptions;
import dev.parley.zerorpc.event.EventWriter;
import dev.parley.zerorpc.event.MessageId;
import dev.parley.zerorpc.msgpack.MsgpackBuffer;
import dev.parley.zerorpc.msgpack.MsgpackMapper;
import dev.parley.zmtp.SocketType;
import dev.parley.zmtp.ZmtpConnector;
import dev.parley.zmtp.ZmtpEndpoint;
import dev.parley.zmtp.ZmtpLimits;
import dev.parley.zmtp.ZmtpPeer;
import dev.parley.zmtp.ZmtpSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.ObjectMapper;

/**
 * A DEALER socket with one or more endpoints, connected or bound. A call is a channel of the connection that carried
 * its request; a call that starts without a connection waits for the attempts in progress and fails with them. Thread-safe.
 */
public final class ZerorpcTransport implements ClientTransport {
    private static final Logger log = LoggerFactory.getLogger(ZerorpcTransport.class);

    /** As in zerorpc for Python. */
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);

    private final ZerorpcOptions options;
    private final ZmtpLimits limits;
    private final MsgpackMapper mapper;
    private final EventWriter writer;
    private final PeerDescription description;
    private final ZmtpSocket socket;
    private final Servers servers;

    private ZerorpcTransport(
            ZerorpcOptions options,
            ZmtpLimits limits,
            MsgpackMapper mapper,
            EventWriter writer,
            PeerDescription description,
            ZmtpSocket socket,
            Servers servers) {
        this.options = options;
        this.limits = limits;
        this.mapper = mapper;
        this.writer = writer;
        this.description = description;
        this.socket = socket;
        this.servers = servers;
    }

    /**
     * Starts to connect, and connects again whenever a connection is lost, until the transport is closed; or binds, for
     * servers that connect. Does not wait for a server.
     *
     * @throws dev.parley.InvalidTargetException if the address is not usable
     * @throws dev.parley.ConnectionLostException if an endpoint is in use or cannot be bound
     */
    public static ZerorpcTransport connect(Address address, ClientContext context) {
        ZerorpcOptions options = ZerorpcOptions.of(address);
        ZmtpLimits limits = options.zmtpLimits(context.values().limits());
        MsgpackMapper mapper = options.mapper(context.values());
        EventWriter writer = new EventWriter(mapper);
        Servers servers = new Servers(limits.maxPendingBytes());
        ClientSessions sessions =
                new ClientSessions(options, servers, writer, context.values().limits());
        ZmtpSocket socket = new ZmtpSocket(
                SocketType.DEALER, limits, sessions, options.security().ofClient());
        servers.connectBy(open(socket, options));
        return new ZerorpcTransport(
                options, limits, mapper, writer, new PeerDescription(context.values()), socket, servers);
    }

    /**
     * Binds a client's socket, or starts to connect it.
     *
     * @return what connects it; none if it is bound
     * @throws dev.parley.ConnectionLostException if an endpoint is in use or cannot be bound; the socket is closed then
     */
    static List<ZmtpConnector> open(ZmtpSocket socket, ZerorpcOptions options) {
        if (!options.clientBinds()) {
            return options.endpoints().stream().map(socket::connect).toList();
        }
        try {
            for (ZmtpEndpoint endpoint : options.endpoints()) {
                int port = socket.bind(endpoint);
                log.info("bound to {}{}", endpoint, port < 0 ? "" : ", port " + port);
            }
        } catch (RuntimeException e) {
            socket.close();
            throw e;
        }
        return List.of();
    }

    @Override
    public ArgumentStyle argumentStyle() {
        return ArgumentStyle.POSITIONAL;
    }

    @Override
    public ObjectMapper mapper() {
        return mapper;
    }

    /** 30 seconds, as in zerorpc for Python. */
    @Override
    public Duration defaultTimeout() {
        return DEFAULT_TIMEOUT;
    }

    @Override
    public boolean hasOneWay() {
        return false;
    }

    @Override
    public boolean streams() {
        return true;
    }

    @Override
    public Set<CallOption<?>> callOptions() {
        return Set.of(ZerorpcCallOptions.WINDOW, ZerorpcCallOptions.INHERIT_CONTEXT);
    }

    /** That of a call of zerorpc: the contexts of other wires may hold what is not for everybody, such as tokens. */
    @Override
    public Map<String, @Nullable Object> inheritedContext(CallOptions callOptions, RpcContext served) {
        boolean wanted = !Boolean.FALSE.equals(callOptions.get(ZerorpcCallOptions.INHERIT_CONTEXT));
        return wanted && served.wire().startsWith("zerorpc+") ? served.values() : Map.of();
    }

    @Override
    public boolean detectsLostPeers() {
        return true;
    }

    /** A client that is bound is ready while a server is connected to it. */
    @Override
    public boolean isReady() {
        return !options.clientBinds() || !servers.isEmpty();
    }

    @Override
    public StartedCall start(ClientCall call, ResponseListener listener) {
        MessageId id = writer.nextId();
        MsgpackBuffer request = encode(writer, call, id);
        PendingCall pending = call.kind() == ClientRequest.Kind.STREAM
                ? new StreamCall(call, id, options, mapper, listener)
                : new ValueCall(call, id, options, mapper, limits.maxMessageBytes(), listener);
        return servers.send(pending, request);
    }

    /**
     * Encodes the event that asks for a call or cast.
     *
     * @throws dev.parley.RpcException if an argument cannot be encoded
     */
    static MsgpackBuffer encode(EventWriter writer, ClientCall call, MessageId id) {
        List<? extends @Nullable Object> arguments = switch (call.args()) {
            case Args.Positional positional -> positional.values();
            case Args.Named named -> throw new InvalidArgumentsException("zerorpc has no named arguments");
        };
        String method = call.qualifiedMethod();
        MsgpackBuffer out = writer.request(id, call.context(), timeoutMillis(call), method);
        out.writeArrayHeader(arguments.size());
        int number = 0;
        for (Object argument : arguments) {
            number++;
            writer.argument(out, argument, number, method);
        }
        return out;
    }

    /**
     * What the server is told of the caller's timeout, so that it does not run calls that have waited longer: nothing of
     * the default, which servers expect.
     */
    private static long timeoutMillis(ClientCall call) {
        return call.kind() != ClientRequest.Kind.CALL || call.timeout().equals(DEFAULT_TIMEOUT)
                ? 0
                : Math.max(1, call.timeout().toMillis());
    }

    @Override
    public ServiceDescription describe(PeerCaller caller) {
        return description.read(caller);
    }

    /** Closes at once for calls, which fail; requests that wait to be sent have two seconds. */
    @Override
    public void close() {
        for (ZmtpPeer peer : socket.peers()) {
            if (peer.attachment() instanceof ClientSession session) {
                session.end("the client was closed");
            }
        }
        servers.close();
        socket.close();
    }
}
