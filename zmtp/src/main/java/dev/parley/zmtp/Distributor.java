package dev.parley.zmtp;

import dev.parley.net.socket.EventLoops;
import dev.parley.spi.PeerLog;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.LoggerFactory;

/** Sends the messages of a socket to peers of its choice: in turn, or to all that have subscribed. Thread-safe. */
final class Distributor {
    private static final PeerLog faults = new PeerLog(LoggerFactory.getLogger(Distributor.class));
    private static final ZmtpPeer[] NONE = {};
    /** How long to wait if there is no memory for a message, which nobody is told the end of. */
    private static final long MEMORY_MILLIS = 100;

    private final SocketType type;
    private final LongAdder dropped = new LongAdder();
    private final AtomicInteger turn = new AtomicInteger();
    private final ReentrantLock lock = new ReentrantLock();
    /** Written with {@link #lock} held, never modified. */
    private volatile ZmtpPeer[] peers = NONE;
    /** Written with {@link #lock} held. */
    private volatile CompletableFuture<Void> room = new CompletableFuture<>();

    Distributor(SocketType type) {
        this.type = type;
    }

    /** A peer has connected. */
    void add(ZmtpPeer peer) {
        if (type.sending() != SocketType.Sending.ROUND_ROBIN && type.sending() != SocketType.Sending.FAN_OUT) {
            return;
        }
        lock.lock();
        try {
            ZmtpPeer[] more = Arrays.copyOf(peers, peers.length + 1);
            more[peers.length] = peer;
            peers = more;
        } finally {
            lock.unlock();
        }
        roomAgain();
    }

    /** The connection to a peer has ended. */
    void remove(ZmtpPeer peer) {
        lock.lock();
        try {
            peers = Arrays.stream(peers).filter(other -> other != peer).toArray(ZmtpPeer[]::new);
        } finally {
            lock.unlock();
        }
    }

    /** The number of peers that messages may go to. */
    int size() {
        return peers.length;
    }

    /** The number of messages that were not sent to a subscriber since too much waits for it. */
    long dropped() {
        return dropped.sum();
    }

    /** Sends a message to whom it is for. Returns whether that could be done without waiting. */
    boolean trySend(byte[][] frames) {
        return switch (type.sending()) {
            case ROUND_ROBIN -> toNext(frames);
            case FAN_OUT -> toSubscribers(frames);
            case TO_PEER ->
                throw new IllegalStateException("a " + type + " socket does not choose a peer: use ZmtpPeer.send");
            case NOT -> throw new IllegalStateException("a " + type + " socket does not send");
        };
    }

    private boolean toNext(byte[][] frames) {
        ZmtpPeer[] all = peers;
        if (all.length == 0) {
            return false;
        }
        int first = Math.floorMod(turn.getAndIncrement(), all.length);
        for (int i = 0; i < all.length; i++) {
            if (all[(first + i) % all.length].offer(frames)) {
                return true;
            }
        }
        return false;
    }

    private boolean toSubscribers(byte[][] frames) {
        for (ZmtpPeer peer : peers) {
            if (peer.wants(frames[0]) && !peer.offer(frames) && peer.isConnected()) {
                dropped.increment();
                if (peer.countDropped()) {
                    faults.warn(
                            peer, "a slow subscriber: messages to it are dropped, {} bytes wait", peer.pendingBytes());
                }
            }
        }
        return true;
    }

    /** Completes when a peer that refused a message may have room, or another one has connected. */
    CompletableFuture<Void> room() {
        return room;
    }

    /** Lets those who wait for room try again. */
    void roomAgain() {
        CompletableFuture<Void> waiting;
        lock.lock();
        try {
            waiting = room;
            room = new CompletableFuture<>();
        } finally {
            lock.unlock();
        }
        waiting.complete(null);
    }

    /** There is no memory for a message now. */
    void memoryIsShort() {
        if (type.sending() == SocketType.Sending.ROUND_ROBIN) {
            var unused = EventLoops.shared().schedule(this::roomAgain, MEMORY_MILLIS, TimeUnit.MILLISECONDS);
        }
    }
}
