package dev.parley.broker.queue;

import dev.parley.broker.amqp.AmqpException;
import dev.parley.broker.amqp.FieldTypes;
import dev.parley.broker.amqp.ReplyCode;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of queues and consumers: which ones each type of queue knows, and which values are valid. Stateless.
 */
public final class QueueArguments {
    private static final Pattern AGE = Pattern.compile("(\\d{1,9})([YMDhms])");
    private static final Set<String> KINDS = Set.of("classic", "quorum", "stream");
    private static final Set<String> MODES = Set.of("default", "lazy");
    private static final Set<String> OVERFLOWS = Set.of("drop-head", "reject-publish", "reject-publish-dlx");
    /** Ten years: RabbitMQ rejects longer times. */
    static final long MAX_MILLIS = 315_360_000_000L;

    /** The arguments that are checked, and compared when a queue is declared again, in this order. */
    public static final List<String> COMPARED = List.of(
            "x-expires",
            "x-message-ttl",
            "x-dead-letter-exchange",
            "x-dead-letter-routing-key",
            "x-max-length",
            "x-max-length-bytes",
            "x-max-priority",
            "x-overflow",
            "x-queue-mode",
            "x-single-active-consumer",
            "x-queue-type",
            "x-max-age",
            "x-delivery-limit",
            "x-max-in-memory-length",
            "x-max-in-memory-bytes",
            "x-stream-max-segment-size-bytes");

    private static final List<String> CONSUMER = List.of("x-priority", "x-cancel-on-ha-failover", "x-stream-offset");

    private QueueArguments() {}

    /** Whether a type of queue does not know an argument. */
    private static boolean unknownTo(String kind, String name) {
        return switch (name) {
            case "x-queue-type", "x-max-length-bytes" -> false;
            case "x-max-priority", "x-queue-mode" -> !kind.equals("classic");
            case "x-delivery-limit", "x-max-in-memory-length", "x-max-in-memory-bytes" -> !kind.equals("quorum");
            case "x-max-age", "x-stream-max-segment-size-bytes" -> !kind.equals("stream");
            default -> kind.equals("stream");
        };
    }

    /**
     * Checks a declaration as RabbitMQ does.
     *
     * @param queue as {@link MessageQueue#describe()} names it
     * @throws AmqpException with {@link ReplyCode#PRECONDITION_FAILED} and RabbitMQ's text if it is invalid
     */
    public static void check(String queue, QueueSettings settings) {
        Map<String, @Nullable Object> arguments = settings.arguments();
        String invalidKind = problem("x-queue-type", arguments.getOrDefault("x-queue-type", "classic"));
        if (invalidKind != null) {
            throw invalid("x-queue-type", queue, invalidKind);
        }
        for (String name : COMPARED) {
            if (arguments.containsKey(name)) {
                if (unknownTo(settings.kind(), name)) {
                    throw unknownArgument(name, queue, settings.kind());
                }
                String problem = problem(name, arguments.get(name));
                if (problem != null) {
                    throw invalid(name, queue, problem);
                }
            }
        }
        if (arguments.containsKey("x-dead-letter-routing-key") && !arguments.containsKey("x-dead-letter-exchange")) {
            throw invalid("x-dead-letter-routing-key", queue, "routing_key_but_no_dlx_defined");
        }
        if (!settings.kind().equals("classic")) {
            checkReplicated(queue, settings);
        }
    }

    /**
     * Checks the arguments of a consumer as RabbitMQ does.
     *
     * @param queue as {@link MessageQueue#describe()} names it
     * @param kind the type of the queue
     * @throws AmqpException with {@link ReplyCode#PRECONDITION_FAILED} and RabbitMQ's text if they are invalid
     */
    public static void checkConsumer(String queue, String kind, Map<String, @Nullable Object> arguments) {
        for (String name : CONSUMER) {
            if (!arguments.containsKey(name)) {
                continue;
            }
            boolean unknown = switch (name) {
                case "x-stream-offset" -> !kind.equals("stream");
                case "x-priority" -> kind.equals("stream");
                default -> !kind.equals("classic");
            };
            if (unknown) {
                throw unknownArgument(name, queue, kind);
            }
            String problem = problem(name, arguments.get(name));
            if (problem != null) {
                throw invalid(name, queue, problem);
            }
        }
    }

    private static AmqpException unknownArgument(String name, String queue, String kind) {
        return refused("invalid arg '" + name + "' for " + queue + " of queue type rabbit_" + kind + "_queue");
    }

    /** Quorum queues and streams outlive their clients, so some properties are invalid for them. */
    private static void checkReplicated(String queue, QueueSettings settings) {
        if (!settings.durable()) {
            throw refused("invalid property 'non-durable' for " + queue);
        }
        if (settings.autoDelete()) {
            throw refused("invalid property 'auto-delete' for " + queue);
        }
        if (settings.exclusive()) {
            throw refused("invalid property 'exclusive-owner' for " + queue);
        }
    }

    private static AmqpException invalid(String name, String queue, String why) {
        return refused("invalid arg '" + name + "' for " + queue + ": " + why);
    }

    private static @Nullable String problem(String name, @Nullable Object value) {
        return switch (name) {
            case "x-expires",
                    "x-message-ttl",
                    "x-max-length",
                    "x-max-length-bytes",
                    "x-max-priority",
                    "x-delivery-limit" ->
                FieldTypes.isInteger(value)
                        ? invalidNumber(name, ((Number) Objects.requireNonNull(value)).longValue())
                        : notInteger(value);
            case "x-priority" -> FieldTypes.isInteger(value) ? null : notInteger(value);
            case "x-single-active-consumer", "x-cancel-on-ha-failover" ->
                value instanceof Boolean ? null : unacceptable(value);
            case "x-queue-type" -> oneOf(KINDS, value, "\"unsupported queue type '" + value + "'\"");
            case "x-queue-mode" -> oneOf(MODES, value, "\"unsupported queue mode '" + value + "'\"");
            case "x-overflow" -> oneOf(OVERFLOWS, value, "invalid_overflow");
            case "x-max-age" ->
                value instanceof String text && AGE.matcher(text).matches()
                        ? null
                        : "expected a number followed by one of Y M D h m s";
            case "x-dead-letter-exchange", "x-dead-letter-routing-key" ->
                value instanceof String ? null : unacceptable(value);
            default -> null;
        };
    }

    private static String notInteger(@Nullable Object value) {
        return "\"expected integer, got " + FieldTypes.name(value) + "\"";
    }

    private static @Nullable String invalidNumber(String name, long number) {
        if (number < 0 && !name.equals("x-delivery-limit")) {
            return "{value_negative," + number + "}";
        }
        if (number == 0 && name.equals("x-expires")) {
            return "{value_zero,0}";
        }
        if (number > MAX_MILLIS && (name.equals("x-expires") || name.equals("x-message-ttl"))) {
            return "{value_too_large," + number + "}";
        }
        return number > 255 && name.equals("x-max-priority") ? "{max_value_exceeded," + number + "}" : null;
    }

    private static @Nullable String oneOf(Set<String> valid, @Nullable Object value, String otherwise) {
        if (!(value instanceof String text)) {
            return unacceptable(value);
        }
        return valid.contains(text) ? null : otherwise;
    }

    private static String unacceptable(@Nullable Object value) {
        return "{unacceptable_type," + FieldTypes.name(value) + "}";
    }

    private static AmqpException refused(String text) {
        return new AmqpException(ReplyCode.PRECONDITION_FAILED, text);
    }

    /**
     * Parses an interval such as {@code 7D}, with the units Y, M, D, h, m and s, to milliseconds.
     *
     * @throws AmqpException with {@link ReplyCode#PRECONDITION_FAILED} if it is malformed
     */
    static long ageMillis(String text) {
        Matcher age = AGE.matcher(text);
        if (!age.matches()) {
            throw refused("invalid interval '" + text + "': expected a number followed by one of Y M D h m s");
        }
        long count = Long.parseLong(Objects.requireNonNull(age.group(1)));
        return 1000
                * count
                * switch (Objects.requireNonNull(age.group(2))) {
                    case "Y" -> 365 * 86_400L;
                    case "M" -> 30 * 86_400L;
                    case "D" -> 86_400L;
                    case "h" -> 3_600L;
                    case "m" -> 60L;
                    default -> 1L;
                };
    }
}
