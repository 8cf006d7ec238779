package dev.parley.broker.channel;

import dev.parley.broker.amqp.AmqpClass;
import dev.parley.broker.amqp.AmqpException;
import dev.parley.broker.amqp.ContentHeader;
import dev.parley.broker.amqp.FrameDecoder;
import dev.parley.broker.amqp.Method.BasicPublish;
import dev.parley.broker.amqp.ReplyCode;
import dev.parley.broker.limit.Watermark;
import dev.parley.broker.queue.Message;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Assembles a published message from its method, header and body frames. What was received counts as held memory. Used
 * on the connection's event loop.
 */
final class ContentAssembler {
    private static final int FIRST_ALLOCATION = 64 * 1024;
    private static final byte[] EMPTY = new byte[0];

    private final Watermark memory;
    private final long maxSize;
    private @Nullable BasicPublish method;
    private @Nullable ContentHeader header;
    private byte[] body = EMPTY;
    private int expected;
    private int received;

    ContentAssembler(Watermark memory, long maxSize) {
        this.memory = memory;
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
            throw AmqpException.hard(ReplyCode.UNEXPECTED_FRAME, "expected method frame, got non method frame instead");
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
        body = size == 0 ? EMPTY : new byte[(int) Math.min(size, FIRST_ALLOCATION)];
    }

    private void body(int type, ByteBuf payload) {
        if (type != FrameDecoder.BODY) {
            throw AmqpException.hard(
                    ReplyCode.UNEXPECTED_FRAME, "expected content body, got non content body frame instead");
        }
        int size = payload.readableBytes();
        if (received + (long) size > expected) {
            throw AmqpException.hard(
                    ReplyCode.FRAME_ERROR,
                    "content body of " + (received + (long) size) + " octets exceeds the " + expected
                            + " in its header");
        }
        if (received + size > body.length) {
            // Allocate for what was received, not for what the header announces.
            body = Arrays.copyOf(body, (int) Math.min(expected, Math.max(body.length * 2L, received + (long) size)));
        }
        payload.readBytes(body, received, size);
        received += size;
        memory.add(size);
    }

    BasicPublish method() {
        return Objects.requireNonNull(method);
    }

    /** The complete message. */
    Message message() {
        BasicPublish publish = method();
        return Message.of(publish.exchange(), publish.routingKey(), Objects.requireNonNull(header), body);
    }

    /** Forgets the message, complete or not, and expects the next. */
    void reset() {
        memory.remove(received);
        method = null;
        header = null;
        body = EMPTY;
        expected = 0;
        received = 0;
    }
}
