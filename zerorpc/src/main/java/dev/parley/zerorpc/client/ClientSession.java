package dev.parley.zerorpc.client;

import dev.parley.spi.PeerLog;
import dev.parley.zerorpc.channel.Session;
import dev.parley.zerorpc.channel.ZerorpcOptions;
import dev.parley.zerorpc.event.Event;
import dev.parley.zerorpc.event.EventWriter;
import dev.parley.zmtp.ZmtpPeer;
import org.slf4j.LoggerFactory;

/** The client's side of one connection. Thread-safe as its base. */
final class ClientSession extends Session {
    private static final PeerLog faults = new PeerLog(LoggerFactory.getLogger(ClientSession.class));

    ClientSession(ZmtpPeer peer, ZerorpcOptions options, EventWriter writer) {
        super(peer, options, writer);
    }

    @Override
    protected void opening(Event event, byte[][] envelope) {
        String problem = event.problem();
        faults.warn(
                peer(),
                "dropped {}",
                problem == null ? "a call of '" + event.name() + "': this side only makes calls" : problem);
    }
}
