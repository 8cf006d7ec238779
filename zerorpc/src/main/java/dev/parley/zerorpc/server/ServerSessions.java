package dev.parley.zerorpc.server;

import dev.parley.Address;
import dev.parley.Limits;
import dev.parley.spi.Dispatcher;
import dev.parley.spi.ServerContext;
import dev.parley.zerorpc.channel.Channel;
import dev.parley.zerorpc.channel.Pattern;
import dev.parley.zerorpc.channel.ZerorpcOptions;
import dev.parley.zerorpc.event.Event;
import dev.parley.zerorpc.event.EventWriter;
import dev.parley.zerorpc.msgpack.MsgpackMapper;
import dev.parley.zmtp.ZmtpHandler;
import dev.parley.zmtp.ZmtpPeer;
import java.security.Principal;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Gives each connection of a listener its session, which is kept as the peer's attachment, and has what they share.
 * Thread-safe.
 */
final class ServerSessions implements ZmtpHandler {
    private final String scheme;
    private final ZerorpcOptions options;
    private final Dispatcher dispatcher;
    private final Limits limits;
    private final MsgpackMapper mapper;
    private final EventWriter writer;
    private final Introspection introspection;
    private final @Nullable Principal everybody;
    private volatile boolean stopping;

    ServerSessions(Address address, ZerorpcOptions options, ServerContext context, @Nullable Principal everybody) {
        this.scheme = address.scheme();
        this.everybody = everybody;
        this.options = options;
        this.dispatcher = context.dispatcher();
        this.limits = context.values().limits();
        this.mapper = options.mapper(context.values());
        this.writer = new EventWriter(mapper);
        this.introspection = new Introspection(dispatcher, context.values());
    }

    String scheme() {
        return scheme;
    }

    /** Who the callers of a connection are; {@code null} if the server does not authenticate. */
    @Nullable
    Principal caller(ZmtpPeer peer) {
        Principal known = peer.principal();
        return known == null ? everybody : known;
    }

    ZerorpcOptions options() {
        return options;
    }

    Dispatcher dispatcher() {
        return dispatcher;
    }

    Limits limits() {
        return limits;
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

    /** Refuses further calls. */
    void stop() {
        stopping = true;
    }

    boolean isStopping() {
        return stopping;
    }

    @Override
    public void connected(ZmtpPeer peer) {
        peer.attach(options.pattern() == Pattern.CALL ? new ServerSession(peer, this) : new PullSession(peer, this));
    }

    @Override
    public void received(ZmtpPeer peer, byte[][] frames) {
        received(peer, Event.parse(frames[frames.length - 1]), frames);
    }

    @Override
    public void oversized(ZmtpPeer peer, byte[][] frames, long bytes) {
        received(peer, Event.tooLarge(frames[frames.length - 1], bytes, limits), frames);
    }

    @Override
    public void overloaded(ZmtpPeer peer, byte[][] frames, long bytes) {
        received(peer, Event.overloaded(frames[frames.length - 1]), frames);
    }

    private static void received(ZmtpPeer peer, Event event, byte[][] frames) {
        session(peer).received(event, envelope(frames));
    }

    /** The frames before the delimiter, one for each broker in between. A message of one frame has no delimiter. */
    private static byte[][] envelope(byte[][] frames) {
        return frames.length <= 2 ? Channel.NO_ENVELOPE : Arrays.copyOf(frames, frames.length - 2);
    }

    @Override
    public void disconnected(ZmtpPeer peer, String reason) {
        session(peer).end("lost the connection to " + peer + ": " + reason);
    }

    private static Receiver session(ZmtpPeer peer) {
        return (Receiver) Objects.requireNonNull(peer.attachment());
    }
}
