package dev.parley.broker.exchange;

import dev.parley.broker.amqp.AmqpException;
import dev.parley.broker.amqp.ContentHeader;
import dev.parley.broker.amqp.ReplyCode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Routes as the exchange type that its argument {@code x-delayed-type} names, after the delay that a message's header
 * {@code x-delay} names: {@code x-delayed-message}. The virtual host holds the messages meanwhile. Thread-safe as
 * {@link Exchange} is.
 */
public final class DelayedExchange extends Exchange {
    /** Longer delays are none, as in RabbitMQ's plugin: 2^32 - 1 ms, some 49 days. */
    private static final long MAX_DELAY_MILLIS = (1L << 32) - 1;

    private static final String DELAY = "x-delay";

    private final Exchange rule;

    DelayedExchange(String name, ExchangeSettings settings) {
        super(name, ExchangeType.DELAYED, settings);
        if (!(settings.arguments().get("x-delayed-type") instanceof String delayed)) {
            throw new AmqpException(
                    ReplyCode.PRECONDITION_FAILED,
                    "Invalid argument, 'x-delayed-type' must be an existing exchange type");
        }
        ExchangeType type = ExchangeType.named(delayed);
        if (type == null) {
            throw AmqpException.hard(ReplyCode.COMMAND_INVALID, "unknown exchange type '" + delayed + "'");
        }
        if (type == ExchangeType.DELAYED) {
            throw new AmqpException(
                    ReplyCode.PRECONDITION_FAILED,
                    "Invalid argument, 'x-delayed-message' can't be used for 'x-delayed-type'");
        }
        rule = type.create(name, settings);
    }

    /** The delay of a message with this header in milliseconds; 0 if it is routed at once. */
    public static long delayMillis(ContentHeader header) {
        if (!header.hasHeaders()) {
            return 0;
        }
        long millis = switch (header.headers().get(DELAY)) {
            case Number number -> number.longValue();
            case String text when text.matches("\\d{1,10}") -> Long.parseLong(text);
            case null, default -> 0;
        };
        return millis > MAX_DELAY_MILLIS ? 0 : Math.max(0, millis);
    }

    /** The header of a message whose delay is over: the delay is negative, so that nothing delays it again. */
    public static ContentHeader delayed(ContentHeader header) {
        Map<String, @Nullable Object> headers = new LinkedHashMap<>(header.headers());
        headers.put(DELAY, -delayMillis(header));
        return header.withHeaders(headers);
    }

    @Override
    boolean routesOnce() {
        return rule.routesOnce();
    }

    @Override
    void check(Binding binding) {
        rule.check(binding);
    }

    @Override
    void index(Binding binding) {
        rule.bindings().add(binding);
        rule.index(binding);
    }

    @Override
    void unindex(Binding binding) {
        rule.bindings().remove(binding);
        rule.unindex(binding);
    }

    @Override
    public void match(String routingKey, ContentHeader header, Consumer<Destination> found) {
        rule.match(routingKey, header, found);
    }
}
