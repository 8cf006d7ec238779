package dev.parley.zerorpc.server;

import dev.parley.spi.CallSource;
import dev.parley.spi.PeerLog;
import dev.parley.zerorpc.event.Event;
import dev.parley.zmtp.ZmtpPeer;
import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.LoggerFactory;

/**
 * The server's side of a connection that brings casts alone. While the dispatcher has no room, further casts wait here;
 * beyond a limit nothing more is read from the peer. What was read runs, even after the connection is lost. Confined to
 * the event loop, but for the accessors.
 */
final class PullSession implements Receiver {
    private static final PeerLog faults = new PeerLog(LoggerFactory.getLogger(PullSession.class));

    private final ZmtpPeer peer;
    private final ServerSessions shared;
    private final CallSource source;
    private final Deque<OneWayCall> waiting = new ArrayDeque<>();
    private long waitingBytes;
    private boolean full;
    private boolean paused;

    PullSession(ZmtpPeer peer, ServerSessions shared) {
        this.peer = peer;
        this.shared = shared;
        this.source = shared.dispatcher().source(this::resume);
        source.refuseNone();
    }

    ZmtpPeer peer() {
        return peer;
    }

    ServerSessions shared() {
        return shared;
    }

    @Override
    public void received(Event event, byte[][] envelope) {
        String problem = event.problem();
        OneWayCall cast = new OneWayCall(this, event);
        if (problem != null) {
            faults.warn(peer, "dropped a cast: {}", problem);
        } else if (shared.isStopping()) {
            faults.warn(peer, "dropped a cast of '{}': the server is stopping", event.name());
        } else if (!peer.memory().charge(cast.bytes())) {
            faults.warn(peer, "dropped a cast of '{}': too much memory is in use", event.name());
        } else if (full) {
            source.keepsCalls(true);
            waiting.add(cast);
            waitingBytes += cast.bytes();
            updateReading();
        } else {
            full = !source.dispatch(cast);
        }
    }

    private void resume() {
        // On any thread, perhaps before dispatch has returned.
        peer.execute(() -> {
            full = false;
            while (!full && !waiting.isEmpty()) {
                OneWayCall cast = waiting.removeFirst();
                waitingBytes -= cast.bytes();
                full = !source.dispatch(cast);
            }
            source.keepsCalls(!waiting.isEmpty());
            updateReading();
        });
    }

    private void updateReading() {
        boolean pause = full
                && (waiting.size() >= shared.options().backlog()
                        || waitingBytes >= shared.limits().messageBytes());
        if (pause != paused) {
            paused = pause;
            peer.pause(pause);
        }
    }

    @Override
    public void end(String reason) {
        // Nobody waits for the casts, so that they need not be cancelled.
    }
}
