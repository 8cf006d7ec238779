package dev.parley.broker.exchange;

import dev.parley.broker.amqp.AmqpException;
import dev.parley.broker.amqp.ReplyCode;
import java.util.List;

/** The types of exchanges, and the factory of each. Immutable. */
public enum ExchangeType {
    DIRECT,
    FANOUT,
    TOPIC,
    HEADERS,
    CONSISTENT_HASH,
    RANDOM,
    DELAYED;

    /** The types of RabbitMQ without plugins, of each of which it predeclares an exchange. */
    public static final List<ExchangeType> STANDARD = List.of(DIRECT, FANOUT, TOPIC, HEADERS);

    /**
     * Returns the type of this name.
     *
     * @throws AmqpException with {@link ReplyCode#COMMAND_INVALID} if there is none; it closes the connection
     */
    public static ExchangeType of(String name) {
        return switch (name) {
            case "direct" -> DIRECT;
            case "fanout" -> FANOUT;
            case "topic" -> TOPIC;
            case "headers" -> HEADERS;
            case "x-consistent-hash" -> CONSISTENT_HASH;
            case "x-random" -> RANDOM;
            case "x-delayed-message" -> DELAYED;
            default -> throw AmqpException.hard(ReplyCode.COMMAND_INVALID, "unknown exchange type '" + name + "'");
        };
    }

    /**
     * Creates an exchange of this type without bindings.
     *
     * @throws AmqpException if an argument is invalid for the type
     */
    public Exchange create(String name, ExchangeSettings settings) {
        return switch (this) {
            case DIRECT -> new DirectExchange(name, settings);
            case FANOUT -> new FanoutExchange(name, settings);
            case TOPIC -> new TopicExchange(name, settings);
            case HEADERS -> new HeadersExchange(name, settings);
            case CONSISTENT_HASH -> new ConsistentHashExchange(name, settings);
            case RANDOM -> new RandomExchange(name, settings);
            case DELAYED -> new DelayedExchange(name, settings);
        };
    }

    /** The name of the type in a declaration. */
    public String text() {
        return switch (this) {
            case DIRECT -> "direct";
            case FANOUT -> "fanout";
            case TOPIC -> "topic";
            case HEADERS -> "headers";
            case CONSISTENT_HASH -> "x-consistent-hash";
            case RANDOM -> "x-random";
            case DELAYED -> "x-delayed-message";
        };
    }
}
