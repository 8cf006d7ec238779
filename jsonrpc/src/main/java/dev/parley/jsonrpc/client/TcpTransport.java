package dev.parley.jsonrpc.client;

import dev.parley.Address;
import dev.parley.ArgumentStyle;
import dev.parley.ClientRequest;
import dev.parley.ConnectionLostException;
import dev.parley.ServiceDescription;
import dev.parley.jsonrpc.message.RequestWriter;
import dev.parley.jsonrpc.message.ResponseReader;
import dev.parley.jsonrpc.stream.FrameDecoder;
import dev.parley.jsonrpc.stream.Framing;
import dev.parley.net.socket.EventLoops;
import dev.parley.spi.AddressOptions;
import dev.parley.spi.ClientCall;
import dev.parley.spi.ClientContext;
import dev.parley.spi.ClientTransport;
import dev.parley.spi.ResponseListener;
import dev.parley.spi.StartedCall;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.handler.flush.FlushConsolidationHandler;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.ObjectMapper;

/**
 * The client side of JSON-RPC over TCP: all calls on one connection, their responses in any order. It connects when it
 * is first used, and again when it is used after
 * the connection was lost. Thread-safe.
 */
public final class TcpTransport implements ClientTransport {
    private static final Logger log = LoggerFactory.getLogger(TcpTransport.class);

    private final Address address;
    private final ObjectMapper mapper;
    private final RequestWriter writer;
    private final ResponseReader reader;
    private final Framing framing;
    private final int maxMessage;
    private final int connectMillis;
    private final AtomicLong ids = new AtomicLong();
    private final ReentrantLock lock = new ReentrantLock();
    private final AtomicReference<@Nullable CompletableFuture<Open>> current = new AtomicReference<>();
    private volatile boolean closed;

    /** An open connection. */
    private record Open(Channel channel, Link link) {}

    public TcpTransport(Address address, ClientContext context) {
        AddressOptions options = new AddressOptions(address);
        this.address = address;
        this.mapper = context.values().forPeer(options).json();
        this.writer = new RequestWriter(mapper, JsonRpcHttp.isVersion1(options), false);
        this.reader = new ResponseReader(mapper);
        this.maxMessage = context.values().limits().messageBytes();
        this.connectMillis = Math.toIntExact(options.connectTimeout().toMillis());
        this.framing = options.choice("framing", Framing.LINES, Framing.class);
        options.refuseOthers();
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
        open.channel().writeAndFlush(framing.frame(message)).addListener((ChannelFutureListener) written -> {
            if (written.isSuccess()) {
                listener.onSent();
            } else {
                listener.onFailure(new ConnectionLostException("connection to " + address + " lost", written.cause()));
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
        ChannelFuture connecting = new Bootstrap()
                .group(EventLoops.shared())
                .channel(EventLoops.channel())
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, connectMillis)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        Link link = new Link(
                                address.toString(),
                                mapper,
                                reader,
                                message -> channel.writeAndFlush(framing.frame(message)));
                        channel.pipeline()
                                .addLast(
                                        new FlushConsolidationHandler(256, true),
                                        new FrameDecoder(maxMessage),
                                        new Receiver(link, opening));
                    }
                })
                .connect(InetSocketAddress.createUnresolved(address.host(), address.port(Framing.DEFAULT_PORT)));
        connecting.addListener((ChannelFutureListener) done -> {
            if (!done.isSuccess()) {
                opening.completeExceptionally(new ConnectionLostException(
                        "cannot connect to " + address + ": " + done.cause().getMessage(), done.cause()));
            }
        });
        return opening;
    }

    /** Brings what arrives to the link. Confined to the event loop. */
    private final class Receiver extends ChannelInboundHandlerAdapter {
        private final Link link;
        private final CompletableFuture<Open> opening;
        private @Nullable Throwable cause;

        Receiver(Link link, CompletableFuture<Open> opening) {
            this.link = link;
            this.opening = opening;
        }

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            if (!opening.complete(new Open(ctx.channel(), link))) {
                // Closed meanwhile.
                ctx.close();
            }
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            if (message instanceof byte[] bytes) {
                link.received(bytes);
            } else {
                log.warn("{}: closing the connection: {}", address, message);
                ctx.close();
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable thrown) {
            cause = thrown;
            ctx.close();
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            current.compareAndSet(opening, null);
            link.lost(cause);
        }
    }

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
            open.thenAccept(opened -> opened.channel().close());
            open.completeExceptionally(new ConnectionLostException("this client of " + address + " is closed"));
        }
    }
}
