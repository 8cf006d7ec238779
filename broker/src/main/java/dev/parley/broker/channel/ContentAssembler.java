package dev.parley.broker.channel;

import dev.parley.broker.amqp.AmqpClass;
import dev.parley.broker.amqp.AmqpException;
import dev.parley.broker.amqp.ContentHeader;
import dev.parley.broker.amqp.FrameDecoder;
import dev.parley.broker.amqp.Method.BasicPublish;
import dev.parley.broker.amqp.ReplyCode;
import dev.parley.broker.limit.Debts;
import dev.parley.broker.queue.Message;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Assembles a published message from its method, header and body frames. What is held of a message that
 * is not complete counts as a debt of its connection. Used
 * on the connection's event loop.
 */
final class ContentAssembler {
    /** Smaller headers of messages that are not complete are not counted. */
    private static final int LARGE_HEADER = 4 * 1024;

    private static final int MIN_CHUNK = 64 * 1024;
    private static final int MAX_CHUNK = 1024 * 1024;
    private static final byte[] EMPTY = new byte[0];

    private final Debts.Debt debt;
    private final long maxSize;
    private @Nullable BasicPublish method;
    private @Nullable ContentHeader header;
    /** The chunks of the body that are full. */
    private final List<byte[]> chunks = new ArrayList<>(0);

    private byte[] chunk = EMPTY;
    private int filled;
    private int expected;
    private int received;
    /** What is counted of the body. */
    private int held;

    private int heldHeader;
    /** The message that was expected at the last check of its time, and since when. */
    private @Nullable BasicPublish checked;

    private long checkedAt;

    ContentAssembler(Debts.Debt debt, long maxSize) {
        this.debt = debt;
        this.maxSize = maxSize;
    }

    boolean expected() {
        return method != null;
    }

    void begin(BasicPublish publish) {
        method = publish;
    }

    /**
     * Adds a frame; returns true when the message is complete.
     *
     * @throws AmqpException if the frame is not the one expected or the message is too large
     */
    boolean frame(int type, ByteBuf payload) {
        if (method == null) {
            throw ChannelSession.contentWithoutMethod();
        }
        if (header == null) {
            header(type, payload);
        } else {
            body(type, payload);
        }
        return received == expected;
    }

    private void header(int type, ByteBuf payload) {
        if (type != FrameDecoder.HEADER) {
            throw AmqpException.hard(
                    ReplyCode.UNEXPECTED_FRAME,
                    "expected content header for class 60, got non content header frame instead");
        }
        int classId = payload.readUnsignedShort();
        payload.skipBytes(2);
        long size = payload.readLong();
        if (classId != AmqpClass.BASIC.id()) {
            throw AmqpException.hard(
                    ReplyCode.UNEXPECTED_FRAME,
                    "expected content header for class 60, got one for class " + classId + " instead");
        }
        if (size < 0 || size > maxSize) {
            throw new AmqpException(
                    ReplyCode.PRECONDITION_FAILED,
                    "message size " + Long.toUnsignedString(size) + " is larger than configured max size " + maxSize);
        }
        header = ContentHeader.read(payload);
        expected = (int) size;
        int octets = header.octets().length;
        if (size > 0 && octets >= LARGE_HEADER) {
            heldHeader = octets;
            hold(octets);
        }
    }

    private void body(int type, ByteBuf payload) {
        if (type != FrameDecoder.BODY) {
            throw AmqpException.hard(
                    ReplyCode.UNEXPECTED_FRAME, "expected content body, got non content body frame instead");
        }
        int size = payload.readableBytes();
        if (received + (long) size > expected) {
            throw AmqpException.hard(ReplyCode.FRAME_ERROR, "content body frame exceeds remaining content size");
        }
        while (payload.isReadable()) {
            if (filled == chunk.length) {
                nextChunk(size);
            }
            int count = Math.min(payload.readableBytes(), chunk.length - filled);
            payload.readBytes(chunk, filled, count);
            filled += count;
            received += count;
        }
    }

    /** Allocates for about what has been received, not for what the header announces. */
    private void nextChunk(int size) {
        int capacity = Math.min(expected - received, Math.max(size, Math.clamp(received, MIN_CHUNK, MAX_CHUNK)));
        if (size < expected) {
            // Otherwise the message is complete now.
            held += capacity;
            hold(capacity);
        }
        if (chunk.length > 0) {
            chunks.add(chunk);
        }
        chunk = new byte[capacity];
        filled = 0;
    }

    private void hold(int bytes) {
        if (!debt.hold(bytes)) {
            throw AmqpException.hard(ReplyCode.RESOURCE_ERROR, debt.reason());
        }
    }

    /**
     * Whether the message is not complete for too long.
     *
     * @param reads whether the client can send; otherwise its time begins again
     */
    @SuppressWarnings("ReferenceEquality") // Messages may have equal methods.
    boolean isOverdue(long now, long timeoutNanos, boolean reads) {
        if (method == null || method != checked || !reads) {
            checked = method;
            checkedAt = now;
            return false;
        }
        return now - checkedAt >= timeoutNanos;
    }

    BasicPublish method() {
        return Objects.requireNonNull(method);
    }

    /** The complete message. */
    Message message() {
        BasicPublish publish = method();
        return Message.of(publish.exchange(), publish.routingKey(), Objects.requireNonNull(header), body());
    }

    private byte[] body() {
        if (chunks.isEmpty()) {
            return chunk;
        }
        byte[] body = new byte[expected];
        int at = 0;
        for (byte[] each : chunks) {
            System.arraycopy(each, 0, body, at, each.length);
            at += each.length;
        }
        System.arraycopy(chunk, 0, body, at, expected - at);
        return body;
    }

    /** Forgets the message, complete or not, and expects the next. */
    void reset() {
        debt.release(held + heldHeader);
        held = 0;
        heldHeader = 0;
        method = null;
        header = null;
        chunks.clear();
        chunk = EMPTY;
        filled = 0;
        expected = 0;
        received = 0;
    }
}
