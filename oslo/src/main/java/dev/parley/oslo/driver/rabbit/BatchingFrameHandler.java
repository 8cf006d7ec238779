package dev.parley.oslo.driver.rabbit;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.WriteListener;
import com.rabbitmq.client.impl.AMQConnection;
import com.rabbitmq.client.impl.Frame;
import com.rabbitmq.client.impl.FrameHandler;
import com.rabbitmq.client.impl.SocketFrameHandler;
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
 * The frames of one connection, where many go through the socket at once: the client library by itself makes a system call for every message and every
 * acknowledgement. Thread-safe but for {@link #whenRead} and {@link #readFrame}, which are for the thread that reads.
 */
final class BatchingFrameHandler implements FrameHandler {
    /** What a frame is longer than its payload. */
    private static final int OVERHEAD = 8;

    private final SocketFrameHandler socket;
    private final Arrived arrived;
    private final DataInputStream input;
    private volatile int mostPayload = Integer.MAX_VALUE; // Until the broker has named a limit.
    private final AtomicReference<@Nullable Thread> writer = new AtomicReference<>();
    private boolean putOff; // Only touched by the writer.
    private final List<Runnable> afterwards = new ArrayList<>();

    BatchingFrameHandler(SocketFrameHandler socket) {
        this.socket = socket;
        this.arrived = new Arrived(socket.getInputStream());
        this.input = new DataInputStream(arrived);
    }

    /** What the system has handed over already. It tells without asking the system again, which costs as much as reading. */
    private static final class Arrived extends BufferedInputStream {
        private static final int OCTETS = 64 * 1024;

        Arrived(InputStream socket) {
            super(socket, OCTETS);
        }

        boolean holdFrame() {
            int octets = count - pos;
            return octets >= OVERHEAD && payload(pos + 3) <= octets - OVERHEAD; // After type and channel.
        }

        private int payload(int at) {
            return ByteBuffer.wrap(buf).getInt(at);
        }
    }

    /** The frames of a connection that {@link Connector} made. */
    static BatchingFrameHandler of(Connection connection) {
        return (BatchingFrameHandler) ((AMQConnection) connection).getFrameHandler();
    }

    /**
     * Does some work. What this thread writes to the connection meanwhile stays in memory until the end, or until the buffer is full or another thread writes.
     * So the work must not wait for an answer of the broker. Just does the work if there is no connection, or somebody does the same on it.
     */
    static void inOneGo(@Nullable Connection connection, Runnable work) {
        BatchingFrameHandler frames = connection == null ? null : of(connection);
        if (frames == null || !frames.writer.compareAndSet(null, Thread.currentThread())) {
            work.run();
            return;
        }
        try {
            work.run();
        } finally {
            frames.flushPutOff();
        }
    }

    private void flushPutOff() {
        boolean flush = putOff;
        putOff = false;
        writer.set(null);
        if (flush) {
            try {
                socket.flush(null);
            } catch (IOException e) {
                // The thread that reads sees the end too, and tells everyone.
            }
        }
    }

    /** Runs something once, as soon as all that has arrived by then is handled. */
    void whenRead(Runnable action) {
        if (!afterwards.contains(action)) {
            afterwards.add(action);
        }
    }

    @Override
    public Frame readFrame() throws IOException {
        if (!afterwards.isEmpty() && !arrived.holdFrame()) {
            List<Runnable> actions = List.copyOf(afterwards);
            afterwards.clear();
            actions.forEach(Runnable::run);
        }
        return Frame.readFrom(input, () -> mostPayload);
    }

    @Override
    public void flush(@Nullable WriteListener listener) throws IOException {
        if (listener == null && writer.get() == Thread.currentThread()) {
            putOff = true;
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
    public void setFrameMax(int octets) {
        socket.setFrameMax(octets);
        mostPayload = octets == 0 ? Integer.MAX_VALUE : octets - OVERHEAD;
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

    /** Closes the socket under a thread that writes: {@link #close} would wait for that. Does not block. */
    void cut() {
        Thread.ofVirtual().name("parley-amqp-cut").start(() -> {
            try {
                // A socket's stream closes the socket.
                socket.getInputStream().close();
            } catch (IOException e) {
                // Then it is closed.
            }
        });
    }
}
