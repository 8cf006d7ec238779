package dev.parley.zerorpc.client;

import dev.parley.ConnectionLostException;
import dev.parley.spi.StartedCall;
import dev.parley.zerorpc.msgpack.MsgpackBuffer;
import dev.parley.zmtp.ZmtpConnector;
import dev.parley.zmtp.ZmtpPeer;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The servers that a client's socket is connected to. Each call goes to the next one, and all its messages stay on that
 * connection. While there is none, calls wait in their order: until a server has connected, or the attempts in progress
 * to connect have all failed. Thread-safe.
 */
final class Servers {
    private final int maxPendingBytes;
    private final AtomicInteger turn = new AtomicInteger();
    private final ReentrantLock lock = new ReentrantLock();
    /** Written with {@link #lock} held; the arrays are not modified. */
    private volatile ZmtpPeer[] connected = {};
    /** Whether calls wait, behind which others must go. Written with {@link #lock} held. */
    private volatile boolean queued;
    /** Empty if servers connect to the client. */
    private volatile List<ZmtpConnector> connectors = List.of();

    /** Guarded by {@link #lock}. */
    private final LinkedHashSet<WaitingCall> waiting = new LinkedHashSet<>();
    /** Whether a thread sends a call that waited. Guarded by {@link #lock}. */
    private boolean sending;
    /** The attempts to connect that the calls wait for. Guarded by {@link #lock}. */
    private @Nullable Attempts attempts;
    /** Guarded by {@link #lock}. */
    private boolean closed;

    /**
     * No servers yet.
     *
     * @param maxPendingBytes a server for which more bytes wait is passed over
     */
    Servers(int maxPendingBytes) {
        this.maxPendingBytes = maxPendingBytes;
    }

    /** What connects to them. Called once, before the first call. */
    void connectBy(List<ZmtpConnector> given) {
        connectors = List.copyOf(given);
    }

    /** Whether none is connected now. */
    boolean isEmpty() {
        return connected.length == 0;
    }

    /** Sends a call to the next server, or has it wait for one. */
    StartedCall send(PendingCall call, MsgpackBuffer request) {
        if (!queued) {
            ZmtpPeer peer = next();
            if (peer != null) {
                call.send(ClientSessions.of(peer), request, maxPendingBytes);
                return call;
            }
        }
        WaitingCall added = new WaitingCall(call, request);
        boolean refused;
        lock.lock();
        try {
            refused = closed;
            if (!refused) {
                waiting.add(added);
                queued = true;
            }
        } finally {
            lock.unlock();
        }
        if (refused) {
            call.notConnected(new ConnectionLostException("the client is closed"));
        } else {
            sendWaiting();
        }
        return added;
    }

    /** The next server in turn that reads what it is sent; {@code null} if there is none at all. */
    private @Nullable ZmtpPeer next() {
        ZmtpPeer[] peers = connected;
        if (peers.length <= 1) {
            return peers.length == 0 ? null : peers[0];
        }
        int first = Math.floorMod(turn.getAndIncrement(), peers.length);
        for (int i = 0; i < peers.length; i++) {
            ZmtpPeer peer = peers[(first + i) % peers.length];
            if (peer.pendingBytes() <= maxPendingBytes) {
                return peer;
            }
        }
        return peers[first];
    }

    /** A server is connected. */
    void connected(ZmtpPeer peer) {
        lock.lock();
        try {
            ZmtpPeer[] more = Arrays.copyOf(connected, connected.length + 1);
            more[connected.length] = peer;
            connected = more;
            attempts = null;
        } finally {
            lock.unlock();
        }
        sendWaiting();
    }

    /** A server is lost. */
    void disconnected(ZmtpPeer peer) {
        lock.lock();
        try {
            connected = Arrays.stream(connected).filter(each -> each != peer).toArray(ZmtpPeer[]::new);
            // Another attempt to connect has begun.
            attempts = null;
        } finally {
            lock.unlock();
        }
        sendWaiting();
    }

    /** Sends the calls that wait, in order, or sees to it that they do not wait in vain. */
    private void sendWaiting() {
        for (Runnable step = nextStep(); step != null; step = nextStep()) {
            step.run();
        }
    }

    private @Nullable Runnable nextStep() {
        lock.lock();
        try {
            if (sending) {
                // That thread goes on with what there is.
                return null;
            }
            if (waiting.isEmpty()) {
                queued = false;
                return null;
            }
            ZmtpPeer peer = next();
            if (peer != null) {
                WaitingCall call = waiting.removeFirst();
                sending = true;
                return () -> send(call, peer);
            }
            if (attempts != null) {
                return null;
            }
            Attempts started = new Attempts(connectors);
            attempts = started;
            return started::await;
        } finally {
            lock.unlock();
        }
    }

    private void send(WaitingCall call, ZmtpPeer peer) {
        call.sent = true;
        try {
            call.call.send(ClientSessions.of(peer), call.request, maxPendingBytes);
        } finally {
            lock.lock();
            try {
                sending = false;
            } finally {
                lock.unlock();
            }
        }
    }

    /** The attempts to connect that are in progress at a time. */
    private final class Attempts {
        private final List<ZmtpConnector> connectors;
        private final AtomicInteger left;
        private final Queue<Throwable> errors = new ConcurrentLinkedQueue<>();

        Attempts(List<ZmtpConnector> connectors) {
            this.connectors = connectors;
            this.left = new AtomicInteger(connectors.size());
        }

        /** Fails the calls that wait when all attempts have failed. Called once. */
        void await() {
            for (ZmtpConnector connector : connectors) {
                var unused = connector.peer().whenComplete((peer, error) -> {
                    if (error != null) {
                        errors.add(error);
                        if (left.decrementAndGet() == 0) {
                            failWaiting(this, reason());
                        }
                    }
                });
            }
        }

        private Throwable reason() {
            return errors.size() == 1
                    ? errors.element()
                    : new ConnectionLostException(
                            errors.stream().map(Throwable::getMessage).collect(Collectors.joining("; ")));
        }
    }

    private void failWaiting(Attempts failed, Throwable reason) {
        List<WaitingCall> calls;
        lock.lock();
        try {
            if (attempts != failed) {
                return;
            }
            // Not those that are added meanwhile, such as by a caller that tries again at once: they wait for the
            // next attempts.
            calls = takeWaiting();
        } finally {
            lock.unlock();
        }
        calls.forEach(call -> call.call.notConnected(reason));
    }

    /** With {@link #lock} held. */
    private List<WaitingCall> takeWaiting() {
        List<WaitingCall> calls = List.copyOf(waiting);
        waiting.clear();
        queued = sending;
        attempts = null;
        return calls;
    }

    /** Fails the calls that wait, and those that are still to come. */
    void close() {
        List<WaitingCall> calls;
        lock.lock();
        try {
            closed = true;
            calls = takeWaiting();
        } finally {
            lock.unlock();
        }
        calls.forEach(call -> call.call.notConnected(new ConnectionLostException("the client was closed")));
    }

    /** A call that was started without a connection. Thread-safe. */
    private final class WaitingCall implements StartedCall {
        private final PendingCall call;
        private final MsgpackBuffer request;
        private volatile boolean sent;

        WaitingCall(PendingCall call, MsgpackBuffer request) {
            this.call = call;
            this.request = request;
        }

        @Override
        public void cancel() {
            lock.lock();
            try {
                waiting.remove(this);
            } finally {
                lock.unlock();
            }
            call.cancel();
        }

        @Override
        public void expiring() {
            call.expiring();
        }

        @Override
        public @Nullable String explanation() {
            if (!sent) {
                return connectors.isEmpty() ? "no server has connected to the client" : "no connection yet";
            }
            return call.explanation();
        }

        @Override
        public void requestItem() {
            call.requestItem();
        }
    }
}
