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

/** Which queue arguments mean something, what values they take, and when two declarations are the same. */
public final class QueueArguments {
    private static final Pattern AGE = Pattern.compile("(\\d{1,9})([YMDhms])");
    private static final Set<String> KINDS = Set.of("classic", "quorum", "stream");
    private static final Set<String> MODES = Set.of("default", "lazy");
    private static final Set<String> OVERFLOWS = Set.of("drop-head", "reject-publish", "reject-publish-dlx");
    /** Ten years: RabbitMQ refuses longer ones. */
    public static final long MAX_MILLIS = 315_360_000_000L;

    /** In the order in which a second declaration is compared with the first. */
    private static final List<String> COMPARED = List.of(
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

    /** Which of the compared arguments a kind of queue does not know. */
    private static boolean unknownTo(String kind, String name) {
        return switch (name) {
            case "x-queue-type", "x-max-length-bytes" -> false;
            case "x-max-priority", "x-queue-mode" -> !kind.equals("classic");
            case "x-delivery-limit", "x-max-in-memory-length", "x-max-in-memory-bytes" -> !kind.equals("quorum");
            case "x-max-age", "x-stream-max-segment-size-bytes" -> !kind.equals("stream");
            default -> kind.equals("stream");
        };
    }

    /** Refuses what RabbitMQ refuses, with its words. */
    public static void check(String queue, QueueSettings settings) {
        Map<String, @Nullable Object> arguments = settings.arguments();
        String wrongKind = wrong("x-queue-type", arguments.getOrDefault("x-queue-type", "classic"));
        if (wrongKind != null) {
            throw invalid("x-queue-type", queue, wrongKind);
        }
        for (String name : COMPARED) {
            if (arguments.containsKey(name)) {
                if (unknownTo(settings.kind(), name)) {
                    throw unknownArgument(name, queue, settings.kind());
                }
                String wrong = wrong(name, arguments.get(name));
                if (wrong != null) {
                    throw invalid(name, queue, wrong);
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

    /** What a consumer may ask of a queue of a kind, with RabbitMQ's words for what it may not. */
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
            String wrong = wrong(name, arguments.get(name));
            if (wrong != null) {
                throw invalid(name, queue, wrong);
            }
        }
    }

    private static AmqpException unknownArgument(String name, String queue, String kind) {
        return refused("invalid arg '" + name + "' for " + queue + " of queue type rabbit_" + kind + "_queue");
    }

    /** Quorum queues and streams outlive their clients. */
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

    private static @Nullable String wrong(String name, @Nullable Object value) {
        return switch (name) {
            case "x-expires",
                    "x-message-ttl",
                    "x-max-length",
                    "x-max-length-bytes",
                    "x-max-priority",
                    "x-delivery-limit" ->
                FieldTypes.integer(value)
                        ? wrongNumber(name, ((Number) Objects.requireNonNull(value)).longValue())
                        : notInteger(value);
            case "x-priority" -> FieldTypes.integer(value) ? null : notInteger(value);
            case "x-single-active-consumer", "x-cancel-on-ha-failover" ->
                value instanceof Boolean ? null : unacceptable(value);
            case "x-queue-type" -> oneOf(KINDS, value, "\"unsupported queue type '" + value + "'\"");
            case "x-queue-mode" -> oneOf(MODES, value, "\"unsupported queue mode '" + value + "'\"");
            case "x-overflow" -> oneOf(OVERFLOWS, value, "invalid_overflow");
            case "x-max-age" ->
                value instanceof String text && AGE.matcher(text).matches()
                        ? null
                        : "a number and one of Y M D h m s is right";
            case "x-dead-letter-exchange", "x-dead-letter-routing-key" ->
                value instanceof String ? null : unacceptable(value);
            default -> null;
        };
    }

    private static String notInteger(@Nullable Object value) {
        return "\"expected integer, got " + FieldTypes.name(value) + "\"";
    }

    private static @Nullable String wrongNumber(String name, long number) {
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

    private static @Nullable String oneOf(Set<String> right, @Nullable Object value, String otherwise) {
        if (!(value instanceof String text)) {
            return unacceptable(value);
        }
        return right.contains(text) ? null : otherwise;
    }

    private static String unacceptable(@Nullable Object value) {
        return "{unacceptable_type," + FieldTypes.name(value) + "}";
    }

    /** Refuses a declaration that does not fit the queue of that name. */
    public static void checkEquivalent(String queue, QueueSettings current, QueueSettings received) {
        checkEquivalent(queue, "durable", current.durable(), received.durable());
        checkEquivalent(queue, "exclusive", current.exclusive(), received.exclusive());
        checkEquivalent(queue, "auto_delete", current.autoDelete(), received.autoDelete());
        for (String name : COMPARED) {
            checkEquivalent(queue, name, current.arguments(), received.arguments());
        }
    }

    public static void checkEquivalent(String what, String name, boolean current, boolean received) {
        if (current != received) {
            throw inequivalent(what, name, "'" + received + "'", "'" + current + "'");
        }
    }

    public static void checkEquivalent(
            String what, String name, Map<String, @Nullable Object> current, Map<String, @Nullable Object> received) {
        boolean had = current.containsKey(name);
        boolean has = received.containsKey(name);
        Object old = current.get(name);
        Object fresh = received.get(name);
        boolean same = (FieldTypes.integer(old) && FieldTypes.integer(fresh))
                ? ((Number) Objects.requireNonNull(old)).longValue()
                        == ((Number) Objects.requireNonNull(fresh)).longValue()
                : Objects.equals(old, fresh);
        if (had && has && !same) {
            throw inequivalent(what, name, "'" + fresh + "'", "'" + old + "'");
        }
        if (had != has) {
            throw inequivalent(what, name, described(has, fresh), described(had, old));
        }
    }

    private static String described(boolean present, @Nullable Object value) {
        return present ? "the value '" + value + "' of type '" + FieldTypes.name(value) + "'" : "none";
    }

    public static AmqpException inequivalent(String what, String name, String received, String current) {
        return refused("inequivalent arg '" + name + "' for " + what + ": received " + received + " but current is "
                + current);
    }

    private static AmqpException refused(String text) {
        return new AmqpException(ReplyCode.PRECONDITION_FAILED, text);
    }

    /** "7D" and the like in milliseconds: Y, M, D, h, m, s. */
    public static long ageMillis(String text) {
        Matcher age = AGE.matcher(text);
        if (!age.matches()) {
            throw refused("invalid interval '" + text + "': a number and one of Y M D h m s is right");
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
