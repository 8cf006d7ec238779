package dev.parley.broker.management;

import dev.parley.broker.amqp.ContentHeader;
import dev.parley.broker.amqp.FieldTable;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The properties of messages as JSON. Stateless. */
final class MessageProperties {
    /** In the order of their flags, of which the first is bit 15. */
    private static final List<String> NAMES = List.of(
            "content_type",
            "content_encoding",
            "headers",
            "delivery_mode",
            "priority",
            "correlation_id",
            "reply_to",
            "expiration",
            "message_id",
            "timestamp",
            "type",
            "user_id",
            "app_id",
            "cluster_id");

    /** No properties. */
    static final ContentHeader NONE = write(Map.of());

    private MessageProperties() {}

    /**
     * Reads those of a message.
     *
     * @throws dev.parley.broker.amqp.AmqpException if its headers, which nobody has read yet, are malformed
     */
    static Map<String, @Nullable Object> read(ContentHeader header) {
        ByteBuf in = Unpooled.wrappedBuffer(header.octets());
        int flags = in.readUnsignedShort();
        Map<String, @Nullable Object> properties = new LinkedHashMap<>();
        for (int i = 0; i < NAMES.size(); i++) {
            if ((flags & flag(i)) != 0) {
                String name = NAMES.get(i);
                properties.put(
                        name,
                        switch (name) {
                            case "headers" -> {
                                in.skipBytes(Math.max(0, in.readInt()));
                                yield header.headers();
                            }
                            case "delivery_mode", "priority" -> (int) in.readUnsignedByte();
                            case "timestamp" -> in.readLong();
                            default -> FieldTable.shortString(in);
                        });
            }
        }
        return properties;
    }

    private static int flag(int index) {
        return 1 << (15 - index);
    }

    /**
     * Writes those of a message; unknown names are ignored, as by RabbitMQ.
     *
     * @throws ApiException if one is of the wrong type or out of range
     */
    static ContentHeader write(Map<String, @Nullable Object> properties) {
        ByteBuf fields = Unpooled.buffer(64);
        int flags = 0;
        for (int i = 0; i < NAMES.size(); i++) {
            String name = NAMES.get(i);
            if (properties.containsKey(name)) {
                flags |= flag(i);
                write(fields, name, properties.get(name));
            }
        }
        ByteBuf header = Unpooled.buffer(fields.readableBytes() + 2);
        header.writeShort(flags);
        header.writeBytes(fields);
        return ContentHeader.read(header);
    }

    private static void write(ByteBuf out, String name, @Nullable Object value) {
        switch (name) {
            case "headers" -> {
                if (!(value instanceof Map<?, ?> map)) {
                    throw ApiException.invalid("not_an_object", name);
                }
                Map<String, @Nullable Object> headers = new LinkedHashMap<>();
                map.forEach((key, field) -> headers.put(String.valueOf(key), field));
                FieldTable.write(out, JsonBody.table(headers));
            }
            case "delivery_mode", "priority" -> out.writeByte((int) number(name, value, 255));
            case "timestamp" -> out.writeLong(number(name, value, Long.MAX_VALUE));
            default -> {
                if (!(value instanceof String text)) {
                    throw ApiException.invalid("not_string", name);
                }
                FieldTable.writeShortString(out, text);
            }
        }
    }

    private static long number(String name, @Nullable Object value, long max) {
        if (!(value instanceof Long number)) {
            throw ApiException.invalid("not_int", name);
        }
        if (number < 0 || number > max) {
            throw ApiException.badRequest(name + " must be 0 to " + max + ", was " + number);
        }
        return number;
    }
}
