package dev.parley.broker.exchange;

import dev.parley.broker.amqp.AmqpException;
import dev.parley.broker.amqp.ReplyCode;
import dev.parley.broker.profile.RabbitMqProfile;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The types of exchanges, and the factory of each. Immutable. */
public enum ExchangeType {
    DIRECT,
    FANOUT,
    TOPIC,
    HEADERS,
    CONSISTENT_HASH,
    RANDOM,
    DELAYED,
    LOCAL_RANDOM,
    MODULUS_HASH;

    /** The types of RabbitMQ without plugins, of each of which it predeclares an exchange. */
    public static final List<ExchangeType> STANDARD = List.of(DIRECT, FANOUT, TOPIC, HEADERS);

    /**
     * Returns the type of this name.
     *
     * @throws AmqpException if the profile has none: with {@link ReplyCode#COMMAND_INVALID}, which closes the
     *     connection, or with {@link ReplyCode#PRECONDITION_FAILED}
     */
    public static ExchangeType of(String name, RabbitMqProfile profile) {
        ExchangeType type = named(name);
        if (type != null && type.isIn(profile)) {
            return type;
        }
        throw new AmqpException(
                profile.closesConnectionForUnknownType() ? ReplyCode.COMMAND_INVALID : ReplyCode.PRECONDITION_FAILED,
                "unknown exchange type '" + name + "'");
    }

    /** The type of this name in any version; {@code null} if there is none. */
    public static @Nullable ExchangeType named(String name) {
        for (ExchangeType type : values()) {
            if (type.text().equals(name)) {
                return type;
            }
        }
        return null;
    }

    private boolean isIn(RabbitMqProfile profile) {
        return switch (this) {
            case LOCAL_RANDOM -> profile.hasLocalRandomExchanges();
            case MODULUS_HASH -> profile.hasModulusHashExchanges();
            default -> true;
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
            case CONSISTENT_HASH -> "x-consistent-hash";
            case RANDOM -> "x-random";
            case DELAYED -> "x-delayed-message";
            case LOCAL_RANDOM -> "x-local-random";
            case MODULUS_HASH -> "x-modulus-hash";
        };
    }
}
