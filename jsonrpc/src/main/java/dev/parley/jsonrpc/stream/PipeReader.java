package dev.parley.jsonrpc.stream;

import dev.parley.jsonrpc.session.Problem;
import dev.parley.net.socket.ConnectionMemory;
import dev.parley.net.socket.MessageDecoder;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads messages from a pipe on a daemon thread of its own. Thread-safe. */
public final class PipeReader {
    private static final Logger log = LoggerFactory.getLogger(PipeReader.class);
    private static final int CHUNK = 64 << 10;

    private final InputStream in;
    private final AtomicBoolean shed = new AtomicBoolean();
    private final ConnectionMemory memory = new ConnectionMemory(() -> shed.set(true));
    private final FrameDecoder decoder;
    private final String threadName;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean paused; // Guarded by lock.
    private volatile @Nullable Thread thread;

    /** What reads the messages. Called on the reader's thread. */
    public interface Receiver {
        /** A message, {@code byte[]}, or a {@link Problem}; no more is read until it returns. */
        void received(Object message);

        /** What has arrived so far has been received. */
        void receivedAll();

        /** The stream has ended, or failed. Called once. */
        void ended(@Nullable IOException failure);
    }

    /**
     * A reader; call {@link #start}.
     *
     * @param decoder makes the decoder, which charges this memory
     */
    public PipeReader(InputStream in, Function<ConnectionMemory, FrameDecoder> decoder, String threadName) {
        this.in = in;
        this.decoder = decoder.apply(memory);
        this.threadName = threadName;
    }

    /** What the pair of pipes holds of the memory for messages. */
    public ConnectionMemory memory() {
        return memory;
    }

    /** The framing that the peer uses. */
    public Framing framing() {
        return decoder.framing();
    }

    /** Starts the thread. */
    public void start(Receiver receiver) {
        Thread started = Thread.ofPlatform().daemon().name(threadName).unstarted(() -> run(receiver));
        thread = started;
        started.start();
    }

    /** Reads on, or pauses after what has been read already. */
    public void read(boolean on) {
        lock.lock();
        try {
            paused = !on;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Whether the current thread is the reader's. */
    public boolean isReader() {
        return Thread.currentThread().equals(thread);
    }

    private void awaitReading() {
        lock.lock();
        try {
            while (paused) {
                changed.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    private void run(Receiver receiver) {
        IOException failure = null;
        // Only to run the decoder, which is the same for sockets.
        EmbeddedChannel channel = new EmbeddedChannel(decoder);
        try {
            byte[] chunk = new byte[CHUNK];
            for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
                channel.writeInbound(Unpooled.copiedBuffer(chunk, 0, read));
                if (shed.getAndSet(false)) {
                    channel.pipeline().fireUserEventTriggered(MessageDecoder.Shed.SHED);
                }
                if (!pass(channel, receiver)) {
                    break;
                }
                receiver.receivedAll();
                awaitReading();
            }
            channel.finish();
            pass(channel, receiver);
        } catch (IOException e) {
            failure = e;
        } catch (RuntimeException | Error e) {
            log.error("{} failed", threadName, e);
            failure = new IOException(String.valueOf(e.getMessage()), e);
        } finally {
            receiver.ended(failure);
        }
    }

    /** Passes on what has been decoded; returns whether more can follow. */
    private static boolean pass(EmbeddedChannel channel, Receiver receiver) {
        for (Object message = channel.readInbound(); message != null; message = channel.readInbound()) {
            receiver.received(message);
            if (message instanceof Problem problem && problem.fatal()) {
                return false;
            }
        }
        return true;
    }
}
