package dev.parley.zmtp;

import dev.parley.net.socket.ChannelTasks;
import dev.parley.net.socket.ConnectionMemory;
import dev.parley.net.socket.SocketAddresses;
import dev.parley.spi.PeerLog;
import dev.parley.zmtp.mechanism.FrameCipher;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.util.concurrent.ScheduledFuture;
import java.security.Principal;
import java.time.Duration;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * A connection of a socket to a peer. Messages leave in the order in which they were sent; those sent at about the same
 * time share a system call.
 *
 * <p>Thread-safe, except for {@link #pause}, which must be called on the {@linkplain #execute event loop}.
 * Package-private methods are for the event loop too.
 */
public final class ZmtpPeer {
    private static final PeerLog faults = new PeerLog(LoggerFactory.getLogger(ZmtpPeer.class));

    /** The size of the buffer that small frames are gathered in. */
    private static final int BATCH_BYTES = 64 << 10;
    /** Smaller frames are copied into a batch; this size and larger ones are written from their own arrays. */
    private static final int COPY_BYTES = 16 << 10;

    /** How long closing waits for the pending messages to be sent. */
    private static final long LINGER_MILLIS = 2_000;

    /** What a subscription takes beside its bytes. */
    private static final long SUBSCRIPTION_BYTES = 64;

    /** Fired through the pipeline to close the connection because of an error of the peer. */
    record Refusal(String reason) {}

    private final Channel channel;
    private final ConnectionMemory memory;
    private final @Nullable ZmtpConnector connector;
    private final ZmtpSocket socket;
    private final Queue<byte[][]> queue = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private final HighWaterMark pending;
    private final AtomicLong dropped = new AtomicLong();
    /** What the peer has subscribed to if the socket is a PUB; otherwise {@code null}. */
    private final @Nullable Subscriptions subscriptions;

    private volatile @Nullable Object attachment;
    private volatile boolean connected;
    private volatile boolean dropping;
    private volatile @Nullable Principal principal;
    private volatile String name = "unknown peer";

    // Accessed on the event loop only.
    /** Seals the frames; {@code null} if nothing does. */
    private @Nullable FrameCipher cipher;

    private boolean ended;
    private boolean isVersion31;
    private @Nullable KeepAlive keepAlive;
    private boolean inBatch;
    private boolean pausedByHandler;
    private boolean pausedByQueue;
    private boolean pausedByMemory;

    ZmtpPeer(Channel channel, @Nullable ZmtpConnector connector, ZmtpSocket socket) {
        this.channel = channel;
        this.memory = ConnectionMemory.of(channel);
        this.connector = connector;
        this.socket = socket;
        this.pending = new HighWaterMark(socket.limits());
        this.subscriptions = socket.type() == SocketType.PUB ? new Subscriptions() : null;
    }

    @Nullable
    ZmtpConnector connector() {
        return connector;
    }

    boolean isOn(Channel other) {
        return channel.equals(other);
    }

    /** Runs a task on the event loop on which the handler is called for this peer; an error closes the connection. */
    public void execute(Runnable task) {
        ChannelTasks.execute(channel, task);
    }

    /** Runs a task on that event loop after so many nanoseconds; an error closes the connection. */
    public void schedule(Runnable task, long nanos) {
        ScheduledFuture<?> unused = ChannelTasks.schedule(channel, task, nanos);
    }

    /** The object that the socket's handler attached to this peer; {@code null} before. */
    public @Nullable Object attachment() {
        return attachment;
    }

    /** Attaches an object to this peer, instead of the one before. */
    public void attach(Object object) {
        attachment = Objects.requireNonNull(object, "object");
    }

    /** Whether the handshake is complete and the connection is open. */
    public boolean isConnected() {
        return connected && channel.isActive();
    }

    /** Who the peer is by its credentials; {@code null} if the security mechanism does not say. */
    public @Nullable Principal principal() {
        return principal;
    }

    void authenticated(@Nullable Principal caller, @Nullable FrameCipher frameCipher) {
        principal = caller;
        cipher = frameCipher;
    }

    void markConnected() {
        connected = true;
    }

    /** The number of bytes that wait to be written to the connection. */
    public long pendingBytes() {
        return pending.bytes();
    }

    /** The number of messages that a PUB did not send to this peer, since too much waited for it. */
    public long dropped() {
        return dropped.get();
    }

    /** Counts a message that is not sent. Returns whether it is the first one since others were. */
    boolean countDropped() {
        dropped.incrementAndGet();
        boolean first = !dropping;
        dropping = true;
        return first;
    }

    /**
     * Sends a message of one or more frames, which must not be modified afterwards. Returns at once. If the connection
     * is lost, the message is dropped, and the handler is notified by {@link ZmtpHandler#disconnected}. If there is no
     * memory for it, the connection is closed.
     *
     * @throws IllegalStateException if the socket is a PUB, PULL or SUB
     */
    public void send(byte[]... frames) {
        checkType();
        enqueue(frames);
    }

    private void checkType() {
        SocketType type = socket.type();
        if (!type.addressesPeers()) {
            throw new IllegalStateException("a " + type + " socket does not send to a peer of your choice");
        }
    }

    private void enqueue(byte[]... frames) {
        long size = size(frames);
        if (!memory.charge(size)) {
            if (channel.isActive()) {
                faults.warn(this, "closing the connection: too much memory is in use to send a message");
                channel.close();
            }
            return;
        }
        pending.add(size);
        queue.add(frames);
        schedule();
    }

    /**
     * Sends a message as {@link #send} does, unless {@link ZmtpLimits#maxPendingMessages} or
     * {@link ZmtpLimits#maxPendingBytes} wait already, there is no memory for it, or the connection has ended.
     *
     * @return whether it was sent
     * @throws IllegalStateException if the socket is a PUB, PULL or SUB
     */
    public boolean trySend(byte[]... frames) {
        checkType();
        return offer(frames);
    }

    /** As {@link #trySend}, for the socket itself. */
    boolean offer(byte[][] frames) {
        long size = size(frames);
        if (!pending.tryAdd(size)) {
            return false;
        }
        if (!memory.charge(size)) {
            pending.remove(size);
            if (channel.isActive()) {
                socket.distributor().memoryIsShort();
            }
            return false;
        }
        queue.add(frames);
        schedule();
        return true;
    }

    void setVersion(int major, int minor) {
        isVersion31 = major > 3 || minor > 0;
    }

    /** Tells a publisher of a subscription or of its end. */
    void sendSubscription(boolean subscribe, byte[] prefix) {
        if (isVersion31) {
            sendCommand(Handshake.command(PeerCommands.subscription(subscribe, prefix)));
        } else {
            enqueue(PeerCommands.subscriptionMessage(subscribe, prefix));
        }
    }

    /** What this peer has subscribed to at a PUB, which this must be. Changed on the event loop. */
    Subscriptions subscriptions() {
        return Objects.requireNonNull(subscriptions);
    }

    /** What a subscription is charged to the memory of its peer. */
    static long subscriptionBytes(byte[] prefix) {
        return SUBSCRIPTION_BYTES + prefix.length;
    }

    /** Whether this peer has subscribed to a topic at a PUB. */
    boolean wants(byte[] topic) {
        return subscriptions().match(topic);
    }

    /** The handshake is complete: sends PING commands, if they are wanted. */
    void startPings() {
        if (isVersion31 && socket.options().pingInterval().isPositive()) {
            keepAlive = new KeepAlive(this, socket.options());
            keepAlive.start();
        }
    }

    /** The peer has sent a PING with a time to live; zero for none. */
    void keptAlive(Duration ttl) {
        if (keepAlive == null && ttl.isPositive()) {
            keepAlive = new KeepAlive(this, socket.options());
        }
        if (keepAlive != null) {
            keepAlive.received(ttl);
        }
    }

    /** Closes the connection because of an error of the peer. */
    void refuse(String reason) {
        channel.pipeline().fireUserEventTriggered(new Refusal(reason));
    }

    /** What the connection holds of the memory for messages. */
    public ConnectionMemory memory() {
        return memory;
    }

    /** Pauses reading if memory is short and this connection holds much. */
    void checkMemory() {
        if (pausedByMemory) {
            return;
        }
        pausedByMemory = true;
        if (memory.pause(() -> channel.eventLoop().execute(this::memoryResumed))) {
            updateReading();
        } else {
            pausedByMemory = false;
        }
    }

    private void memoryResumed() {
        pausedByMemory = false;
        updateReading();
    }

    /** Whether nothing is read from the peer for a while, so that its silence means nothing. On the event loop. */
    public boolean isPaused() {
        return pausedByMemory || pausedByHandler;
    }

    /** Whether what the peer sends is read at all. On the event loop. */
    boolean isReading() {
        return channel.config().isAutoRead();
    }

    /** The connection is lost. */
    void ended() {
        ended = true;
        discard();
        if (subscriptions != null) {
            for (byte[] prefix : subscriptions.prefixes()) {
                memory.release(subscriptionBytes(prefix));
            }
        }
        memory.end();
    }

    private void discard() {
        for (byte[][] frames = queue.poll(); frames != null; frames = queue.poll()) {
            memory.release(size(frames));
        }
    }

    private void schedule() {
        if (scheduled.compareAndSet(false, true)) {
            // While a batch of input is handled, the end of it drains, so that all responses to it leave together.
            if (!channel.eventLoop().inEventLoop() || !inBatch) {
                execute(this::drain);
            }
        }
    }

    private static long size(byte[][] frames) {
        long bytes = 16;
        for (byte[] frame : frames) {
            bytes += frame.length;
        }
        return bytes;
    }

    /** Pauses or resumes reading from this peer, for back-pressure. Must be called on the event loop. */
    public void pause(boolean paused) {
        pausedByHandler = paused;
        updateReading();
    }

    private void updateReading() {
        channel.config().setAutoRead(!pausedByHandler && !pausedByQueue && !pausedByMemory);
    }

    /** Closes the connection once the pending messages have been sent, or after two seconds. Returns at once. */
    public void close() {
        execute(() -> {
            write(true);
            channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
            channel.eventLoop().schedule(() -> channel.close(), LINGER_MILLIS, TimeUnit.MILLISECONDS);
        });
    }

    void start(byte[] greeting) {
        name = SocketAddresses.text(channel.remoteAddress());
        channel.writeAndFlush(Unpooled.wrappedBuffer(greeting));
    }

    void sendCommand(byte[] frame) {
        write(false);
        channel.writeAndFlush(cipher == null ? Unpooled.wrappedBuffer(frame) : sealed(cipher, frame));
    }

    /** A batch of input begins. */
    void beginBatch() {
        if (keepAlive != null) {
            keepAlive.read();
        }
        inBatch = true;
    }

    /** A batch of input ends. */
    void endBatch() {
        inBatch = false;
        if (scheduled.get()) {
            drain();
        }
    }

    /** Writes the pending messages, as far as the connection accepts them. */
    void drain() {
        scheduled.set(false);
        if (ended) {
            // Sent while the connection ended.
            discard();
            return;
        }
        write(false);
        if (socket.type() == SocketType.ROUTER) {
            boolean full = pendingBytes() > socket.limits().maxPendingBytes();
            if (full != pausedByQueue) {
                pausedByQueue = full;
                updateReading();
            }
        }
    }

    private void write(boolean all) {
        ByteBuf batch = null;
        long written = 0;
        ChannelFuture last = null;
        byte[][] frames;
        while ((all || channel.isWritable()) && (frames = queue.poll()) != null) {
            long size = size(frames);
            pending.remove(size);
            written += size;
            for (int i = 0; i < frames.length; i++) {
                byte[] frame = frames[i];
                boolean more = i < frames.length - 1;
                int length = frame.length;
                boolean copied = length < COPY_BYTES;
                if (cipher != null) {
                    // The flag is inside.
                    frame = cipher.seal(frame, 0, length, more ? FrameCipher.MORE : 0);
                    length += FrameCipher.OVERHEAD;
                    more = false;
                }
                int needed = 9 + (copied ? length : 0);
                if (batch != null && batch.readableBytes() + needed > BATCH_BYTES) {
                    channel.write(batch);
                    batch = null;
                }
                if (batch == null) {
                    batch = channel.alloc().ioBuffer(Math.max(needed, 512), Math.max(needed, BATCH_BYTES));
                }
                header(batch, length, more);
                if (copied) {
                    batch.writeBytes(frame, 0, length);
                } else {
                    channel.write(batch);
                    batch = null;
                    last = channel.write(Unpooled.wrappedBuffer(frame, 0, length));
                }
            }
        }
        if (batch != null) {
            last = channel.write(batch);
        }
        if (last != null) {
            long bytes = written;
            last.addListener(done -> memory.release(bytes));
            channel.flush();
            dropping = false;
            if (pending.endRefusal()) {
                socket.distributor().roomAgain();
            }
        }
    }

    /** A command, in its frame, as a sealed frame. */
    private static ByteBuf sealed(FrameCipher cipher, byte[] frame) {
        int header = (frame[0] & ZmtpDecoder.LONG) == 0 ? 2 : 9;
        int length = frame.length - header;
        byte[] body = cipher.seal(frame, header, length, FrameCipher.COMMAND);
        ByteBuf out = Unpooled.buffer(9 + FrameCipher.OVERHEAD + length);
        header(out, FrameCipher.OVERHEAD + length, false);
        return out.writeBytes(body, 0, FrameCipher.OVERHEAD + length);
    }

    private static void header(ByteBuf out, int length, boolean more) {
        int flags = more ? ZmtpDecoder.MORE : 0;
        if (length <= 255) {
            out.writeByte(flags).writeByte(length);
        } else {
            out.writeByte(flags | ZmtpDecoder.LONG).writeLong(length);
        }
    }

    /** The network address of the peer, for logs and error messages. */
    @Override
    public String toString() {
        return name;
    }
}
