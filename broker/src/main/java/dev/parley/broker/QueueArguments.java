package dev.parley.broker;

import dev.parley.broker.amqp.AmqpException;
import dev.parley.broker.amqp.ReplyCode;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Which queue arguments mean something, what values they take, and when two declarations are the same. */
final class QueueArguments {
    private static final Pattern AGE = Pattern.compile("(\\d{1,9})([YMDhms])");
    private static final Set<String> OVERFLOWS = Set.of("drop-head", "reject-publish", "reject-publish-dlx");
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

    private QueueArguments() {}

    /** Refuses what RabbitMQ refuses, with its words. */
    static void check(String queue, QueueSettings settings) {
        Map<String, @Nullable Object> arguments = settings.arguments();
        for (String name : COMPARED) {
            if (arguments.containsKey(name)) {
                String wrong = wrong(name, arguments.get(name));
                if (wrong != null) {
                    throw refused("invalid arg '" + name + "' for " + queue + ": " + wrong);
                }
            }
        }
        if (arguments.containsKey("x-dead-letter-routing-key") && !arguments.containsKey("x-dead-letter-exchange")) {
            throw refused("invalid arg 'x-dead-letter-routing-key' for " + queue + ": routing_key_but_no_dlx_defined");
        }
        String kind = settings.kind();
        if (!kind.equals("classic")) {
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
    }

    private static @Nullable String wrong(String name, @Nullable Object value) {
        return switch (name) {
            case "x-expires", "x-message-ttl", "x-max-length", "x-max-length-bytes", "x-delivery-limit" -> {
                if (!ArgumentTypes.integer(value)) {
                    yield "{unacceptable_type," + ArgumentTypes.name(value) + "}";
                }
                long number = ((Number) Objects.requireNonNull(value)).longValue();
                boolean timer = name.equals("x-expires") || name.equals("x-message-ttl");
                if (number < 0) {
                    yield "{value_negative," + number + "}";
                }
                if (number == 0 && name.equals("x-expires")) {
                    yield "{value_zero,0}";
                }
                yield timer && number > 0xffffffffL ? "{value_too_big," + number + "}" : null;
            }
            case "x-max-priority" -> {
                if (!ArgumentTypes.integer(value)) {
                    yield "{unacceptable_type," + ArgumentTypes.name(value) + "}";
                }
                long number = ((Number) Objects.requireNonNull(value)).longValue();
                yield number < 0
                        ? "{value_negative," + number + "}"
                        : number > 255 ? "{max_value_exceeded," + number + "}" : null;
            }
            case "x-single-active-consumer" ->
                value instanceof Boolean ? null : "{unacceptable_type," + ArgumentTypes.name(value) + "}";
            case "x-queue-type" ->
                value instanceof String text
                                && Set.of("classic", "quorum", "stream").contains(text)
                        ? null
                        : value instanceof String text
                                ? "{unacceptable_value,<<\"" + text + "\">>}"
                                : "{unacceptable_type," + ArgumentTypes.name(value) + "}";
            case "x-overflow" ->
                value instanceof String text && OVERFLOWS.contains(text)
                        ? null
                        : value instanceof String
                                ? "invalid_overflow"
                                : "{unacceptable_type," + ArgumentTypes.name(value) + "}";
            case "x-max-age" ->
                value instanceof String text && AGE.matcher(text).matches() ? null : "{error,invalid_max_age}";
            case "x-dead-letter-exchange", "x-dead-letter-routing-key" ->
                value instanceof String ? null : "{unacceptable_type," + ArgumentTypes.name(value) + "}";
            default -> null;
        };
    }

    /** Refuses a declaration that does not fit the queue of that name. */
    static void checkEquivalent(String queue, QueueSettings current, QueueSettings received) {
        checkEquivalent(queue, "durable", current.durable(), received.durable());
        checkEquivalent(queue, "exclusive", current.exclusive(), received.exclusive());
        checkEquivalent(queue, "auto_delete", current.autoDelete(), received.autoDelete());
        for (String name : COMPARED) {
            checkEquivalent(queue, name, current.arguments(), received.arguments());
        }
    }

    static void checkEquivalent(String what, String name, boolean current, boolean received) {
        if (current != received) {
            throw inequivalent(what, name, "'" + received + "'", "'" + current + "'");
        }
    }

    static void checkEquivalent(
            String what, String name, Map<String, @Nullable Object> current, Map<String, @Nullable Object> received) {
        boolean had = current.containsKey(name);
        boolean has = received.containsKey(name);
        Object old = current.get(name);
        Object fresh = received.get(name);
        boolean same = (ArgumentTypes.integer(old) && ArgumentTypes.integer(fresh))
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
        return present ? "the value '" + value + "' of type '" + ArgumentTypes.name(value) + "'" : "none";
    }

    static AmqpException inequivalent(String what, String name, String received, String current) {
        return refused("inequivalent arg '" + name + "' for " + what + ": received " + received + " but current is "
                + current);
    }

    private static AmqpException refused(String text) {
        return new AmqpException(ReplyCode.PRECONDITION_FAILED, text);
    }

    /** "7D" and the like in milliseconds: Y, M, D, h, m, s. */
    static long ageMillis(String text) {
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
