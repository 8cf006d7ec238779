package dev.parley.broker.amqp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The properties of a message, kept as the octets the publisher sent: they go to consumers unchanged, and the broker
 * decodes only the properties it needs. Immutable.
 */
public final class ContentHeader {
    private static final int CONTENT_TYPE = 15;
    private static final int HEADERS = 13;
    private static final int DELIVERY_MODE = 12;
    private static final int PRIORITY = 11;
    private static final int CORRELATION_ID = 10;
    private static final int REPLY_TO = 9;
    private static final int EXPIRATION = 8;
    private static final int MESSAGE_ID = 7;
    private static final int TIMESTAMP = 6;
    private static final int USER_ID = 4;
    private static final int CLUSTER_ID = 2;

    /** Property flags, then the properties. */
    private final byte[] octets;
    /** The offset of each property by its flag bit; 0 if it is absent. */
    private final int[] offsets = new int[16];

    private ContentHeader(byte[] octets) {
        this.octets = octets;
        ByteBuf in = buffer();
        int flags = in.readUnsignedShort();
        if ((flags & 1) != 0) {
            throw new AmqpException(ReplyCode.FRAME_ERROR, "content header with more than 15 property flags");
        }
        for (int bit = CONTENT_TYPE; bit >= CLUSTER_ID; bit--) {
            if ((flags & (1 << bit)) != 0) {
                offsets[bit] = in.readerIndex();
                skip(in, bit);
            }
        }
        if (in.isReadable() || (flags & 2) != 0) {
            throw new AmqpException(ReplyCode.FRAME_ERROR, "content header does not match its property flags");
        }
    }

    /**
     * Reads what follows the body size in a content header frame.
     *
     * @throws AmqpException with {@link ReplyCode#FRAME_ERROR} if it is malformed
     */
    public static ContentHeader read(ByteBuf in) {
        byte[] octets = new byte[in.readableBytes()];
        in.readBytes(octets);
        try {
            return new ContentHeader(octets);
        } catch (IndexOutOfBoundsException e) {
            throw new AmqpException(ReplyCode.FRAME_ERROR, "content header ends within a property");
        }
    }

    private static void skip(ByteBuf in, int bit) {
        switch (bit) {
            case HEADERS -> in.skipBytes(Math.max(0, in.readInt()));
            case DELIVERY_MODE, PRIORITY -> in.skipBytes(1);
            case TIMESTAMP -> in.skipBytes(8);
            default -> in.skipBytes(in.readUnsignedByte());
        }
    }

    private ByteBuf buffer() {
        return Unpooled.wrappedBuffer(octets);
    }

    private ByteBuf at(int bit) {
        ByteBuf in = buffer();
        in.readerIndex(offsets[bit]);
        return in;
    }

    private @Nullable String string(int bit) {
        return offsets[bit] == 0 ? null : FieldTable.shortString(at(bit));
    }

    /** The property flags and the properties as on the wire. Must not be modified. */
    public byte[] octets() {
        return octets;
    }

    /**
     * The headers, empty if there are none.
     *
     * @throws AmqpException with {@link ReplyCode#SYNTAX_ERROR} if they are malformed
     */
    public Map<String, @Nullable Object> headers() {
        if (offsets[HEADERS] == 0) {
            return Map.of();
        }
        try {
            return FieldTable.read(at(HEADERS));
        } catch (IndexOutOfBoundsException e) {
            throw new AmqpException(ReplyCode.SYNTAX_ERROR, "headers end within a field");
        }
    }

    /** Whether there is a headers property with at least one field. */
    public boolean hasHeaders() {
        return offsets[HEADERS] != 0 && at(HEADERS).readInt() > 0;
    }

    /** The priority, 0 to 255; 0 if it is absent. */
    public int priority() {
        return priority(0);
    }

    /** The priority, 0 to 255, or a default if it is absent. */
    public int priority(int defaultValue) {
        return offsets[PRIORITY] == 0 ? defaultValue : octets[offsets[PRIORITY]] & 0xff;
    }

    /** Whether the delivery mode is 2. */
    public boolean persistent() {
        return offsets[DELIVERY_MODE] != 0 && octets[offsets[DELIVERY_MODE]] == 2;
    }

    /** The expiration as sent, unchecked. */
    public @Nullable String expiration() {
        return string(EXPIRATION);
    }

    /** The reply-to property. */
    public @Nullable String replyTo() {
        return string(REPLY_TO);
    }

    /** The correlation-id property. */
    public @Nullable String correlationId() {
        return string(CORRELATION_ID);
    }

    /** The message-id property. */
    public @Nullable String messageId() {
        return string(MESSAGE_ID);
    }

    /** The timestamp property, in seconds. */
    public @Nullable Long timestamp() {
        return offsets[TIMESTAMP] == 0 ? null : at(TIMESTAMP).readLong();
    }

    /** The user-id property as the publisher set it, unchecked. */
    public @Nullable String userId() {
        return string(USER_ID);
    }

    /** A copy with other headers. */
    public ContentHeader withHeaders(Map<String, @Nullable Object> headers) {
        return with(HEADERS, out -> FieldTable.write(out, headers));
    }

    /** A copy without the expiration. */
    public ContentHeader withoutExpiration() {
        return offsets[EXPIRATION] == 0 ? this : with(EXPIRATION, null);
    }

    /** A copy with another reply-to property. */
    public ContentHeader withReplyTo(String replyTo) {
        return with(REPLY_TO, out -> FieldTable.writeShortString(out, replyTo));
    }

    private ContentHeader with(int changed, @Nullable Consumer<ByteBuf> writer) {
        ByteBuf out = Unpooled.buffer(octets.length + 64);
        int flags = ((octets[0] & 0xff) << 8) | (octets[1] & 0xff);
        out.writeShort(writer == null ? flags & ~(1 << changed) : flags | (1 << changed));
        for (int bit = CONTENT_TYPE; bit >= CLUSTER_ID; bit--) {
            if (bit == changed) {
                if (writer != null) {
                    writer.accept(out);
                }
            } else if (offsets[bit] != 0) {
                ByteBuf in = at(bit);
                skip(in, bit);
                out.writeBytes(octets, offsets[bit], in.readerIndex() - offsets[bit]);
            }
        }
        return read(out);
    }
}
