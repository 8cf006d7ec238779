package dev.parley.oslo.driver.rabbit;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.WriteListener;
import com.rabbitmq.client.impl.AMQConnection;
import com.rabbitmq.client.impl.Frame;
import com.rabbitmq.client.impl.FrameHandler;
import com.rabbitmq.client.impl.SocketFrameHandler;
import dev.parley.spi.Guard;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Writes and reads the frames of one connection, many with one system call: on its own the client library makes a
 * system call for every message and every acknowledgement. Safe for use by any thread, except {@link #whenDrained} and
 * {@link #readFrame}, which are for the thread that reads.
 */
final class BatchingFrameHandler implements FrameHandler {
    /** How much longer a frame is than its payload: type, channel, size and end marker. */
    private static final int OVERHEAD_BYTES = 8;

    private final SocketFrameHandler socket;
    private final PeekableInput buffered;
    private final DataInputStream input;
    private volatile int maxPayload = Integer.MAX_VALUE; // Until the broker has announced a limit.
    private final AtomicReference<@Nullable Thread> writer = new AtomicReference<>();
    private boolean flushPending; // For the thread in writer.
    private final List<Runnable> whenDrained = new ArrayList<>(); // For the thread that reads.

    BatchingFrameHandler(SocketFrameHandler socket) {
        this.socket = socket;
        this.buffered = new PeekableInput(socket.getInputStream());
        this.input = new DataInputStream(buffered);
    }

    /**
     * Input that knows whether it has buffered a whole frame, without a system call, which would cost as much as
     * reading. For one thread.
     */
    private static final class PeekableInput extends BufferedInputStream {
        private static final int BUFFER_BYTES = 64 * 1024;

        PeekableInput(InputStream socket) {
            super(socket, BUFFER_BYTES);
        }

        boolean hasWholeFrame() {
            int bytes = count - pos;
            return bytes >= OVERHEAD_BYTES && payloadSize(pos + 3) <= bytes - OVERHEAD_BYTES; // After type and channel.
        }

        private int payloadSize(int at) {
            return ByteBuffer.wrap(buf).getInt(at);
        }
    }

    /** The frame handler of a connection that {@link Connector} has opened. */
    static BatchingFrameHandler of(Connection connection) {
        return (BatchingFrameHandler) ((AMQConnection) connection).getFrameHandler();
    }

    /**
     * Runs some work. What this thread writes to the connection in the meantime stays in memory until the end, or until
     * the buffer is full or another thread writes. Therefore the work must not wait for a response of the broker.
     * Without a connection, or while another thread has a batch open on it, just runs the work.
     */
    static void batch(@Nullable Connection connection, Runnable work) {
        BatchingFrameHandler frames = connection == null ? null : of(connection);
        if (frames == null || !frames.writer.compareAndSet(null, Thread.currentThread())) {
            work.run();
            return;
        }
        try {
            work.run();
        } finally {
            frames.flushPending();
        }
    }

    private void flushPending() {
        boolean flush = flushPending;
        flushPending = false;
        writer.set(null);
        if (flush) {
            try {
                socket.flush(null);
            } catch (IOException e) {
                // The thread that reads notices it too, and shuts the connection down.
            }
        }
    }

    /** Runs an action once, as soon as everything received so far has been handled. */
    void whenDrained(Runnable action) {
        if (!whenDrained.contains(action)) {
            whenDrained.add(action);
        }
    }

    @Override
    public Frame readFrame() throws IOException {
        if (!whenDrained.isEmpty() && !buffered.hasWholeFrame()) {
            List<Runnable> actions = List.copyOf(whenDrained);
            whenDrained.clear();
            actions.forEach(action -> Guard.run("handling a batch of messages", action, error -> {}));
        }
        return Frame.readFrom(input, () -> maxPayload);
    }

    @Override
    public void flush(@Nullable WriteListener listener) throws IOException {
        if (listener == null && writer.get() == Thread.currentThread()) {
            flushPending = true;
        } else {
            socket.flush(listener);
        }
    }

    @Override
    public void writeFrame(Frame frame) throws IOException {
        socket.writeFrame(frame);
    }

    @Override
    public void setTimeout(int millis) throws SocketException {
        socket.setTimeout(millis);
    }

    @Override
    public int getTimeout() throws SocketException {
        return socket.getTimeout();
    }

    @Override
    public void sendHeader() throws IOException {
        socket.sendHeader();
    }

    @Override
    public void initialize(AMQConnection connection) {
        socket.initialize(connection);
    }

    @Override
    public void startProcessing() {
        socket.startProcessing();
    }

    @Override
    public void finishConnectionNegotiation() {
        socket.finishConnectionNegotiation();
    }

    @Override
    public void setFrameMax(int bytes) {
        socket.setFrameMax(bytes);
        maxPayload = bytes == 0 ? Integer.MAX_VALUE : bytes - OVERHEAD_BYTES;
    }

    @Override
    public InetAddress getLocalAddress() {
        return socket.getLocalAddress();
    }

    @Override
    public int getLocalPort() {
        return socket.getLocalPort();
    }

    @Override
    public InetAddress getAddress() {
        return socket.getAddress();
    }

    @Override
    public int getPort() {
        return socket.getPort();
    }

    @Override
    public void close() {
        socket.close();
    }

    /** Closes the socket even while a thread is writing to it, which {@link #close} would wait for. Does not block. */
    void forceClose() {
        Guard.start("parley-amqp-force-close", () -> {
            try {
                // Closing the stream of a socket closes the socket.
                socket.getInputStream().close();
            } catch (IOException e) {
                // It is closed already.
            }
        });
    }
}
