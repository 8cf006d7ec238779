package dev.parley.broker.connection;

import dev.parley.broker.amqp.AmqpClass;
import dev.parley.broker.amqp.AmqpException;
import dev.parley.broker.amqp.AmqpMethod;
import dev.parley.broker.amqp.FrameDecoder;
import dev.parley.broker.amqp.Method;
import dev.parley.broker.amqp.Method.ConnectionClose;
import dev.parley.broker.amqp.Method.ConnectionCloseOk;
import dev.parley.broker.amqp.Method.ConnectionUpdateSecret;
import dev.parley.broker.amqp.MethodWriter;
import dev.parley.broker.amqp.ReplyCode;
import dev.parley.broker.auth.Access;
import dev.parley.broker.channel.ChannelHost;
import dev.parley.broker.channel.ChannelSession;
import dev.parley.broker.channel.ConfirmFaults;
import dev.parley.broker.limit.Debts;
import dev.parley.broker.limit.Limits;
import dev.parley.broker.limit.Watermark;
import dev.parley.broker.output.FrameOutput;
import dev.parley.broker.output.Outbox;
import dev.parley.broker.profile.RabbitMqProfile;
import dev.parley.broker.queue.MessageCounters;
import dev.parley.broker.queue.MessageQueue;
import dev.parley.broker.virtualhost.VirtualHost;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.DecoderException;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client's connection: handshake, channels, heartbeats, blocking, and the end.
 *
 * <p>Everything happens on the event loop of the socket, except for the public methods that are not part of an
 * interface: any thread may call these, and they read immutable or volatile state. So may {@link #id()},
 * {@link #outbox()}, {@link #addOwned}, {@link #removeOwned} and {@link #released}.
 */
public final class Connection extends ChannelInboundHandlerAdapter
        implements FrameDecoder.Listener, Watermark.Waiter, ChannelHost {
    private static final Logger log = LoggerFactory.getLogger(Connection.class);
    private static final String SHUTDOWN_TEXT = "broker forced connection closure with reason 'shutdown'";
    private static final int MAX_HANDSHAKE_FRAME = 8192;
    /** How long a client may take to respond to connection.close. */
    private static final int CLOSE_OK_TIMEOUT_SECONDS = 5;

    private final BrokerCore broker;
    private final Channel socket;
    private final EventLoop loop;
    private final long id;
    private final FrameDecoder decoder;
    private final FrameOutput output;
    private final Outbox outbox;
    private final Handshake handshake;
    private final Blocking blocking;
    private final ChannelTable channels = new ChannelTable(this);
    private final Timeouts timeouts;
    private final Holdings holdings;
    private final ConnectionDetails details;
    private final Set<MessageQueue> owned = ConcurrentHashMap.newKeySet(2);
    private volatile Tuning tuning = Tuning.NONE;
    private volatile @Nullable Session session;
    private volatile boolean ended;
    private @Nullable Heartbeats heartbeats;
    private boolean closing;

    /**
     * Creates a connection for a socket that was accepted. It starts when it is added to the pipeline.
     *
     * @param requestsCertificate whether EXTERNAL is offered
     */
    Connection(BrokerCore broker, Channel socket, boolean requestsCertificate) {
        this.broker = broker;
        this.socket = socket;
        this.loop = socket.eventLoop();
        this.id = broker.nextConnectionId();
        this.decoder = new FrameDecoder(this, MAX_HANDSHAKE_FRAME);
        this.output = new FrameOutput(socket);
        this.outbox = new Outbox(loop, this::outboxFilled, socket.pipeline()::fireExceptionCaught);
        this.handshake = new Handshake(this, broker, requestsCertificate);
        this.blocking = new Blocking(this);
        this.timeouts = new Timeouts(this, channels, broker.limits());
        this.holdings = new Holdings(this, broker.debts());
        this.details = new ConnectionDetails(socket, handshake, decoder, output, channels);
    }

    FrameDecoder decoder() {
        return decoder;
    }

    Channel socket() {
        return socket;
    }

    Blocking blocking() {
        return blocking;
    }

    @Override
    public long id() {
        return id;
    }

    @Override
    public FrameOutput output() {
        return output;
    }

    @Override
    public Outbox outbox() {
        return outbox;
    }

    @Override
    public VirtualHost virtualHost() {
        return Objects.requireNonNull(session).virtualHost();
    }

    @Override
    public Access access() {
        return Objects.requireNonNull(session).access();
    }

    @Override
    public boolean clientCan(String capability) {
        return handshake.clientCan(capability);
    }

    @Override
    public RabbitMqProfile profile() {
        return broker.profile();
    }

    @Override
    public Limits limits() {
        return broker.limits();
    }

    @Override
    public Watermark memory() {
        return broker.memory();
    }

    @Override
    public Debts.Debt debt() {
        return holdings.debt();
    }

    @Override
    public void buffered(int bytes) {
        holdings.input(bytes);
    }

    @Override
    public MessageCounters counters() {
        return virtualHost().counters();
    }

    @Override
    public ConfirmFaults confirmFaults() {
        return broker.faults().confirms();
    }

    @Override
    public void addOwned(MessageQueue queue) {
        owned.add(queue);
    }

    @Override
    public void removeOwned(MessageQueue queue) {
        owned.remove(queue);
    }

    /** Whether the handshake is complete and the connection has not ended. */
    public boolean isOpen() {
        return session != null && !ended;
    }

    /** The name of the user; empty until the handshake is complete. */
    public String userName() {
        Session now = session;
        return now == null ? "" : now.access().userName();
    }

    /** The name of the virtual host; empty until the handshake is complete. */
    public String virtualHostName() {
        Session now = session;
        return now == null ? "" : now.virtualHost().name();
    }

    /** What was negotiated; zeros until then. */
    public Tuning tuning() {
        return tuning;
    }

    /** How many channels are open. */
    public int channelCount() {
        return channels.size();
    }

    /** Whether the client may not publish for now, because of a watermark. */
    public boolean isBlocked() {
        return blocking.isBlocked();
    }

    /** More about it; any thread. */
    public ConnectionDetails details() {
        return details;
    }

    /** Closes the connection with 320 CONNECTION_FORCED; any thread. */
    public void forceClose(String reason) {
        loop.execute(() -> close(AmqpException.hard(ReplyCode.CONNECTION_FORCED, reason)));
    }

    /** Closes the socket without notice. */
    public void drop() {
        socket.close();
    }

    /** Makes the channels that are open lose what they publish; returns how many channels they are. */
    public int stallChannels() {
        return channels.stall();
    }

    /** Sets whether to stop reading from the client, and returns when that is in effect. */
    public void stopReading(boolean stop) {
        blocking.faultAnywhere(stop);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        timeouts.start();
        log.debug("{} accepted", this);
        if (!broker.register(this)) {
            socket.close();
        } else if (broker.faults().isNotReading()) {
            blocking.fault(true); // After registering: a change of the fault from now on reaches this connection.
        }
    }

    void tuned(Tuning negotiated) {
        tuning = negotiated;
        decoder.frameMax(negotiated.frameMax());
        output.frameMax(negotiated.frameMax());
        heartbeats = new Heartbeats(this, negotiated.heartbeatSeconds());
        heartbeats.start();
    }

    void opened(VirtualHost virtualHost, Access access) {
        timeouts.opened();
        session = new Session(virtualHost, access);
        log.info("{} opened virtual host '{}' as '{}'", this, virtualHost.name(), access.userName());
    }

    @Override
    public void protocolHeader(byte[] octets) {
        handshake.protocolHeader(octets);
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
        // As the client sent them, for the close method: they may be unknown.
        int classId = 0;
        int methodId = 0;
        try {
            if (type == FrameDecoder.METHOD) {
                classId = payload.readUnsignedShort();
                methodId = payload.readUnsignedShort();
                AmqpMethod name = AmqpMethod.of(classId, methodId);
                Method method = Method.read(name, payload);
                if (channel == 0) {
                    handle(method, name);
                } else if (!closing) {
                    if (!handshake.isDone()) {
                        throw AmqpException.hard(
                                ReplyCode.COMMAND_INVALID, "channel " + channel + " used before connection.open-ok");
                    }
                    channels.channel(channel, method, tuning.channelMax()).handle(method, name);
                }
            } else if (!closing) {
                ChannelSession target = channels.forContent(channel);
                if (target.expectsContent()) {
                    classId = AmqpClass.BASIC.id(); // An error in a message is reported for its basic.publish.
                    methodId = AmqpMethod.BASIC_PUBLISH.methodId();
                }
                target.content(type, payload);
            }
        } catch (AmqpException e) {
            fail(e, channel, classId, methodId);
        } catch (IndexOutOfBoundsException e) {
            fail(new AmqpException(ReplyCode.SYNTAX_ERROR, "frame ends within a field"), channel, classId, methodId);
        } catch (RuntimeException e) {
            log.error("{}: method {}.{} failed", this, classId, methodId, e);
            fail(AmqpException.internal(), channel, classId, methodId);
        }
    }

    private void handle(Method method, AmqpMethod name) {
        switch (method) {
            case ConnectionClose close -> {
                log.debug("{} closed by the client: {} {}", this, close.code(), close.text());
                end();
                MethodWriter.plain(output.frame(), 0, AmqpMethod.CONNECTION_CLOSE_OK);
                output.flush();
                closing = true;
                decoder.stop();
                closeWhenWritten();
            }
            case ConnectionCloseOk ok -> socket.close();
            // As in RabbitMQ the password is checked when a client logs in only, so a new one changes nothing here.
            case ConnectionUpdateSecret update
            when handshake.isDone() && !closing ->
                MethodWriter.plain(output.frame(), 0, AmqpMethod.CONNECTION_UPDATE_SECRET_OK);
            default -> {
                if (!closing) {
                    handshake.handle(method, name);
                }
            }
        }
    }

    private void closeWhenWritten() {
        socket.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(done -> socket.close());
    }

    /** Closes the channel or, if the error is hard, the connection. */
    void fail(AmqpException error, int channel, int classId, int methodId) {
        if (closing) {
            return;
        }
        ChannelSession failed = channels.find(channel);
        if (!error.isHard() && failed != null) {
            log.debug("{} channel {} closed: {}", this, channel, error.getMessage());
            failed.fail(error, classId, methodId);
            output.flush();
            return;
        }
        close(error, classId, methodId);
    }

    /** Closes the connection because of no method of the client. */
    void close(AmqpException error) {
        log.warn("closing {}: {}", this, error.getMessage());
        close(error, 0, 0);
    }

    /** Sends connection.close and waits for the response of the client. */
    void close(AmqpException error, int classId, int methodId) {
        if (closing) {
            return;
        }
        log.debug("{} closed: {}", this, error.getMessage());
        closing = true;
        end();
        boolean silent = !handshake.isLoggedIn() && !clientCan("authentication_failure_close");
        if (silent && error.code() == ReplyCode.ACCESS_REFUSED) {
            socket.close();
            return;
        }
        MethodWriter.close(output.frame(), 0, error.code().code(), error.replyText(), classId, methodId);
        output.flush();
        blocking.readOn();
        loop.schedule(() -> socket.close(), CLOSE_OK_TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }

    /** Sends connection.close and closes the socket without waiting for a response. Returns the socket; any thread. */
    Channel shutDown() {
        loop.execute(() -> {
            if (handshake.isDone()) {
                close(AmqpException.hard(ReplyCode.CONNECTION_FORCED, SHUTDOWN_TEXT), 0, 0);
            }
            closeWhenWritten();
        });
        return socket;
    }

    @Override
    public void forget(ChannelSession channel) {
        channels.remove(channel);
    }

    private void outboxFilled() {
        outbox.drain();
        output.flush();
        outbox.writable(socket.isWritable() && !ended);
        holdings.output();
        resumeDeliveries();
    }

    private void resumeDeliveries() {
        if (outbox.takeStarved()) {
            channels.resumeDeliveries();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        channels.flushConfirms();
        output.flush();
    }

    @Override
    public void confirmLater(ChannelSession channel) {
        channels.confirmLater(channel);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        boolean writable = socket.isWritable();
        outbox.writable(writable && !ended);
        blocking.outputFull(!writable);
        holdings.output();
        if (writable) {
            resumeDeliveries();
        }
    }

    @Override
    public void blockOn(Watermark watermark) {
        blocking.await(watermark);
    }

    @Override
    public void released(Watermark watermark) {
        loop.execute(() -> blocking.released(watermark));
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        log.debug("{} ended", this);
        end();
        output.flush(); // Releases its buffer.
        holdings.end();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close(); // First, since there may be no memory to log it.
        if (cause instanceof IOException || cause instanceof DecoderException) {
            log.debug("{} failed: {}", this, String.valueOf(cause.getMessage()));
        } else {
            log.error("{} failed", this, cause);
        }
    }

    /** Returns what the client holds to its queues, and deletes its exclusive queues. */
    private void end() {
        if (ended) {
            return;
        }
        ended = true;
        timeouts.end();
        handshake.end();
        outbox.writable(false); // No queue hands this connection a message that another of its channels returns.
        broker.unregister(this);
        blocking.end();
        channels.end();
        for (MessageQueue queue : List.copyOf(owned)) {
            virtualHost().delete(queue);
        }
        outbox.drain();
        if (heartbeats != null) {
            heartbeats.stop();
        }
    }

    @Override
    public String toString() {
        return ConnectionName.of(socket);
    }
}
