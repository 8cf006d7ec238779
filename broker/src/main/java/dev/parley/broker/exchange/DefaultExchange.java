package dev.parley.broker.exchange;

import dev.parley.broker.queue.Message;
import dev.parley.broker.queue.MessageQueue;
import java.util.Map;
import java.util.function.Consumer;

/** The nameless exchange: every queue is bound to it by its name. */
public final class DefaultExchange extends Exchange {
    private final Map<String, MessageQueue> queues;

    public DefaultExchange(Map<String, MessageQueue> queues) {
        super("", ExchangeType.DIRECT, ExchangeSettings.PREDECLARED);
        this.queues = queues;
    }

    @Override
    public void match(Message message, String routingKey, Consumer<Destination> found) {
        MessageQueue queue = queues.get(routingKey);
        if (queue != null) {
            found.accept(queue);
        }
    }
}
