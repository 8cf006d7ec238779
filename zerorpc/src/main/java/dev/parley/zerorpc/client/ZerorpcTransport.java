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
import dev.parley.zmtp.ZmtpLimits;
import dev.parley.zmtp.ZmtpPeer;
import dev.parley.zmtp.ZmtpSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.ObjectMapper;

/**
 * A DEALER socket with one endpoint. A call is a channel of the connection that carried its request; a call that starts
 * without a connection waits for the attempt in progress and fails with it. Thread-safe.
 */
public final class ZerorpcTransport implements ClientTransport {
    /** As in zerorpc for Python. */
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);

    private final ZerorpcOptions options;
    private final ZmtpLimits limits;
    private final MsgpackMapper mapper;
    private final EventWriter writer;
    private final PeerDescription description;
    private final ZmtpSocket socket;
    private final ZmtpConnector connector;
    private final Queue<Unsent> unsent = new ConcurrentLinkedQueue<>();
    /** Incremented after a call is added to {@link #unsent}. */
    private final AtomicInteger unsentCount = new AtomicInteger();

    /** A call that waits for the connection. */
    private record Unsent(PendingCall call, MsgpackBuffer request) {}

    private ZerorpcTransport(
            ZerorpcOptions options,
            ZmtpLimits limits,
            MsgpackMapper mapper,
            EventWriter writer,
            PeerDescription description,
            ZmtpSocket socket,
            ZmtpConnector connector) {
        this.options = options;
        this.limits = limits;
        this.mapper = mapper;
        this.writer = writer;
        this.description = description;
        this.socket = socket;
        this.connector = connector;
    }

    /**
     * Starts to connect, and connects again whenever the connection is lost, until the transport is closed. Does not
     * wait.
     *
     * @throws dev.parley.InvalidTargetException if the address is not usable
     */
    public static ZerorpcTransport connect(Address address, ClientContext context) {
        ZerorpcOptions options = ZerorpcOptions.of(address);
        ZmtpLimits limits = options.zmtpLimits(context.values().limits());
        MsgpackMapper mapper = options.mapper(context.values());
        EventWriter writer = new EventWriter(mapper);
        ClientSessions sessions =
                new ClientSessions(options, writer, context.values().limits());
        ZmtpSocket socket = new ZmtpSocket(SocketType.DEALER, limits, sessions);
        ZmtpConnector connector = socket.connect(options.endpoint());
        return new ZerorpcTransport(
                options, limits, mapper, writer, new PeerDescription(context.values()), socket, connector);
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

    @Override
    public StartedCall start(ClientCall call, ResponseListener listener) {
        MessageId id = writer.nextId();
        MsgpackBuffer request = encode(call, id);
        PendingCall pending = call.kind() == ClientRequest.Kind.STREAM
                ? new StreamCall(call, id, options, mapper, listener)
                : new ValueCall(call, id, options, mapper, limits.maxMessageBytes(), listener);
        ZmtpPeer peer = connector.current();
        if (peer != null && unsentCount.get() == 0) {
            pending.send(ClientSessions.of(peer), request, limits.maxPendingBytes());
        } else {
            sendWhenConnected(new Unsent(pending, request));
        }
        return pending;
    }

    /** Sends in the order of the calls, which the dependents of a future alone would not keep. */
    private void sendWhenConnected(Unsent call) {
        unsent.add(call);
        if (unsentCount.getAndIncrement() == 0) {
            var unused = connector.peer().whenComplete(this::sendUnsent);
        }
    }

    private void sendUnsent(@Nullable ZmtpPeer peer, @Nullable Throwable error) {
        // Not those that are added meanwhile, such as by a caller that tries again at once: they wait for the next
        // attempt.
        int count = unsentCount.get();
        for (int i = 0; i < count; i++) {
            Unsent next = Objects.requireNonNull(unsent.poll());
            if (peer != null) {
                next.call().send(ClientSessions.of(peer), next.request(), limits.maxPendingBytes());
            } else {
                next.call().notConnected(error);
            }
        }
        if (unsentCount.addAndGet(-count) > 0) {
            var unused = connector.peer().whenComplete(this::sendUnsent);
        }
    }

    private MsgpackBuffer encode(ClientCall call, MessageId id) {
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
        socket.close();
    }
}
