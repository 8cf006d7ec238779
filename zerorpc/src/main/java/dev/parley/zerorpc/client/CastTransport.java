package dev.parley.zerorpc.client;

import dev.parley.Address;
import dev.parley.ArgumentStyle;
import dev.parley.ClientRequest;
import dev.parley.ConnectionLostException;
import dev.parley.InvalidTargetException;
import dev.parley.ServiceDescription;
import dev.parley.spi.ClientCall;
import dev.parley.spi.ClientContext;
import dev.parley.spi.ClientTransport;
import dev.parley.spi.ResponseListener;
import dev.parley.spi.StartedCall;
import dev.parley.zerorpc.channel.Pattern;
import dev.parley.zerorpc.channel.ZerorpcOptions;
import dev.parley.zerorpc.event.EventWriter;
import dev.parley.zerorpc.msgpack.MsgpackMapper;
import dev.parley.zmtp.ZmtpSocket;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import tools.jackson.databind.ObjectMapper;

/**
 * A PUSH or PUB socket, which only casts: to the next server that takes the message, for which the cast waits, or to
 * all servers that are connected. Thread-safe.
 */
public final class CastTransport implements ClientTransport {
    private final Pattern pattern;
    private final MsgpackMapper mapper;
    private final EventWriter writer;
    private final CastPeers peers;
    private final ZmtpSocket socket;

    private final ReentrantLock lock = new ReentrantLock();
    /** Guarded by {@link #lock}. */
    private final LinkedHashSet<Waiting> waiting = new LinkedHashSet<>();
    /** Whether casts wait, behind which others must go. Written with {@link #lock} held. */
    private volatile boolean queued;
    /** Whether another attempt to send those that wait will start when there is room. Guarded by {@link #lock}. */
    private boolean watching;
    /** Guarded by {@link #lock}. */
    private boolean closed;

    private CastTransport(
            Pattern pattern, MsgpackMapper mapper, EventWriter writer, CastPeers peers, ZmtpSocket socket) {
        this.pattern = pattern;
        this.mapper = mapper;
        this.writer = writer;
        this.peers = peers;
        this.socket = socket;
    }

    /**
     * Binds, or starts to connect, and connects again whenever a connection is lost. Does not wait for a server.
     *
     * @throws InvalidTargetException if the address is not usable
     * @throws ConnectionLostException if an endpoint is in use or cannot be bound
     */
    public static CastTransport connect(Address address, ClientContext context) {
        ZerorpcOptions options = ZerorpcOptions.of(address);
        MsgpackMapper mapper = options.mapper(context.values());
        CastPeers peers = new CastPeers(options.pattern());
        ZmtpSocket socket = new ZmtpSocket(
                options.pattern().clientType(),
                options.zmtpLimits(context.values().limits()),
                peers,
                options.security().ofClient());
        var unused = ZerorpcTransport.open(socket, options);
        return new CastTransport(options.pattern(), mapper, new EventWriter(mapper), peers, socket);
    }

    @Override
    public ArgumentStyle argumentStyle() {
        return ArgumentStyle.POSITIONAL;
    }

    @Override
    public ObjectMapper mapper() {
        return mapper;
    }

    /** Whether a server is connected, and has subscribed. */
    @Override
    public boolean isReady() {
        return !peers.isEmpty();
    }

    @Override
    public StartedCall start(ClientCall call, ResponseListener listener) {
        if (call.kind() != ClientRequest.Kind.CAST) {
            throw onlyCasts(call.qualifiedMethod() + " cannot be called");
        }
        byte[] event = ZerorpcTransport.encode(writer, call, writer.nextId()).toByteArray();
        if (!queued && socket.trySend(event)) {
            listener.onSent();
            return StartedCall.NONE;
        }
        Waiting cast = new Waiting(event, listener);
        lock.lock();
        try {
            if (closed) {
                throw new ConnectionLostException("the client is closed");
            }
            waiting.add(cast);
            queued = true;
        } finally {
            lock.unlock();
        }
        sendWaiting();
        return cast;
    }

    private InvalidTargetException onlyCasts(String what) {
        String name = pattern.name().toLowerCase(Locale.ROOT);
        return new InvalidTargetException(what + ": a client with pattern=" + name
                + " only casts, and gets no response; use an address without that option");
    }

    /** Sends the casts that wait, in order, as far as there is room. */
    private void sendWaiting() {
        List<Waiting> sent = new ArrayList<>();
        CompletableFuture<Void> next = null;
        lock.lock();
        try {
            CompletableFuture<Void> current = socket.whenWritable();
            while (!waiting.isEmpty() && !closed && socket.trySend(waiting.getFirst().event)) {
                sent.add(waiting.removeFirst());
            }
            queued = !waiting.isEmpty();
            if (queued && !watching) {
                watching = true;
                next = current;
            }
        } finally {
            lock.unlock();
        }
        sent.forEach(cast -> cast.listener.onSent());
        if (next != null) {
            var unused = next.thenRun(this::roomAgain);
        }
    }

    private void roomAgain() {
        lock.lock();
        try {
            watching = false;
        } finally {
            lock.unlock();
        }
        sendWaiting();
    }

    @Override
    public ServiceDescription describe(PeerCaller caller) {
        throw onlyCasts("the methods of a server cannot be asked for");
    }

    /** Closes; casts that wait for a server fail, and those that are sent have two seconds to leave. */
    @Override
    public void close() {
        List<Waiting> unsent;
        lock.lock();
        try {
            closed = true;
            unsent = List.copyOf(waiting);
            waiting.clear();
            queued = false;
        } finally {
            lock.unlock();
        }
        unsent.forEach(cast -> cast.listener.onFailure(new ConnectionLostException("the client was closed")));
        socket.close();
    }

    /** A cast that no server takes yet. Thread-safe. */
    private final class Waiting implements StartedCall {
        private final byte[] event;
        private final ResponseListener listener;

        Waiting(byte[] event, ResponseListener listener) {
            this.event = event;
            this.listener = listener;
        }

        @Override
        public void cancel() {
            lock.lock();
            try {
                waiting.remove(this);
            } finally {
                lock.unlock();
            }
        }

        @Override
        public String explanation() {
            return peers.isEmpty() ? "no server is connected" : "too much waits to be sent to every server";
        }
    }
}
