package dev.parley.zerorpc;

import dev.parley.zerorpc.zmtp.ZmtpPeer;

/** The client's side of one connection. */
final class ClientSession extends Session {
    ClientSession(ZmtpPeer peer, ZerorpcOptions options, EventWriter writer) {
        super(peer, options, writer);
    }

    @Override
    void opening(Event event, byte[][] frames) {
        String problem = event.problem();
        log.warn(
                "{}: dropped {}",
                peer(),
                problem == null ? "a call of '" + event.name() + "': this side makes calls only" : problem);
    }
}
