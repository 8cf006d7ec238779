package dev.parley.oslo.driver.rabbit;

import com.rabbitmq.client.Connection;
import dev.parley.oslo.driver.OutboundMessage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The connection that all publish queues share, and whether it may be written to at the moment. Safe for use by any
 * thread.
 */
final class PublishState {
    /**
     * A caller may write to the socket itself while fewer bytes than this are unconfirmed: that much fits the socket's
     * buffer even when the broker reads nothing, so the write returns at once. Beyond it a separate thread writes.
     */
    private static final int MAX_NON_BLOCKING_BYTES = 16 * 1024;

    private final AtomicReference<@Nullable Connection> connection = new AtomicReference<>();
    private final AtomicLong unconfirmedBytes = new AtomicLong();
    private volatile boolean blocked;
    private volatile boolean closed;

    /** A new connection is open. */
    void connected(Connection fresh) {
        connection.set(fresh);
    }

    /** There is no connection any more. */
    void disconnected() {
        connection.set(null);
    }

    /** This connection was found to be closed, before {@link #disconnected} reported it. */
    void disconnected(Connection which) {
        connection.compareAndSet(which, null);
    }

    boolean isConnected() {
        return connection.get() != null;
    }

    /** Whether the broker has blocked publishing because of an alarm. */
    void blocked(boolean value) {
        blocked = value;
    }

    void close() {
        closed = true;
    }

    boolean isClosed() {
        return closed;
    }

    /**
     * The connection to write to; {@code null} while there is none or the broker has blocked it, and after the close.
     */
    @Nullable
    Connection writable() {
        return blocked || closed ? null : connection.get();
    }

    /** Whether writing this message surely does not block. */
    boolean hasRoomFor(OutboundMessage message) {
        return unconfirmedBytes.get() + message.size() <= MAX_NON_BLOCKING_BYTES;
    }

    /** Adds to the bytes that wait for a confirm; a negative number subtracts. */
    void addUnconfirmed(int bytes) {
        unconfirmedBytes.addAndGet(bytes);
    }
}
