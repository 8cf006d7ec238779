package dev.parley.zerorpc.zmtp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One connection of a socket. Thread-safe: any thread may send; messages leave in the order in which they were given, those of one moment in one system call.
 */
public final class ZmtpPeer {
    private static final int BATCH_BYTES = 64 << 10;
    /** A frame of this size and more is written from its own array instead of being copied. */
    private static final int COPY_BYTES = 16 << 10;

    private static final long LINGER_MILLIS = 2_000;

    private final Channel channel;
    private final @Nullable ZmtpConnector connector;
    private final boolean pausesWhenFull;
    private final int pendingLimit;
    private final Queue<byte[][]> queue = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private final AtomicLong pending = new AtomicLong();
    private volatile @Nullable Object attachment;
    private volatile boolean connected;
    private volatile String name = "a peer";

    // Touched on the event loop only.
    private boolean reading;
    private boolean pausedByHandler;
    private boolean pausedByQueue;

    ZmtpPeer(Channel channel, @Nullable ZmtpConnector connector, boolean pausesWhenFull, int pendingLimit) {
        this.channel = channel;
        this.connector = connector;
        this.pausesWhenFull = pausesWhenFull;
        this.pendingLimit = pendingLimit;
    }

    @Nullable
    ZmtpConnector connector() {
        return connector;
    }

    boolean isOn(Channel other) {
        return channel.equals(other);
    }

    /** The event loop on which everything that this peer sends is handled. */
    public EventLoop eventLoop() {
        return channel.eventLoop();
    }

    /** What the socket's handler keeps with this peer. */
    public @Nullable Object attachment() {
        return attachment;
    }

    /** Keeps something with this peer. */
    public void attach(Object object) {
        attachment = object;
    }

    /** Whether messages can be sent. */
    public boolean isConnected() {
        return connected && channel.isActive();
    }

    void markConnected() {
        connected = true;
    }

    /** How many bytes wait for the connection to take them. */
    public long pendingBytes() {
        return pending.get();
    }

    /** Sends a message of one frame or more. On a connection that is lost it does nothing: the handler hears of the loss. */
    public void send(byte[]... frames) {
        pending.addAndGet(size(frames));
        queue.add(frames);
        schedule();
    }

    private void schedule() {
        if (scheduled.compareAndSet(false, true)) {
            // While a batch of input is being handled, its end drains, so that all answers to it leave together.
            if (!channel.eventLoop().inEventLoop() || !reading) {
                channel.eventLoop().execute(this::drain);
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

    /** Stops or resumes reading from this peer, for back-pressure. To be called on the event loop. */
    public void pause(boolean paused) {
        pausedByHandler = paused;
        updateReading();
    }

    private void updateReading() {
        channel.config().setAutoRead(!pausedByHandler && !pausedByQueue);
    }

    /** Closes the connection after what waits has been sent, or two seconds later. Returns at once. */
    public void close() {
        channel.eventLoop().execute(() -> {
            write(true);
            channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
            channel.eventLoop().schedule(() -> channel.close(), LINGER_MILLIS, TimeUnit.MILLISECONDS);
        });
    }

    void start(byte[] greeting) {
        name = channel.remoteAddress() instanceof InetSocketAddress inet
                ? inet.getAddress().getHostAddress() + ":" + inet.getPort()
                : "ipc";
        channel.writeAndFlush(Unpooled.wrappedBuffer(greeting));
    }

    void sendCommand(byte[] frame) {
        write(false);
        channel.writeAndFlush(Unpooled.wrappedBuffer(frame));
    }

    void readingBegins() {
        reading = true;
    }

    void readingEnds() {
        reading = false;
        if (scheduled.get()) {
            drain();
        }
    }

    /** Writes what waits, as far as the connection takes it. */
    void drain() {
        scheduled.set(false);
        write(false);
        if (pausesWhenFull) {
            boolean full = pending.get() > pendingLimit;
            if (full != pausedByQueue) {
                pausedByQueue = full;
                updateReading();
            }
        }
    }

    private void write(boolean all) {
        ByteBuf batch = null;
        boolean written = false;
        byte[][] frames;
        while ((all || channel.isWritable()) && (frames = queue.poll()) != null) {
            pending.addAndGet(-size(frames));
            for (int i = 0; i < frames.length; i++) {
                byte[] frame = frames[i];
                boolean copied = frame.length < COPY_BYTES;
                int needed = 9 + (copied ? frame.length : 0);
                if (batch != null && batch.readableBytes() + needed > BATCH_BYTES) {
                    channel.write(batch);
                    batch = null;
                }
                if (batch == null) {
                    batch = channel.alloc().ioBuffer(Math.max(needed, 512), Math.max(needed, BATCH_BYTES));
                }
                header(batch, frame.length, i < frames.length - 1);
                if (copied) {
                    batch.writeBytes(frame);
                } else {
                    channel.write(batch);
                    batch = null;
                    channel.write(Unpooled.wrappedBuffer(frame));
                }
            }
            written = true;
        }
        if (batch != null) {
            channel.write(batch);
        }
        if (written) {
            channel.flush();
        }
    }

    private static void header(ByteBuf out, int length, boolean more) {
        int flags = more ? ZmtpDecoder.MORE : 0;
        if (length <= 255) {
            out.writeByte(flags).writeByte(length);
        } else {
            out.writeByte(flags | ZmtpDecoder.LONG).writeLong(length);
        }
    }

    /** The peer's network address, for people. */
    @Override
    public String toString() {
        return name;
    }
}
