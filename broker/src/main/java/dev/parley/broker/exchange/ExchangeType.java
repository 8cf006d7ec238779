package dev.parley.broker.exchange;

import dev.parley.broker.amqp.AmqpException;
import dev.parley.broker.amqp.ReplyCode;
import dev.parley.broker.profile.RabbitMqProfile;
import java.util.Arrays;
import java.util.List;

/** The types of exchanges, and the factory of each. Immutable. */
public enum ExchangeType {
    DIRECT,
    FANOUT,
    TOPIC,
    HEADERS,
    LOCAL_RANDOM,
    MODULUS_HASH;

    /**
     * Returns the type of this name.
     *
     * @throws AmqpException if the profile has none: with {@link ReplyCode#COMMAND_INVALID}, which closes the
     *     connection, or with {@link ReplyCode#PRECONDITION_FAILED}
     */
    public static ExchangeType of(String name, RabbitMqProfile profile) {
        for (ExchangeType type : values()) {
            if (type.text().equals(name) && type.isIn(profile)) {
                return type;
            }
        }
        throw new AmqpException(
                profile.closesConnectionForUnknownType() ? ReplyCode.COMMAND_INVALID : ReplyCode.PRECONDITION_FAILED,
                "unknown exchange type '" + name + "'");
    }

    /** Whether any version has a type of this name. */
    public static boolean isKnown(String name) {
        return Arrays.stream(values()).anyMatch(type -> type.text().equals(name));
    }

    /** The types of which every virtual host has an exchange. */
    public static List<ExchangeType> predeclared() {
        return List.of(DIRECT, FANOUT, TOPIC, HEADERS);
    }

    private boolean isIn(RabbitMqProfile profile) {
        return switch (this) {
            case LOCAL_RANDOM -> profile.hasLocalRandomExchanges();
            case MODULUS_HASH -> profile.hasModulusHashExchanges();
            default -> true;
        };
    }

    /** Creates an exchange of this type without bindings. */
    public Exchange create(String name, ExchangeSettings settings) {
        return switch (this) {
            case DIRECT -> new DirectExchange(name, settings);
            case FANOUT -> new FanoutExchange(name, settings);
            case TOPIC -> new TopicExchange(name, settings);
            case HEADERS -> new HeadersExchange(name, settings);
            case LOCAL_RANDOM -> new LocalRandomExchange(name, settings);
            case MODULUS_HASH -> new ModulusHashExchange(name, settings);
        };
    }

    /** The name of the type in a declaration. */
    public String text() {
        return switch (this) {
            case DIRECT -> "direct";
            case FANOUT -> "fanout";
            case TOPIC -> "topic";
            case HEADERS -> "headers";
            case LOCAL_RANDOM -> "x-local-random";
            case MODULUS_HASH -> "x-modulus-hash";
        };
    }
}
