package dev.parley.jsonrpc.client;

import dev.parley.Address;
import dev.parley.ArgumentStyle;
import dev.parley.ClientRequest;
import dev.parley.ConnectionLostException;
import dev.parley.ProtocolException;
import dev.parley.ServiceDescription;
import dev.parley.jsonrpc.message.RequestWriter;
import dev.parley.jsonrpc.message.ResponseReader;
import dev.parley.jsonrpc.stream.FrameDecoder;
import dev.parley.jsonrpc.stream.Framing;
import dev.parley.jsonrpc.stream.StreamAddress;
import dev.parley.spi.AddressOptions;
import dev.parley.spi.ClientCall;
import dev.parley.spi.ClientContext;
import dev.parley.spi.ClientTransport;
import dev.parley.spi.ResponseListener;
import dev.parley.spi.StartedCall;
import dev.parley.spi.ValueMapping;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.ObjectMapper;

/**
 * The client side of JSON-RPC on a stream: all calls on one connection, their responses in any order. It connects when
 * it is first used, and again when it is used after the connection was lost. Thread-safe.
 */
public final class StreamTransport implements ClientTransport {
    private static final Logger log = LoggerFactory.getLogger(StreamTransport.class);

    private final Address address;
    private final ObjectMapper mapper;
    private final RequestWriter writer;
    private final ResponseReader reader;
    private final Connector connector;
    private final AtomicLong ids = new AtomicLong();
    private final ReentrantLock lock = new ReentrantLock();
    private final AtomicReference<@Nullable CompletableFuture<Open>> current = new AtomicReference<>();
    private volatile boolean closed;

    /** An open connection. */
    private record Open(Connector.Connection connection, Link link) {}

    /** How a transport gets its connections, from the rest of its options. */
    private interface Connecting {
        Connector connector(AddressOptions options, int maxMessage);
    }

    private StreamTransport(Address address, ClientContext context, Connecting connecting) {
        AddressOptions options = new AddressOptions(address);
        ValueMapping values = context.values().forPeer(options);
        this.address = address;
        this.mapper = values.json();
        this.writer = new RequestWriter(mapper, JsonRpcHttp.isVersion1(options), false);
        this.reader = new ResponseReader(mapper);
        this.connector = connecting.connector(options, values.limits().messageBytes());
        options.refuseOthers();
    }

    /** A transport to a TCP port or a Unix-domain socket. */
    public static StreamTransport socket(Address address, ClientContext context) {
        return new StreamTransport(
                address,
                context,
                (options, maxMessage) -> new SocketConnector(
                        address,
                        StreamAddress.of(address, options),
                        options.choice("framing", Framing.LINES, Framing.class),
                        maxMessage,
                        options.connectTimeout()));
    }

    /** A transport to a child process. */
    public static StreamTransport child(Address address, ClientContext context) {
        return new StreamTransport(
                address, context, (options, maxMessage) -> ChildConnector.of(address, options, maxMessage));
    }

    @Override
    public ArgumentStyle argumentStyle() {
        return writer.argumentStyle();
    }

    @Override
    public ObjectMapper mapper() {
        return mapper;
    }

    @Override
    public StartedCall start(ClientCall call, ResponseListener listener) {
        Long id = call.kind() == ClientRequest.Kind.CAST ? null : ids.incrementAndGet();
        byte[] message = writer.write(call, id, null);
        CompletableFuture<Open> open = connected();
        if (open.isDone() && !open.isCompletedExceptionally()) {
            return send(open.join(), id, message, listener);
        }
        Waiting waiting = new Waiting();
        open.whenComplete((opened, error) -> {
            if (error != null) {
                listener.onFailure(new ConnectionLostException(String.valueOf(error.getMessage()), error.getCause()));
            } else {
                waiting.send(() -> send(opened, id, message, listener));
            }
        });
        return waiting;
    }

    private StartedCall send(Open open, @Nullable Long id, byte[] message, ResponseListener listener) {
        if (id != null) {
            return open.link().request(id, message, listener);
        }
        open.connection().send(message, failure -> {
            if (failure == null) {
                listener.onSent();
            } else {
                listener.onFailure(new ConnectionLostException("connection to " + address + " lost", failure));
            }
        });
        return StartedCall.NONE;
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
    private CompletableFuture<Open> connected() {
        CompletableFuture<Open> known = current.get();
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
                current.set(known);
            }
            return known;
        } finally {
            lock.unlock();
        }
    }

    private CompletableFuture<Open> connect() {
        CompletableFuture<Open> opening = new CompletableFuture<>();
        connector.connect(new Session(opening));
        return opening;
    }

    /** One connection. Confined to the thread that tells of its events. */
    private final class Session implements Connector.Events {
        private final CompletableFuture<Open> opening;
        private @Nullable Open open;
        private @Nullable Throwable cause;

        Session(CompletableFuture<Open> opening) {
            this.opening = opening;
        }

        @Override
        public void opened(Connector.Connection connection) {
            Link link = new Link(
                    address.toString(), mapper, reader, message -> connection.send(message, StreamTransport::ignore));
            open = new Open(connection, link);
            if (!opening.complete(open)) {
                // Closed meanwhile.
                connection.close();
            }
        }

        @Override
        public void failed(ConnectionLostException error) {
            opening.completeExceptionally(error);
        }

        @Override
        public void received(Object message) {
            Open to = open;
            if (to == null) {
                return;
            }
            switch (message) {
                case byte[] bytes -> to.link().received(bytes);
                case FrameDecoder.Problem problem
                when !problem.fatal() -> to.link().tooLarge(problem.text());
                case FrameDecoder.Problem problem -> {
                    log.warn("{}: closing the connection: {}", address, problem.text());
                    cause = new ProtocolException(problem.text());
                    to.connection().close();
                }
                default -> log.debug("{}: ignored {}", address, message);
            }
        }

        @Override
        public void lost(@Nullable Throwable why) {
            current.compareAndSet(opening, null);
            if (open != null) {
                open.link().lost(cause == null ? why : cause);
            }
        }
    }

    /** The end of the connection tells of a failure to send. */
    private static void ignore(@Nullable Throwable failure) {}

    @Override
    public ServiceDescription describe(PeerCaller caller) {
        return PeerDescription.read(caller);
    }

    @Override
    public void close() {
        CompletableFuture<Open> open;
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
                open.join().link().close();
                open.join().connection().close();
            }
        }
    }
}
