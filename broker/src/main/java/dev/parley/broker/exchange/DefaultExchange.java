package dev.parley.broker.exchange;

import dev.parley.broker.amqp.ContentHeader;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The exchange without a name: every queue is bound to it by its name. Thread-safe as {@link Exchange} is. */
final class DefaultExchange extends Exchange {
    private final Function<String, ? extends @Nullable Destination> queues;

    DefaultExchange(Function<String, ? extends @Nullable Destination> queues) {
        super("", ExchangeType.DIRECT, ExchangeSettings.DURABLE);
        this.queues = queues;
    }

    @Override
    public void match(String routingKey, ContentHeader header, Consumer<Destination> found) {
        Destination queue = queues.apply(routingKey);
        if (queue != null) {
            found.accept(queue);
        }
    }
}
