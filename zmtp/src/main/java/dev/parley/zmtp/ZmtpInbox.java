package dev.parley.zmtp;

import dev.parley.spi.PeerLog;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * A handler that keeps the messages of a socket until they are taken: one of each peer in turn, however many another
 * peer has sent. Nothing more is read from a peer of which as many messages wait as may; what waits is charged to the
 * memory of its connection. Messages of a peer that has gone can still be taken.
 *
 * <p>Thread-safe. Each socket needs an inbox of its own.
 */
public final class ZmtpInbox implements ZmtpHandler {
    private static final PeerLog faults = new PeerLog(LoggerFactory.getLogger(ZmtpInbox.class));

    private final int maxMessages;
    private final int maxBytes;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    /** Guarded by {@link #lock}. */
    private final Map<ZmtpPeer, Waiting> waiting = new HashMap<>();
    /** Those of which messages wait, in the order of their turns. Guarded by {@link #lock}. */
    private final Queue<Waiting> turns = new ArrayDeque<>();
    /** Guarded by {@link #lock}. */
    private long lost;

    /** The messages of one peer. Guarded by the lock. */
    private static final class Waiting {
        final ZmtpPeer peer;
        final Queue<List<byte[]>> messages = new ArrayDeque<>();
        long bytes;
        boolean paused;

        Waiting(ZmtpPeer peer) {
            this.peer = peer;
        }
    }

    /** A message and the peer that sent it. Its frames must not be modified. */
    public static final class Message {
        private final ZmtpPeer peer;
        private final List<byte[]> frames;

        private Message(ZmtpPeer peer, List<byte[]> frames) {
            this.peer = peer;
            this.frames = frames;
        }

        /** Who sent it. */
        public ZmtpPeer peer() {
            return peer;
        }

        /** Its frames, at least one. */
        public List<byte[]> frames() {
            return frames;
        }
    }

    /** An inbox in which up to 1,000 messages and 16 MiB of each peer wait. */
    public ZmtpInbox() {
        this(1_000, 16 << 20);
    }

    /**
     * An inbox.
     *
     * @param maxMessages how many messages of one peer may wait before nothing more is read from it
     * @param maxBytes the same in bytes
     * @throws IllegalArgumentException if one is not positive
     */
    public ZmtpInbox(int maxMessages, int maxBytes) {
        if (maxMessages < 1 || maxBytes < 1) {
            throw new IllegalArgumentException(
                    "the limits of an inbox must be positive, not " + maxMessages + " and " + maxBytes);
        }
        this.maxMessages = maxMessages;
        this.maxBytes = maxBytes;
    }

    /**
     * The next message, of the peer whose turn it is. Must not be called on an event loop.
     *
     * @param timeout how long to wait if there is none
     * @return {@code null} if there was none in time
     * @throws InterruptedException if the thread is interrupted while it waits
     */
    public @Nullable Message poll(Duration timeout) throws InterruptedException {
        long left = ZmtpSocket.nanos(timeout);
        lock.lockInterruptibly();
        try {
            while (turns.isEmpty()) {
                if (left <= 0) {
                    return null;
                }
                left = arrived.awaitNanos(left);
            }
            return take();
        } finally {
            lock.unlock();
        }
    }

    private Message take() {
        Waiting next = Objects.requireNonNull(turns.poll());
        List<byte[]> frames = Objects.requireNonNull(next.messages.poll());
        ZmtpPeer peer = next.peer;
        long size = size(frames);
        next.bytes -= size;
        peer.memory().release(size);
        if (!next.messages.isEmpty()) {
            turns.add(next);
        }
        // At half of the limits, lest reading pause and resume with each message.
        if (next.paused && next.messages.size() <= maxMessages / 2 && next.bytes <= maxBytes / 2) {
            next.paused = false;
            peer.execute(() -> updatePause(next));
        }
        return new Message(peer, frames);
    }

    /** On the event loop of the peer: it may have been paused again meanwhile. */
    private void updatePause(Waiting of) {
        lock.lock();
        try {
            of.peer.pause(of.paused);
        } finally {
            lock.unlock();
        }
    }

    private static long size(List<byte[]> frames) {
        long size = 64;
        for (byte[] frame : frames) {
            size += frame.length;
        }
        return size;
    }

    /** The number of messages that were not kept, since they were too large or there was no memory for them. */
    public long lost() {
        lock.lock();
        try {
            return lost;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void connected(ZmtpPeer peer) {
        lock.lock();
        try {
            waiting.put(peer, new Waiting(peer));
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void received(ZmtpPeer peer, byte[][] frames) {
        List<byte[]> message = List.of(frames);
        long size = size(message);
        if (!peer.memory().charge(size)) {
            overloaded(peer, frames, size);
            return;
        }
        lock.lock();
        try {
            Waiting of = Objects.requireNonNull(waiting.get(peer));
            of.messages.add(message);
            of.bytes += size;
            if (of.messages.size() == 1) {
                turns.add(of);
                arrived.signal();
            }
            if (!of.paused && (of.messages.size() >= maxMessages || of.bytes >= maxBytes)) {
                of.paused = true;
                peer.pause(true);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void oversized(ZmtpPeer peer, byte[][] frames, long bytes) {
        lose(peer, "it has " + bytes + " bytes, which exceeds the limit");
    }

    @Override
    public void overloaded(ZmtpPeer peer, byte[][] frames, long bytes) {
        lose(peer, "too much memory is in use for its " + bytes + " bytes");
    }

    private void lose(ZmtpPeer peer, String why) {
        lock.lock();
        try {
            lost++;
        } finally {
            lock.unlock();
        }
        faults.warn(peer, "dropped a message: {}", why);
    }

    @Override
    public void disconnected(ZmtpPeer peer, String reason) {
        lock.lock();
        try {
            waiting.remove(peer);
        } finally {
            lock.unlock();
        }
    }
}
