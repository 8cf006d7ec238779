package dev.parley.broker.connection;

import dev.parley.broker.amqp.AmqpException;
import dev.parley.broker.amqp.FrameDecoder;
import dev.parley.broker.amqp.Method;
import dev.parley.broker.amqp.Method.ConnectionClose;
import dev.parley.broker.amqp.Method.ConnectionCloseOk;
import dev.parley.broker.amqp.Method.ConnectionUpdateSecret;
import dev.parley.broker.amqp.MethodWriter;
import dev.parley.broker.amqp.ReplyCode;
import dev.parley.broker.auth.Access;
import dev.parley.broker.channel.ChannelSession;
import dev.parley.broker.limit.Watermark;
import dev.parley.broker.output.FrameOutput;
import dev.parley.broker.output.Outbox;
import dev.parley.broker.queue.MessageQueue;
import dev.parley.broker.virtualhost.VirtualHost;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.security.Principal;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client's connection: handshake, channels, heartbeats, blocking, and the end. All of it happens on the connection's event loop except where a
 * method says otherwise.
 */
public final class Connection extends ChannelInboundHandlerAdapter implements FrameDecoder.Listener, Watermark.Waiter {
    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);
    private static final byte[] PROTOCOL_HEADER = {'A', 'M', 'Q', 'P', 0, 0, 9, 1};
    /** How long a client may take to say close-ok. */
    private static final int CLOSE_OK_SECONDS = 5;

    private final BrokerCore broker;
    private final long id;
    private final boolean asksCertificates;
    private final FrameDecoder decoder;
    private final Map<Integer, ChannelSession> channels = new ConcurrentHashMap<>();
    private final Set<MessageQueue> owned = ConcurrentHashMap.newKeySet(2);
    private final Set<ChannelSession> unconfirmed = new LinkedHashSet<>();
    private final Handshake handshake;
    private final Blocking blocking = new Blocking(this);
    private final long connectedAt = System.currentTimeMillis();
    private @Nullable ChannelHandlerContext ctx;
    private @Nullable FrameOutput output;
    private @Nullable Outbox outbox;
    private @Nullable VirtualHost virtualHost;
    private @Nullable Access access;
    private @Nullable Heartbeats heartbeats;
    private @Nullable Future<?> patience;
    private int channelMax;
    private int frameMax;
    private boolean closing;
    private boolean cleaned;

    public Connection(BrokerCore broker, boolean asksCertificates) {
        this.broker = broker;
        this.id = broker.nextConnectionId();
        this.asksCertificates = asksCertificates;
        this.handshake = new Handshake(this, broker);
        this.decoder = new FrameDecoder(this, 8192);
    }

    public FrameDecoder decoder() {
        return decoder;
    }

    public BrokerCore broker() {
        return broker;
    }

    public long id() {
        return id;
    }

    public ChannelHandlerContext ctx() {
        return Objects.requireNonNull(ctx);
    }

    public FrameOutput output() {
        return Objects.requireNonNull(output);
    }

    /** Thread-safe. */
    public Outbox outbox() {
        return Objects.requireNonNull(outbox);
    }

    public VirtualHost virtualHost() {
        return Objects.requireNonNull(virtualHost);
    }

    public Access access() {
        return Objects.requireNonNull(access);
    }

    public Handshake handshake() {
        return handshake;
    }

    public Blocking blocking() {
        return blocking;
    }

    /** The exclusive queues it made; concurrent. */
    public Set<MessageQueue> owned() {
        return owned;
    }

    public Collection<ChannelSession> channels() {
        return channels.values();
    }

    public int channelMax() {
        return channelMax;
    }

    public int frameMax() {
        return frameMax;
    }

    public int heartbeatSeconds() {
        return heartbeats == null ? 0 : heartbeats.seconds();
    }

    public long connectedAt() {
        return connectedAt;
    }

    public boolean asksCertificates() {
        return asksCertificates;
    }

    /** Whether it is past the handshake; any thread. */
    public boolean isOpen() {
        return virtualHost != null && !cleaned;
    }

    @Nullable
    public InetAddress remoteAddress() {
        return ctx().channel().remoteAddress() instanceof InetSocketAddress address ? address.getAddress() : null;
    }

    @Nullable
    public Principal certificate() {
        SslHandler tls = ctx().pipeline().get(SslHandler.class);
        try {
            return tls == null ? null : tls.engine().getSession().getPeerPrincipal();
        } catch (SSLPeerUnverifiedException e) {
            return null;
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        this.ctx = ctx;
        output = new FrameOutput(ctx);
        outbox = new Outbox(ctx.channel().eventLoop(), this::drainOutbox);
        broker.connections().add(this);
        broker.accepted.increment();
        patience = ctx.executor()
                .schedule(
                        () -> {
                            if (!handshake.done()) {
                                LOG.debug("{} took too long to log in", this);
                                ctx.close();
                            }
                        },
                        broker.limits().handshakeMillis(),
                        TimeUnit.MILLISECONDS);
        LOG.debug("{} accepted", this);
    }

    public void tuned(int channelMax, int frameMax, int heartbeatSeconds) {
        this.channelMax = channelMax;
        this.frameMax = frameMax;
        decoder.frameMax(frameMax);
        output().frameMax(frameMax);
        heartbeats = new Heartbeats(this, heartbeatSeconds);
    }

    private void endPatience() {
        if (patience != null) {
            patience.cancel(false);
        }
    }

    public void opened(VirtualHost virtualHost, Access access) {
        endPatience();
        this.access = access;
        this.virtualHost = virtualHost;
        LOG.info("{} opened virtual host '{}' as '{}'", this, virtualHost.name(), access.userName());
    }

    @Override
    public void protocolHeader(byte[] octets) {
        if (Arrays.equals(octets, PROTOCOL_HEADER)) {
            handshake.start();
        } else {
            LOG.debug("{} does not speak AMQP 0-9-1", this);
            decoder.stop();
            ctx().writeAndFlush(Unpooled.wrappedBuffer(PROTOCOL_HEADER)).addListener(done -> ctx().close());
        }
    }

    @Override
    public void malformed(AmqpException error) {
        fail(error, 0, 0, 0);
    }

    @Override
    public void frame(int type, int channel, ByteBuf payload) {
        if (heartbeats != null) {
            heartbeats.received();
        }
        if (type == FrameDecoder.HEARTBEAT) {
            return;
        }
        int classId = 0;
        int methodId = 0;
        try {
            if (type == FrameDecoder.METHOD) {
                classId = payload.readUnsignedShort();
                methodId = payload.readUnsignedShort();
                Method method = Method.read(classId, methodId, payload);
                if (channel == 0) {
                    handle(method);
                } else if (!closing) {
                    channel(channel, method).handle(method, classId, methodId);
                }
            } else if (!closing) {
                ChannelSession session = channels.get(channel);
                if (session == null) {
                    throw new AmqpException(ReplyCode.CHANNEL_ERROR, "expected 'channel.open'");
                }
                if (session.expectsContent()) {
                    classId = 60; // What is wrong with a message is wrong with its basic.publish.
                    methodId = 40;
                }
                session.content(type, payload);
            }
        } catch (AmqpException e) {
            fail(e, channel, classId, methodId);
        } catch (IndexOutOfBoundsException e) {
            fail(new AmqpException(ReplyCode.SYNTAX_ERROR, "frame ends within a field"), channel, classId, methodId);
        } catch (RuntimeException e) {
            LOG.error("{}: method {}.{} failed", this, classId, methodId, e);
            fail(new AmqpException(ReplyCode.INTERNAL_ERROR, "INTERNAL_ERROR"), channel, classId, methodId);
        }
    }

    private ChannelSession channel(int number, Method method) {
        ChannelSession session = channels.get(number);
        if (!handshake.done()) {
            throw AmqpException.hard(
                    ReplyCode.COMMAND_INVALID, "channel " + number + " used before connection.open-ok");
        }
        if (session == null) {
            if (!(method instanceof Method.ChannelOpen)) {
                throw new AmqpException(ReplyCode.CHANNEL_ERROR, "expected 'channel.open'");
            }
            if (number > channelMax) {
                throw new AmqpException(
                        ReplyCode.NOT_ALLOWED,
                        "number of channels opened (" + channels.size() + ") has reached the negotiated channel_max ("
                                + channelMax + ")");
            }
            session = new ChannelSession(number, this);
            channels.put(number, session);
        }
        return session;
    }

    private void handle(Method method) {
        switch (method) {
            case ConnectionClose close -> {
                LOG.debug("{} closed by its client: {} {}", this, close.code(), close.text());
                cleanUp();
                MethodWriter.plain(output().frame(), 0, 10, 51);
                output().flush();
                endWhenWritten();
            }
            case ConnectionCloseOk ok -> ctx().close();
            // As in RabbitMQ a password that changed matters to the next login alone.
            case ConnectionUpdateSecret update
            when handshake.done() && !closing -> MethodWriter.plain(output().frame(), 0, 10, 71);
            default -> {
                if (closing) {
                    return;
                }
                if (handshake.done()) {
                    throw AmqpException.hard(
                            ReplyCode.COMMAND_INVALID,
                            method.getClass().getSimpleName() + " is not for an open connection");
                }
                handshake.handle(method);
            }
        }
    }

    private void endWhenWritten() {
        closing = true;
        decoder.stop();
        ctx().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(done -> ctx().close());
    }

    /** Closes the channel or, where the error is hard, the connection. */
    private void fail(AmqpException error, int channel, int classId, int methodId) {
        if (closing) {
            return;
        }
        ChannelSession session = channels.get(channel);
        if (!error.isHard() && session != null) {
            LOG.debug("{} channel {} closed: {}", this, channel, error.getMessage());
            session.fail(error, classId, methodId);
            output().flush();
            return;
        }
        close(error, classId, methodId);
    }

    /** Tells the client why and ends; on the event loop. */
    public void close(AmqpException error, int classId, int methodId) {
        if (closing) {
            return;
        }
        LOG.debug("{} closed: {}", this, error.getMessage());
        closing = true;
        cleanUp();
        boolean silent = !handshake.loggedIn() && !handshake.clientCan("authentication_failure_close");
        if (silent && error.code() == ReplyCode.ACCESS_REFUSED) {
            ctx().close();
            return;
        }
        MethodWriter.close(output().frame(), 0, error.code().code(), error.replyText(), classId, methodId);
        output().flush();
        blocking.readOn();
        ctx().executor().schedule(() -> ctx().close(), CLOSE_OK_SECONDS, TimeUnit.SECONDS);
    }

    /** Ends with the broker: the client is told, and not waited for. */
    public void shutDown() {
        if (!closing && handshake.done()) {
            close(
                    AmqpException.hard(
                            ReplyCode.CONNECTION_FORCED, "broker forced connection closure with reason 'shutdown'"),
                    0,
                    0);
        }
        ctx().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(done -> ctx().close());
    }

    public void forget(ChannelSession session) {
        channels.remove(session.number(), session);
    }

    private void drainOutbox() {
        drain();
        output().flush();
        outbox().writable(ctx().channel().isWritable() && !cleaned);
        kickQueues();
    }

    /** Writes what queues handed over. */
    public void drain() {
        for (Outbox.Item item = outbox().poll(); item != null; item = outbox().poll()) {
            switch (item) {
                case Outbox.Delivery delivery -> delivery.consumer().channel().deliver(delivery);
                case Outbox.Cancellation gone -> gone.consumer().channel().cancelled(gone.consumer());
                case Outbox.DirectReply reply -> reply.channel().deliver(reply);
            }
        }
    }

    private void kickQueues() {
        if (outbox().takeStarved()) {
            for (ChannelSession session : channels.values()) {
                session.kickQueues();
            }
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        unconfirmed.forEach(ChannelSession::flushConfirms);
        unconfirmed.clear();
        output().flush();
    }

    /** The channel has publishes to confirm once everything that came is handled. */
    public void confirmLater(ChannelSession session) {
        unconfirmed.add(session);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        boolean writable = ctx.channel().isWritable();
        outbox().writable(writable && !cleaned);
        blocking.outputFull(!writable);
        if (writable) {
            kickQueues();
        }
    }

    /** Reads no more until the watermark is passed downwards. */
    public void blockOn(Watermark watermark) {
        blocking.await(watermark);
    }

    /** Any thread. */
    @Override
    public void released(Watermark watermark) {
        ctx().executor().execute(() -> blocking.released(watermark));
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        LOG.debug("{} gone", this);
        cleanUp();
        output().flush(); // Nobody reads it, but its buffer goes back.
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof IOException || cause instanceof DecoderException) {
            LOG.debug("{} broke: {}", this, String.valueOf(cause.getMessage()));
        } else {
            LOG.error("{} failed", this, cause);
        }
        ctx.close();
    }

    private void cleanUp() {
        if (cleaned) {
            return;
        }
        cleaned = true;
        endPatience();
        outbox().writable(false); // No queue hands this connection a message that another of its channels gives back.
        broker.connections().remove(this);
        blocking.end();
        for (ChannelSession session : List.copyOf(channels.values())) {
            session.end();
        }
        channels.clear();
        for (MessageQueue queue : List.copyOf(owned)) {
            virtualHost().delete(queue);
        }
        drain();
        if (heartbeats != null) {
            heartbeats.stop();
        }
    }

    /** How logs and the management view name it. */
    @Override
    public String toString() {
        ChannelHandlerContext at = ctx;
        if (at == null) {
            return "connection " + id;
        }
        return text(at.channel().remoteAddress()) + " -> " + text(at.channel().localAddress());
    }

    private static String text(@Nullable SocketAddress address) {
        return address instanceof InetSocketAddress inet
                ? (inet.getAddress() == null
                                ? inet.getHostString()
                                : inet.getAddress().getHostAddress()) + ":" + inet.getPort()
                : String.valueOf(address);
    }
}
