package dev.parley.zerorpc;

import dev.parley.Address;
import dev.parley.ConnectionLostException;
import dev.parley.Limits;
import dev.parley.spi.Dispatcher;
import dev.parley.spi.Listener;
import dev.parley.spi.ServerContext;
import dev.parley.zerorpc.msgpack.MsgpackMapper;
import dev.parley.zerorpc.zmtp.SocketType;
import dev.parley.zerorpc.zmtp.ZmtpHandler;
import dev.parley.zerorpc.zmtp.ZmtpPeer;
import dev.parley.zerorpc.zmtp.ZmtpSocket;
import java.util.Objects;

/** A ROUTER socket in front of the dispatcher. */
final class ZerorpcListener implements Listener, ZmtpHandler {
    private final ZerorpcOptions options;
    private final ServerContext context;
    private final MsgpackMapper mapper;
    private final EventWriter writer;
    private final Introspection introspection;
    private final String scheme;
    private final ZmtpSocket socket;
    private final Address address;
    private volatile boolean stopping;

    ZerorpcListener(Address address, ServerContext context) {
        this.options = ZerorpcOptions.of(address);
        this.scheme = address.scheme();
        this.context = context;
        this.mapper = options.mapper(context.values());
        this.writer = new EventWriter(mapper);
        this.introspection = new Introspection(context.dispatcher(), context.values());
        this.socket = new ZmtpSocket(
                SocketType.ROUTER, ZerorpcOptions.zmtpLimits(context.values().limits()), this);
        int port = socket.bind(ZerorpcOptions.endpoint(address));
        this.address = port < 0 ? address : address.withPort(port);
    }

    ZerorpcOptions options() {
        return options;
    }

    MsgpackMapper mapper() {
        return mapper;
    }

    EventWriter writer() {
        return writer;
    }

    Introspection introspection() {
        return introspection;
    }

    Dispatcher dispatcher() {
        return context.dispatcher();
    }

    String scheme() {
        return scheme;
    }

    boolean isStopping() {
        return stopping;
    }

    @Override
    public Address address() {
        return address;
    }

    @Override
    public void connected(ZmtpPeer peer) {
        peer.attach(new ServerSession(peer, this, context.values().limits().messageBytes()));
    }

    @Override
    public void received(ZmtpPeer peer, byte[][] frames) {
        session(peer).received(Event.parse(frames[frames.length - 1]), frames);
    }

    @Override
    public void oversized(ZmtpPeer peer, byte[][] frames, long bytes) {
        Event event = Event.parseBeginning(
                frames[frames.length - 1], tooLarge(bytes, context.values().limits()));
        session(peer).received(event, frames);
    }

    static String tooLarge(long bytes, Limits limits) {
        return "a message of " + bytes + " bytes is larger than the limit of " + limits.messageBytes() + " bytes";
    }

    @Override
    public void disconnected(ZmtpPeer peer, String reason) {
        session(peer).end(new ConnectionLostException("lost the connection to " + peer + ": " + reason));
    }

    private static ServerSession session(ZmtpPeer peer) {
        return (ServerSession) Objects.requireNonNull(peer.attachment());
    }

    @Override
    public void stop() {
        stopping = true;
        socket.unbind();
    }

    @Override
    public void close() {
        stopping = true;
        socket.close();
    }
}
