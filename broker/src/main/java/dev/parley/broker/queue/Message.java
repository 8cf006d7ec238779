package dev.parley.broker.queue;

import dev.parley.broker.amqp.AmqpException;
import dev.parley.broker.amqp.ContentHeader;
import dev.parley.broker.amqp.FieldTypes;
import dev.parley.broker.amqp.ReplyCode;
import dev.parley.broker.limit.Watermark;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A message as it was published. Several queues may hold the same one; its bytes count once, from the first that takes it to the last that lets
 * it go.
 */
public final class Message {
    /** What a held message costs besides its octets: objects around it, roughly. */
    private static final int OVERHEAD = 256;
    /** What each further queue adds that holds the same message. */
    private static final int PLACE = 96;

    private static final Pattern LEADING_NUMBER = Pattern.compile("[+-]?\\d+(.+)");

    private final String exchange;
    private final String routingKey;
    private final ContentHeader header;
    private final byte[] body;
    private final long expiration;
    private final AtomicInteger holders = new AtomicInteger();

    private Message(String exchange, String routingKey, ContentHeader header, byte[] body, long expiration) {
        this.exchange = exchange;
        this.routingKey = routingKey;
        this.header = header;
        this.body = body;
        this.expiration = expiration;
    }

    public static Message of(String exchange, String routingKey, ContentHeader header, byte[] body) {
        return new Message(exchange, routingKey, header, body, expiration(header.expiration()));
    }

    private static long expiration(@Nullable String text) {
        if (text == null) {
            return -1;
        }
        try {
            long millis = Long.parseLong(text);
            if (millis < 0) {
                throw invalidExpiration(text, "{value_negative," + millis + "}");
            }
            if (millis > QueueArguments.MAX_MILLIS) {
                throw invalidExpiration(text, "{value_too_large," + millis + "}");
            }
            return millis;
        } catch (NumberFormatException e) {
            Matcher leadingNumber = LEADING_NUMBER.matcher(text);
            throw invalidExpiration(
                    text,
                    leadingNumber.matches() ? "{leftover_string,\"" + leadingNumber.group(1) + "\"}" : "no_integer");
        }
    }

    private static AmqpException invalidExpiration(String text, String why) {
        return new AmqpException(ReplyCode.PRECONDITION_FAILED, "invalid expiration '" + text + "': " + why);
    }

    public String exchange() {
        return exchange;
    }

    public String routingKey() {
        return routingKey;
    }

    public ContentHeader header() {
        return header;
    }

    public byte[] body() {
        return body;
    }

    /** Milliseconds to live in a queue, -1 without end. */
    public long expiration() {
        return expiration;
    }

    /** What holding it costs, in bytes. */
    public int footprint() {
        return body.length + header.octets().length + OVERHEAD;
    }

    public void retain(Watermark memory) {
        memory.add(holders.getAndIncrement() == 0 ? footprint() : PLACE);
    }

    public void release(Watermark memory) {
        memory.remove(holders.decrementAndGet() == 0 ? footprint() : PLACE);
    }

    /** The routing key and those in the CC and BCC headers, which RabbitMQ routes alike. */
    public List<String> routingKeys() {
        if (!header.hasHeaders()) {
            return List.of(routingKey);
        }
        List<String> keys = knownRoutingKeys();
        addKeys("BCC", header.headers(), keys);
        return keys;
    }

    /** Those that every reader may know: without the ones in BCC. */
    public List<String> knownRoutingKeys() {
        List<String> keys = new ArrayList<>();
        keys.add(routingKey);
        addKeys("CC", header.headers(), keys);
        return keys;
    }

    private static void addKeys(String name, Map<String, @Nullable Object> headers, List<String> keys) {
        Object value = headers.get(name);
        if (value == null) {
            return;
        }
        if (!(value instanceof List<?> list)) {
            throw new AmqpException(
                    ReplyCode.PRECONDITION_FAILED,
                    "invalid message: {unacceptable_type_in_header,\"" + name + "\"," + FieldTypes.name(value) + "}");
        }
        for (Object key : list) {
            if (key instanceof String text) {
                keys.add(text);
            }
        }
    }

    /** The same message under a header of its own and, where {@code exchange} differs, published elsewhere. */
    public Message derive(String exchange, String routingKey, ContentHeader header) {
        return new Message(exchange, routingKey, header, body, expiration(header.expiration()));
    }
}
