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
 * A message as it was published. Several queues may hold the same message; its bytes count once, from the first queue
 * that retains it to the last that releases it. Thread-safe.
 */
public final class Message {
    /** What a held message costs besides its octets, in bytes: roughly the objects around it. */
    private static final int OVERHEAD = 256;
    /** What each further queue adds that holds the same message, in bytes. */
    private static final int PLACE = 96;

    private static final Pattern LEADING_NUMBER = Pattern.compile("[+-]?\\d+(.+)");

    private final String exchange;
    private final String routingKey;
    private final ContentHeader header;
    private final byte[] body;
    private final long expiration;
    private final boolean deadLettered;
    private final AtomicInteger holders = new AtomicInteger();

    private Message(
            String exchange,
            String routingKey,
            ContentHeader header,
            byte[] body,
            long expiration,
            boolean deadLettered) {
        this.exchange = exchange;
        this.routingKey = routingKey;
        this.header = header;
        this.body = body;
        this.expiration = expiration;
        this.deadLettered = deadLettered;
    }

    /**
     * Creates a message.
     *
     * @throws AmqpException with {@link ReplyCode#PRECONDITION_FAILED} if its expiration is invalid
     */
    public static Message of(String exchange, String routingKey, ContentHeader header, byte[] body) {
        return new Message(exchange, routingKey, header, body, expiration(header.expiration()), false);
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

    /** The exchange it was published to. */
    public String exchange() {
        return exchange;
    }

    /** The routing key it was published with. */
    public String routingKey() {
        return routingKey;
    }

    /** Its properties. */
    public ContentHeader header() {
        return header;
    }

    /** Its body. Must not be modified. */
    public byte[] body() {
        return body;
    }

    /** The time to live in a queue in milliseconds; -1 if it does not expire. */
    long expiration() {
        return expiration;
    }

    /** What holding it costs, in bytes. Always the same. */
    public int footprint() {
        return body.length + header.octets().length + OVERHEAD;
    }

    /** Counts one more holder; each has to call {@link #release} once. */
    public void retain(Watermark memory) {
        memory.add(holders.getAndIncrement() == 0 ? footprint() : PLACE);
    }

    /** Counts one holder less. */
    public void release(Watermark memory) {
        memory.remove(holders.decrementAndGet() == 0 ? footprint() : PLACE);
    }

    /** The routing keys it is routed by: its own and those in the CC and BCC headers. */
    public List<String> routingKeys() {
        if (!header.hasHeaders()) {
            return List.of(routingKey);
        }
        List<String> keys = knownRoutingKeys();
        addKeys("BCC", header.headers(), keys);
        return keys;
    }

    /** The routing keys that consumers may see: not those in the BCC header. */
    List<String> knownRoutingKeys() {
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

    /** A message with the same body but this exchange, routing key and header. Held on its own. */
    public Message derive(String exchange, String routingKey, ContentHeader header) {
        return new Message(exchange, routingKey, header, body, expiration(header.expiration()), deadLettered);
    }

    /** The dead letter of this message, likewise. */
    Message deadLetter(String exchange, String routingKey, ContentHeader header) {
        return new Message(exchange, routingKey, header, body, expiration(header.expiration()), true);
    }

    /** Whether a queue of this broker dead-lettered it, so that its headers tell the truth about that. */
    boolean isDeadLetter() {
        return deadLettered;
    }
}
