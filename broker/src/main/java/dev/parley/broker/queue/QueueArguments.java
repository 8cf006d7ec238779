package dev.parley.broker.queue;

import dev.parley.broker.amqp.AmqpException;
import dev.parley.broker.amqp.ErlangText;
import dev.parley.broker.amqp.FieldTypes;
import dev.parley.broker.amqp.ReplyCode;
import dev.parley.broker.profile.DeprecatedFeature;
import dev.parley.broker.profile.RabbitMqProfile;
import java.nio.charset.StandardCharsets;
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
    /** What is malformed, but has a number before its last character. */
    private static final Pattern NUMBERED = Pattern.compile("[+-]?\\d+.");

    private static final Set<String> KINDS = Set.of("classic", "quorum", "stream");
    private static final Set<String> MODES = Set.of("default", "lazy");
    private static final Set<String> LOCATORS = Set.of("client-local", "balanced", "random", "least-leaders");
    private static final Set<String> MASTER_LOCATORS = Set.of("client-local", "min-masters", "random");
    private static final Set<String> STRATEGIES = Set.of("at-most-once", "at-least-once");
    private static final Set<String> OVERFLOWS = Set.of("drop-head", "reject-publish", "reject-publish-dlx");
    /** Ten years: RabbitMQ rejects longer times. */
    static final long MAX_MILLIS = 315_360_000_000L;

    private static final Set<String> POSITIVE =
            Set.of("x-expires", "x-quorum-initial-group-size", "x-initial-cluster-size");

    private static final int MIN_FILTER_SIZE = 16;
    private static final int MAX_FILTER_SIZE = 255;

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
            "x-stream-max-segment-size-bytes",
            "x-stream-filter-size-bytes",
            "x-dead-letter-strategy",
            "x-queue-version",
            "x-queue-leader-locator",
            "x-queue-master-locator",
            "x-quorum-initial-group-size",
            "x-initial-cluster-size",
            "x-consumer-timeout");

    private static final List<String> CONSUMER = List.of(
            "x-priority", "x-cancel-on-ha-failover", "x-stream-offset", "x-stream-filter", "x-consumer-timeout");

    private QueueArguments() {}

    /** Whether a type of queue refuses an argument, and does not compare it when the queue is declared again. */
    public static boolean isUnknownTo(String kind, String name, RabbitMqProfile profile) {
        return switch (name) {
            case "x-queue-type", "x-max-length-bytes" -> false;
            case "x-max-priority", "x-queue-mode", "x-queue-version", "x-queue-master-locator" ->
                !kind.equals("classic");
            case "x-delivery-limit",
                    "x-max-in-memory-length",
                    "x-max-in-memory-bytes",
                    "x-dead-letter-strategy",
                    "x-quorum-initial-group-size" -> !kind.equals("quorum");
            case "x-max-age", "x-stream-max-segment-size-bytes", "x-initial-cluster-size" -> !kind.equals("stream");
            case "x-queue-leader-locator" -> kind.equals("classic") && !profile.classicQueuesHaveLeaders();
            case "x-stream-filter-size-bytes" -> !kind.equals("stream") && profile.hasFilterSizeArgument();
            case "x-consumer-timeout" -> !kind.equals("quorum") && profile.hasConsumerTimeoutArgument();
            default -> kind.equals("stream");
        };
    }

    /** Whether a profile has an argument at all; one that is unknown to it is ignored. */
    private static boolean isArgument(String name, RabbitMqProfile profile) {
        return switch (name) {
            case "x-consumer-timeout" -> profile.hasConsumerTimeoutArgument();
            case "x-stream-filter-size-bytes" -> profile.checksFilterSize();
            case "x-stream-filter" -> profile.filtersStreams();
            case "x-queue-mode" -> profile.hasQueueModes();
            default -> true;
        };
    }

    /** Whether the argument is compared when a queue of this type is declared again. */
    public static boolean isCompared(String kind, String name, RabbitMqProfile profile) {
        return isArgument(name, profile) && !isUnknownTo(kind, name, profile);
    }

    /**
     * Checks a declaration as RabbitMQ does.
     *
     * @param queue as {@link MessageQueue#describe()} names it
     * @throws AmqpException with {@link ReplyCode#PRECONDITION_FAILED} and RabbitMQ's text if it is invalid
     */
    public static void check(String queue, QueueSettings settings, RabbitMqProfile profile) {
        Map<String, @Nullable Object> arguments = settings.arguments();
        String invalidKind = problem("x-queue-type", arguments.getOrDefault("x-queue-type", "classic"), profile);
        if (invalidKind != null) {
            throw invalid("x-queue-type", queue, invalidKind);
        }
        for (String name : COMPARED) {
            if (arguments.containsKey(name)) {
                if (isUnknownTo(settings.kind(), name, profile)) {
                    throw unknownArgument(name, queue, settings.kind());
                }
                if (!isArgument(name, profile)) {
                    continue;
                }
                String problem = problem(name, arguments.get(name), profile);
                if (problem != null) {
                    throw invalid(name, queue, problem);
                }
            }
        }
        if (arguments.containsKey("x-dead-letter-routing-key") && !arguments.containsKey("x-dead-letter-exchange")) {
            throw invalid("x-dead-letter-routing-key", queue, "routing_key_but_no_dlx_defined");
        }
        checkPermitted(settings, profile);
        if (!settings.kind().equals("classic")) {
            checkReplicated(queue, settings);
        }
        checkFilterSize(settings, profile);
    }

    private static void checkPermitted(QueueSettings settings, RabbitMqProfile profile) {
        if (!settings.durable() && !settings.exclusive()) {
            check(DeprecatedFeature.TRANSIENT_NONEXCL_QUEUES, profile);
        }
        if (settings.arguments().containsKey("x-queue-master-locator")) {
            check(DeprecatedFeature.QUEUE_MASTER_LOCATOR, profile);
        }
    }

    private static void check(DeprecatedFeature feature, RabbitMqProfile profile) {
        if (!profile.permits(feature)) {
            throw new AmqpException(ReplyCode.INTERNAL_ERROR, feature.denial());
        }
    }

    /** RabbitMQ's text names no queue here. */
    private static void checkFilterSize(QueueSettings settings, RabbitMqProfile profile) {
        Object size = settings.arguments().get("x-stream-filter-size-bytes");
        if (size != null
                && settings.kind().equals("stream")
                && profile.checksFilterSize()
                && !(FieldTypes.isInteger(size)
                        && ((Number) size).longValue() >= MIN_FILTER_SIZE
                        && ((Number) size).longValue() <= MAX_FILTER_SIZE)) {
            throw refused(
                    "Invalid value for " + (profile.hasFilterSizeArgument() ? "" : " ") + "x-stream-filter-size-bytes");
        }
    }

    /**
     * Checks the arguments of a consumer as RabbitMQ does.
     *
     * @param queue as {@link MessageQueue#describe()} names it
     * @param kind the type of the queue
     * @throws AmqpException with {@link ReplyCode#PRECONDITION_FAILED} and RabbitMQ's text if they are invalid
     */
    public static void checkConsumer(
            String queue, String kind, Map<String, @Nullable Object> arguments, RabbitMqProfile profile) {
        for (String name : CONSUMER) {
            if (!arguments.containsKey(name) || !isArgument(name, profile)) {
                continue;
            }
            if (name.equals("x-cancel-on-ha-failover") && !profile.failoverArgumentIsClassic()) {
                continue;
            }
            boolean unknown = switch (name) {
                case "x-stream-offset", "x-stream-filter" -> !kind.equals("stream");
                case "x-priority" -> kind.equals("stream");
                case "x-consumer-timeout" -> !kind.equals("quorum");
                default -> !kind.equals("classic");
            };
            if (unknown) {
                throw unknownArgument(name, queue, kind);
            }
            String problem = problem(name, arguments.get(name), profile);
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

    private static @Nullable String problem(String name, @Nullable Object value, RabbitMqProfile profile) {
        return switch (name) {
            case "x-expires",
                    "x-message-ttl",
                    "x-max-length",
                    "x-max-length-bytes",
                    "x-max-priority",
                    "x-max-in-memory-length",
                    "x-max-in-memory-bytes",
                    "x-stream-max-segment-size-bytes",
                    "x-quorum-initial-group-size",
                    "x-initial-cluster-size",
                    "x-consumer-timeout" ->
                FieldTypes.isInteger(value)
                        ? invalidNumber(name, ((Number) Objects.requireNonNull(value)).longValue())
                        : notInteger(value);
            case "x-priority" -> FieldTypes.isInteger(value) ? null : notInteger(value);
            case "x-stream-filter-size-bytes" ->
                FieldTypes.isInteger(value) || !profile.hasFilterSizeArgument() ? null : notInteger(value);
            case "x-queue-version" -> FieldTypes.isInteger(value) ? queueVersion(value, profile) : notInteger(value);
            case "x-queue-leader-locator" -> oneOf(LOCATORS, value, "invalid_queue_locator_arg");
            case "x-queue-master-locator" -> masterLocator(value, profile);
            case "x-dead-letter-strategy" -> oneOf(STRATEGIES, value, "invalid_dlx_strategy");
            case "x-single-active-consumer", "x-cancel-on-ha-failover" ->
                value instanceof Boolean ? null : unacceptable(value);
            case "x-queue-type" -> oneOf(KINDS, value, "\"unsupported queue type '" + value + "'\"");
            case "x-queue-mode" -> oneOf(MODES, value, "\"unsupported queue mode '" + value + "'\"");
            case "x-overflow" -> oneOf(OVERFLOWS, value, "invalid_overflow");
            case "x-max-age" -> value instanceof String text ? maxAge(text, profile) : unacceptable(value);
            case "x-dead-letter-exchange", "x-dead-letter-routing-key" ->
                value instanceof String ? null : unacceptable(value);
            default -> null;
        };
    }

    private static @Nullable String queueVersion(@Nullable Object value, RabbitMqProfile profile) {
        long number = ((Number) Objects.requireNonNull(value)).longValue();
        return number >= profile.oldestQueueVersion() && number <= 2
                ? null
                : "\"unsupported queue version '" + number + "'\"";
    }

    private static @Nullable String masterLocator(@Nullable Object value, RabbitMqProfile profile) {
        if (profile.failsOnUnknownMasterLocator()
                && !(value instanceof String text && MASTER_LOCATORS.contains(text))) {
            throw AmqpException.internal();
        }
        return null;
    }

    private static @Nullable String maxAge(String text, RabbitMqProfile profile) {
        if (AGE.matcher(text).matches()) {
            return null;
        }
        if (profile.failsOnMalformedMaxAge() && !NUMBERED.matcher(text).matches()) {
            throw AmqpException.internal();
        }
        return "invalid_max_age";
    }

    private static String notInteger(@Nullable Object value) {
        return "\"expected integer, got " + FieldTypes.name(value) + "\"";
    }

    private static @Nullable String invalidNumber(String name, long number) {
        if (number < 0) {
            return "{value_negative," + number + "}";
        }
        if (number == 0 && POSITIVE.contains(name)) {
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
     * The error for a consumer's {@code x-stream-offset} that is no offset.
     *
     * @param queue as {@link MessageQueue#describe()} names it
     */
    static AmqpException invalidOffset(String queue, @Nullable Object offset, RabbitMqProfile profile) {
        if (!(offset instanceof String text)
                || (profile.failsOnMalformedStreamOffset()
                        && !NUMBERED.matcher(text).matches())) {
            return AmqpException.internal();
        }
        return invalid(
                "x-stream-offset",
                queue,
                "{invalid_stream_offset_arg,{longstr," + ErlangText.binary(text.getBytes(StandardCharsets.UTF_8))
                        + "}}");
    }

    /** Whether a text is an interval for {@link #ageMillis}. */
    static boolean isAge(String text) {
        return AGE.matcher(text).matches();
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
