package dev.parley.jsonrpc;

import dev.parley.Address;
import dev.parley.CallOptions;
import dev.parley.ConnectionLostException;
import dev.parley.InvalidTargetException;
import dev.parley.RpcException;
import dev.parley.ServiceDescription;
import dev.parley.net.socket.EventLoops;
import dev.parley.spi.AddressOptions;
import dev.parley.spi.ClientCall;
import dev.parley.spi.ClientContext;
import dev.parley.spi.Connection;
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
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.ObjectMapper;

/**
 * The client side of JSON-RPC on bare TCP: all calls on one connection, their answers in any order. It connects when it is first used, and again when it is used
 * after a loss. Thread-safe.
 */
final class JsonRpcTcpConnection implements Connection {
    private static final Logger log = LoggerFactory.getLogger(JsonRpcTcpConnection.class);

    private final Address address;
    private final ObjectMapper mapper;
    private final RequestWriter writer;
    private final AnswerReader reader;
    private final Framing framing;
    private final int maxMessage;
    private final Duration connectTimeout;
    private final AtomicLong ids = new AtomicLong();
    private final ReentrantLock lock = new ReentrantLock();
    private final AtomicReference<@Nullable CompletableFuture<Open>> current = new AtomicReference<>();
    private boolean closed;

    /** An open connection. */
    private record Open(Channel channel, Link link) {}

    private JsonRpcTcpConnection(Address address, ClientContext context) {
        AddressOptions options = new AddressOptions(address);
        this.address = address;
        this.mapper = context.values().json();
        this.writer = new RequestWriter(mapper, JsonRpcHttpConnection.isOld(options), false);
        this.reader = new AnswerReader(mapper);
        this.maxMessage = context.values().limits().messageBytes();
        this.connectTimeout = options.seconds("connect_timeout", Duration.ofSeconds(10));
        String chosen = String.valueOf(options.text("framing", "lines"));
        this.framing = switch (chosen) {
            case "lines" -> Framing.LINES;
            case "headers" -> Framing.HEADERS;
            default -> throw new InvalidTargetException("option framing=" + chosen + " must be lines or headers");
        };
        options.refuseOthers();
    }

    static JsonRpcTcpConnection open(Address address, ClientContext context) {
        return new JsonRpcTcpConnection(address, context);
    }

    @Override
    public ArgumentStyle arguments() {
        return writer.old() ? ArgumentStyle.POSITIONAL : ArgumentStyle.EITHER;
    }

    @Override
    public ObjectMapper mapper() {
        return mapper;
    }

    @Override
    public @Nullable Object call(ClientCall call) {
        CompletableFuture<Envelope> answer = send(call);
        try {
            return reader.result(answer.get(Math.max(1, call.remainingNanos()), TimeUnit.NANOSECONDS), call);
        } catch (TimeoutException e) {
            answer.cancel(false);
            throw call.timedOut();
        } catch (ExecutionException e) {
            throw failure(e);
        } catch (InterruptedException e) {
            answer.cancel(false);
            Thread.currentThread().interrupt();
            throw new ConnectionLostException(
                    "interrupted while waiting for the answer to " + call.qualifiedMethod(), e);
        }
    }

    @Override
    public CompletableFuture<@Nullable Object> callAsync(ClientCall call) {
        CompletableFuture<Envelope> answer = send(call);
        CompletableFuture<Envelope> inTime =
                answer.copy().orTimeout(Math.max(1, call.remainingNanos()), TimeUnit.NANOSECONDS);
        CompletableFuture<@Nullable Object> result = inTime.handle((envelope, error) -> {
            if (error == null) {
                return reader.result(envelope, call);
            }
            answer.cancel(false);
            throw error instanceof TimeoutException ? call.timedOut() : failure(error);
        });
        result.whenComplete((value, error) -> {
            if (result.isCancelled()) {
                answer.cancel(false);
            }
        });
        return result;
    }

    @Override
    public void cast(ClientCall call) {
        byte[] message = writer.write(call, null, null);
        try {
            Open open = connected().get(Math.max(1, call.remainingNanos()), TimeUnit.NANOSECONDS);
            ChannelFuture written = open.channel().writeAndFlush(framing.frame(message));
            if (!written.await(Math.max(1, call.remainingNanos()), TimeUnit.NANOSECONDS)) {
                throw call.timedOut();
            }
            if (!written.isSuccess()) {
                throw new ConnectionLostException("connection to " + address + " lost", written.cause());
            }
        } catch (TimeoutException e) {
            throw call.timedOut();
        } catch (ExecutionException e) {
            throw failure(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ConnectionLostException("interrupted while sending " + call.qualifiedMethod(), e);
        }
    }

    private CompletableFuture<Envelope> send(ClientCall call) {
        long id = ids.incrementAndGet();
        byte[] message = writer.write(call, id, null);
        CompletableFuture<Open> open = connected();
        if (open.isDone() && !open.isCompletedExceptionally()) {
            return open.join().link().request(id, message);
        }
        CompletableFuture<Envelope> answer = new CompletableFuture<>();
        open.whenComplete((opened, failure) -> {
            if (failure != null) {
                answer.completeExceptionally(failure);
            } else if (!answer.isDone()) {
                CompletableFuture<Envelope> sent = opened.link().request(id, message);
                sent.whenComplete((envelope, error) -> {
                    if (error == null) {
                        answer.complete(envelope);
                    } else {
                        answer.completeExceptionally(error);
                    }
                });
                answer.whenComplete((envelope, error) -> sent.cancel(false));
            }
        });
        return answer;
    }

    private static RpcException failure(Throwable thrown) {
        Throwable cause = thrown;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause instanceof RpcException known
                ? known
                : new ConnectionLostException(
                        cause instanceof CancellationException ? "the call was cancelled" : String.valueOf(cause),
                        cause);
    }

    /** The open connection, or the attempt to open one. */
    private CompletableFuture<Open> connected() {
        lock.lock();
        try {
            if (closed) {
                return CompletableFuture.failedFuture(
                        new ConnectionLostException("this client of " + address + " is closed"));
            }
            CompletableFuture<Open> known = current.get();
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
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, Math.toIntExact(connectTimeout.toMillis()))
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
                .connect(InetSocketAddress.createUnresolved(address.host(), address.port(TcpListener.defaultPort())));
        connecting.addListener((ChannelFutureListener) done -> {
            if (!done.isSuccess()) {
                opening.completeExceptionally(new ConnectionLostException(
                        "cannot connect to " + address + ": " + done.cause().getMessage(), done.cause()));
            }
        });
        return opening;
    }

    /** Brings what arrives to the link. */
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
            opening.complete(new Open(ctx.channel(), link));
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
    public ServiceDescription describe(CallOptions options) {
        return Describing.describe(this, options);
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
        }
    }
}
