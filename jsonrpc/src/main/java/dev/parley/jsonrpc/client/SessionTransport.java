package dev.parley.jsonrpc.client;

import dev.parley.Address;
import dev.parley.ArgumentStyle;
import dev.parley.CallOption;
import dev.parley.ConnectionLostException;
import dev.parley.InvalidTargetException;
import dev.parley.RpcException;
import dev.parley.ServiceDescription;
import dev.parley.http.HttpCallOptions;
import dev.parley.jsonrpc.message.RequestWriter;
import dev.parley.jsonrpc.session.Connection;
import dev.parley.jsonrpc.session.Disconnects;
import dev.parley.jsonrpc.session.MessageHandler;
import dev.parley.jsonrpc.session.Outgoing;
import dev.parley.jsonrpc.session.OutgoingWriter;
import dev.parley.jsonrpc.session.PeerDescription;
import dev.parley.jsonrpc.session.Problem;
import dev.parley.jsonrpc.session.Session;
import dev.parley.jsonrpc.stream.Framing;
import dev.parley.jsonrpc.stream.StreamAddress;
import dev.parley.net.http.rpc.HttpAddress;
import dev.parley.net.http.rpc.WebSocketAddress;
import dev.parley.net.socket.Trust;
import dev.parley.spi.AddressOptions;
import dev.parley.spi.ClientCall;
import dev.parley.spi.ClientContext;
import dev.parley.spi.ClientTransport;
import dev.parley.spi.ResponseListener;
import dev.parley.spi.StartedCall;
import dev.parley.spi.ValueMapping;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.ObjectMapper;

/**
 * The client side of JSON-RPC on a lasting connection: all calls on one, their responses in any order. It connects when
 * it is first used, and again when it is used after the connection was lost. Thread-safe.
 */
public final class SessionTransport implements ClientTransport {
    private final Address address;
    private final ObjectMapper mapper;
    private final OutgoingWriter writer;
    private final @Nullable MessageHandler handler;
    private final Connector connector;
    private final @Nullable FixedOption fixed;
    private final ReentrantLock lock = new ReentrantLock();
    private final AtomicReference<@Nullable CompletableFuture<Session>> current = new AtomicReference<>();
    private final List<Runnable> onDisconnect = new CopyOnWriteArrayList<>();
    private volatile boolean closed;

    /** How a transport gets its connections, from the rest of its options. */
    interface Connecting {
        /**
         * What opens them.
         *
         * @param maxMessage how many bytes a message may have
         */
        Connector connector(AddressOptions options, int maxMessage);
    }

    /**
     * A call option that holds for a whole connection.
     *
     * @param value the client's
     * @param advice what to tell a caller who sets another
     */
    private record FixedOption(
            CallOption<?> option, @Nullable Object value, String advice) {}

    /** A transport; {@code connecting} reads the options that are its own. */
    SessionTransport(Address address, ClientContext context, Connecting connecting) {
        this(address, context, connecting, null);
    }

    private SessionTransport(
            Address address, ClientContext context, Connecting connecting, @Nullable FixedOption fixed) {
        this.fixed = fixed;
        AddressOptions options = new AddressOptions(address);
        ValueMapping values = context.values().forPeer(options);
        this.address = address;
        this.mapper = values.json();
        this.writer = new OutgoingWriter(new RequestWriter(mapper, JsonRpcHttp.isVersion1(options), false));
        this.handler = MessageHandler.ofClient(context, address, options, values);
        this.connector = connecting.connector(options, values.limits().messageBytes());
        options.refuseOthers();
    }

    /** A transport to a TCP port or a Unix-domain socket. */
    public static SessionTransport socket(Address address, ClientContext context) {
        return new SessionTransport(
                address,
                context,
                (options, maxMessage) -> new SocketConnector(
                        address,
                        StreamAddress.of(address, options),
                        options.choice("framing", Framing.LINES, Framing.class),
                        maxMessage,
                        options.connectTimeout(),
                        Trust.read(address, address.scheme().equals(StreamAddress.TLS), options, context.tls())));
    }

    /** A transport to a WebSocket address. */
    public static SessionTransport webSocket(Address address, String defaultPath, ClientContext context) {
        Map<String, String> fields = context.options().get(HttpCallOptions.HEADERS);
        return new SessionTransport(
                address,
                context,
                (options, maxMessage) -> new WebSocketConnector(
                        address,
                        WebSocketAddress.client(
                                address,
                                options,
                                context.values().limits(),
                                HttpAddress.path(address, options, defaultPath),
                                fields,
                                context.tls())),
                new FixedOption(
                        HttpCallOptions.HEADERS,
                        fields,
                        "over WebSocket header fields are sent once, when a client connects: set them for the client"));
    }

    /** A transport to a child process. */
    public static SessionTransport child(Address address, ClientContext context) {
        return new SessionTransport(
                address, context, (options, maxMessage) -> ChildConnector.of(address, options, maxMessage));
    }

    @Override
    public ArgumentStyle argumentStyle() {
        return writer.requests().argumentStyle();
    }

    @Override
    public ObjectMapper mapper() {
        return mapper;
    }

    @Override
    public boolean batches() {
        return !writer.requests().version1();
    }

    @Override
    public Set<CallOption<?>> callOptions() {
        return fixed == null ? Set.of() : Set.of(fixed.option());
    }

    /** Refuses a call with another value of an option than the connection has, rather than ignore it. */
    private void check(ClientCall call) {
        if (fixed != null && !Objects.equals(call.options().get(fixed.option()), fixed.value())) {
            throw new InvalidTargetException(fixed.advice());
        }
    }

    @Override
    public StartedCall start(ClientCall call, ResponseListener listener) {
        check(call);
        return send(writer.single(call, listener), List.of(listener));
    }

    @Override
    public StartedCall startBatch(List<ClientCall> calls, List<ResponseListener> listeners) {
        calls.forEach(this::check);
        return send(writer.batch(calls, listeners), listeners);
    }

    private StartedCall send(Outgoing message, List<ResponseListener> listeners) {
        CompletableFuture<Session> open = connected();
        if (open.isDone() && !open.isCompletedExceptionally()) {
            return open.join().send(message);
        }
        Waiting waiting = new Waiting();
        open.whenComplete((opened, error) -> {
            if (error != null) {
                for (ResponseListener listener : listeners) {
                    listener.onFailure(
                            error instanceof RpcException known && !(known instanceof ConnectionLostException)
                                    ? known
                                    : new ConnectionLostException(
                                            String.valueOf(error.getMessage()), error.getCause()));
                }
            } else {
                waiting.send(() -> opened.send(message));
            }
        });
        return waiting;
    }

    /** The session of the open connection; {@code null} if there is none. */
    private @Nullable Session session() {
        CompletableFuture<Session> open = current.get();
        return open != null && open.isDone() && !open.isCompletedExceptionally() ? open.join() : null;
    }

    @Override
    public @Nullable Object connection() {
        return session();
    }

    @Override
    public boolean isReading() {
        Session session = session();
        return session != null && session.isReading();
    }

    @Override
    public void onDisconnect(Runnable action) {
        onDisconnect.add(action);
    }

    /** A call that waits for the connection. Thread-safe. */
    private static final class Waiting implements StartedCall {
        private @Nullable StartedCall sent; // Guarded by this.
        private boolean cancelled; // Guarded by this.

        interface Sending {
            StartedCall send();
        }

        synchronized void send(Sending sending) {
            if (!cancelled) {
                sent = sending.send();
            }
        }

        @Override
        public synchronized void cancel() {
            cancelled = true;
            if (sent != null) {
                sent.cancel();
            }
        }
    }

    /** The open connection, or the attempt to open one. */
    private CompletableFuture<Session> connected() {
        CompletableFuture<Session> known = current.get();
        if (known != null && !known.isCompletedExceptionally()) {
            return known;
        }
        lock.lock();
        try {
            if (closed) {
                return CompletableFuture.failedFuture(
                        new ConnectionLostException("this client of " + address + " is closed"));
            }
            known = current.get();
            if (known == null || known.isCompletedExceptionally()) {
                known = connect();
            }
            return known;
        } finally {
            lock.unlock();
        }
    }

    private CompletableFuture<Session> connect() {
        CompletableFuture<Session> opening = new CompletableFuture<>();
        // Before connecting: the connection may be lost before this thread goes on.
        current.set(opening);
        try {
            connector.connect(new Events(opening));
        } catch (RuntimeException | Error e) {
            current.compareAndSet(opening, null);
            // For calls that have come to wait for it meanwhile.
            opening.completeExceptionally(e);
            throw e;
        }
        return opening;
    }

    /** One connection. Confined to the thread that tells of its events. */
    private final class Events implements Connector.Events {
        private final CompletableFuture<Session> opening;
        private volatile @Nullable Session session;

        Events(CompletableFuture<Session> opening) {
            this.opening = opening;
        }

        @Override
        public void opened(Connection connection) {
            Session open = Session.ofClient(connection, address.toString(), writer, handler);
            session = open;
            if (!opening.complete(open)) {
                // Closed meanwhile.
                connection.close();
            }
        }

        @Override
        public void failed(RpcException error) {
            opening.completeExceptionally(error);
        }

        @Override
        public void received(Object message) {
            Session to = session;
            if (to != null && message instanceof byte[] bytes) {
                to.received(bytes);
            } else if (to != null && message instanceof Problem problem) {
                to.problem(problem);
            }
        }

        @Override
        public void receivedAll() {
            Session to = session;
            if (to != null) {
                to.receivedAll();
            }
        }

        @Override
        public void writabilityChanged() {
            Session to = session;
            if (to != null) {
                to.writabilityChanged();
            }
        }

        @Override
        public void lost(@Nullable Throwable why) {
            current.compareAndSet(opening, null);
            Session to = session;
            if (to != null) {
                to.lost(why);
                if (!closed) {
                    onDisconnect.forEach(Disconnects::run);
                }
            }
        }
    }

    @Override
    public ServiceDescription describe(PeerCaller caller) {
        return PeerDescription.read(caller);
    }

    @Override
    public void close() {
        CompletableFuture<Session> open;
        lock.lock();
        try {
            closed = true;
            open = current.getAndSet(null);
        } finally {
            lock.unlock();
        }
        if (open != null) {
            ConnectionLostException error = new ConnectionLostException("this client of " + address + " is closed");
            if (!open.completeExceptionally(error) && !open.isCompletedExceptionally()) {
                open.join().close();
            }
        }
    }
}
