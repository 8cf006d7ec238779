package dev.parley.broker;

import java.util.Map;
import java.util.function.Consumer;

/** The nameless exchange: every queue is bound to it by its name. */
final class DefaultExchange extends Exchange {
    private final Map<String, MessageQueue> queues;

    DefaultExchange(Map<String, MessageQueue> queues) {
        super("", ExchangeType.DIRECT, ExchangeSettings.PREDECLARED);
        this.queues = queues;
    }

    @Override
    void match(Message message, String routingKey, Consumer<Destination> found) {
        MessageQueue queue = queues.get(routingKey);
        if (queue != null) {
            found.accept(queue);
        }
    }
}
