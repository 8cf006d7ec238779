package dev.parley.broker.exchange;

import dev.parley.broker.amqp.AmqpException;
import dev.parley.broker.amqp.ReplyCode;

/** The types of exchanges, and the factory of each. Immutable. */
public enum ExchangeType {
    DIRECT,
    FANOUT,
    TOPIC,
    HEADERS;

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
            default -> throw AmqpException.hard(ReplyCode.COMMAND_INVALID, "unknown exchange type '" + name + "'");
        };
    }

    /** Creates an exchange of this type without bindings. */
    public Exchange create(String name, ExchangeSettings settings) {
        return switch (this) {
            case DIRECT -> new DirectExchange(name, settings);
            case FANOUT -> new FanoutExchange(name, settings);
            case TOPIC -> new TopicExchange(name, settings);
            case HEADERS -> new HeadersExchange(name, settings);
        };
    }

    /** The name of the type in a declaration. */
    public String text() {
        return switch (this) {
            case DIRECT -> "direct";
            case FANOUT -> "fanout";
            case TOPIC -> "topic";
            case HEADERS -> "headers";
        };
    }
}
