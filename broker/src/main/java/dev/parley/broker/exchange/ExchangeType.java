package dev.parley.broker.exchange;

import dev.parley.broker.amqp.AmqpException;
import dev.parley.broker.amqp.ReplyCode;
import dev.parley.broker.exchange.Exchange.ExchangeSettings;

/** The kinds of exchange. */
public enum ExchangeType {
    DIRECT,
    FANOUT,
    TOPIC,
    HEADERS;

    public static ExchangeType of(String name) {
        return switch (name) {
            case "direct" -> DIRECT;
            case "fanout" -> FANOUT;
            case "topic" -> TOPIC;
            case "headers" -> HEADERS;
            default -> throw AmqpException.hard(ReplyCode.COMMAND_INVALID, "unknown exchange type '" + name + "'");
        };
    }

    public Exchange create(String name, ExchangeSettings settings) {
        return switch (this) {
            case DIRECT -> new DirectExchange(name, settings);
            case FANOUT -> new FanoutExchange(name, settings);
            case TOPIC -> new TopicExchange(name, settings);
            case HEADERS -> new HeadersExchange(name, settings);
        };
    }

    /** The name in a declaration. */
    public String text() {
        return switch (this) {
            case DIRECT -> "direct";
            case FANOUT -> "fanout";
            case TOPIC -> "topic";
            case HEADERS -> "headers";
        };
    }
}
