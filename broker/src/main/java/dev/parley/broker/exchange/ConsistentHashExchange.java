package dev.parley.broker.exchange;

import dev.parley.broker.amqp.AmqpException;
import dev.parley.broker.amqp.ContentHeader;
import dev.parley.broker.amqp.FieldTypes;
import dev.parley.broker.amqp.ReplyCode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Routes each message to one of the bound destinations, by a hash of its routing key, or of the header or property that
 * its arguments name: {@code x-consistent-hash}. The key of a binding is the weight of its destination. As in RabbitMQ
 * a destination has the weight of its first binding, and none once one of its bindings is removed. Thread-safe as
 * {@link Exchange} is.
 */
final class ConsistentHashExchange extends Exchange {
    private static final int MAX_WEIGHT = 1_000_000_000;
    /** The hash of what is absent: all such messages have one destination. */
    private static final int ABSENT = 45_914_356;

    /** A destination whose buckets begin at a number. */
    private record Share(Destination destination, long firstBucket, long buckets) {}

    /** In the order of their binding. Replaced under the virtual host's lock. */
    private volatile List<Share> shares = List.of();

    private final @Nullable String header;
    private final @Nullable String property;

    ConsistentHashExchange(String name, ExchangeSettings settings) {
        super(name, ExchangeType.CONSISTENT_HASH, settings);
        header = text("hash-header", settings.arguments());
        property = text("hash-property", settings.arguments());
        if (header != null && property != null) {
            throw invalid("hash-header and hash-property are mutually exclusive");
        }
        if (property != null && !property.matches("correlation_id|message_id|timestamp")) {
            throw invalid("Unsupported property: " + property);
        }
    }

    private static @Nullable String text(String name, Map<String, @Nullable Object> arguments) {
        Object value = arguments.get(name);
        if (value != null && !(value instanceof String)) {
            throw invalid(name + " must be a string, not " + FieldTypes.name(value));
        }
        return (String) value;
    }

    private static AmqpException invalid(String text) {
        return new AmqpException(ReplyCode.PRECONDITION_FAILED, text);
    }

    @Override
    void check(Binding binding) {
        weight(binding.routingKey());
    }

    private static long weight(String routingKey) {
        if (!routingKey.matches("[+-]?\\d+")) {
            throw invalid("The binding key must be an integer: <<"
                    + (routingKey.isEmpty() ? "" : "\"" + routingKey + "\"") + ">>");
        }
        if (routingKey.startsWith("-") || routingKey.matches("[+]?0+")) {
            throw invalid("The binding key must be greater than 0");
        }
        String digits = routingKey.replaceFirst("[+]?0*", "");
        if (digits.length() > 10 || Long.parseLong(digits) > MAX_WEIGHT) {
            throw invalid("The binding key must not exceed " + MAX_WEIGHT);
        }
        return Long.parseLong(digits);
    }

    @Override
    boolean routesOnce() {
        return true;
    }

    @Override
    void index(Binding binding) {
        List<Share> changed = new ArrayList<>(shares);
        if (changed.stream().noneMatch(share -> share.destination.equals(binding.destination()))) {
            changed.add(new Share(binding.destination(), buckets(changed), weight(binding.routingKey())));
            shares = List.copyOf(changed);
        }
    }

    @Override
    void unindex(Binding binding) {
        List<Share> left = new ArrayList<>();
        for (Share share : shares) {
            if (!share.destination.equals(binding.destination())) {
                left.add(new Share(share.destination, buckets(left), share.buckets));
            }
        }
        shares = List.copyOf(left);
    }

    private static long buckets(List<Share> shares) {
        if (shares.isEmpty()) {
            return 0;
        }
        Share last = shares.get(shares.size() - 1);
        return last.firstBucket + last.buckets;
    }

    @Override
    public void match(String routingKey, ContentHeader properties, Consumer<Destination> found) {
        List<Share> current = shares;
        if (!current.isEmpty()) {
            long bucket = RabbitHash.bucket(hash(routingKey, properties), buckets(current));
            int low = 0;
            int high = current.size() - 1;
            while (low < high) {
                int middle = (low + high + 1) / 2;
                if (current.get(middle).firstBucket <= bucket) {
                    low = middle;
                } else {
                    high = middle - 1;
                }
            }
            found.accept(current.get(low).destination);
        }
    }

    private int hash(String routingKey, ContentHeader properties) {
        Object hashed = routingKey;
        if (header != null) {
            Object value = properties.headers().get(header);
            hashed = value instanceof byte[] octets ? new String(octets, StandardCharsets.ISO_8859_1) : value;
        } else if (property != null) {
            hashed = switch (property) {
                case "correlation_id" -> properties.correlationId();
                case "message_id" -> properties.messageId();
                default -> properties.timestamp();
            };
        }
        return hashed == null ? ABSENT : RabbitHash.hash(hashed.toString().getBytes(StandardCharsets.UTF_8));
    }
}
