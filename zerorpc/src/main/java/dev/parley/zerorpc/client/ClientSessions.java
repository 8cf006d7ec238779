package dev.parley.zerorpc.client;

import dev.parley.Limits;
import dev.parley.zerorpc.channel.Channel;
import dev.parley.zerorpc.channel.ZerorpcOptions;
import dev.parley.zerorpc.event.Event;
import dev.parley.zerorpc.event.EventWriter;
import dev.parley.zmtp.ZmtpHandler;
import dev.parley.zmtp.ZmtpPeer;
import java.util.Objects;

/** Gives each connection of a client its session, which is kept as the peer's attachment. Thread-safe. */
final class ClientSessions implements ZmtpHandler {
    private final ZerorpcOptions options;
    private final Servers servers;
    private final EventWriter writer;
    private final Limits limits;

    ClientSessions(ZerorpcOptions options, Servers servers, EventWriter writer, Limits limits) {
        this.options = options;
        this.servers = servers;
        this.writer = writer;
        this.limits = limits;
    }

    /** The session of a connected peer. */
    static ClientSession of(ZmtpPeer peer) {
        return (ClientSession) Objects.requireNonNull(peer.attachment());
    }

    @Override
    public void connected(ZmtpPeer peer) {
        peer.attach(new ClientSession(peer, options, writer));
        servers.connected(peer);
    }

    @Override
    public void received(ZmtpPeer peer, byte[][] frames) {
        of(peer).received(Event.parse(frames[frames.length - 1]), Channel.NO_ENVELOPE);
    }

    @Override
    public void oversized(ZmtpPeer peer, byte[][] frames, long bytes) {
        of(peer).received(Event.tooLarge(frames[frames.length - 1], bytes, limits), Channel.NO_ENVELOPE);
    }

    @Override
    public void overloaded(ZmtpPeer peer, byte[][] frames, long bytes) {
        of(peer).received(Event.overloaded(frames[frames.length - 1]), Channel.NO_ENVELOPE);
    }

    @Override
    public void disconnected(ZmtpPeer peer, String reason) {
        servers.disconnected(peer);
        boolean one = options.endpoints().size() == 1 && !options.clientBinds();
        of(peer).end("lost the connection to " + (one ? options.endpoints().getFirst() : peer) + ": " + reason);
    }
}
