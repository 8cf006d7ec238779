package dev.parley.broker.exchange;

import dev.parley.broker.amqp.ContentHeader;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;

/**
 * Routes each message to one of its bindings, the same one for the same routing key ({@code x-modulus-hash}). The hash
 * is not that of RabbitMQ, so a key may lead to another of the queues than there. Thread-safe as {@link Exchange} is.
 */
final class ModulusHashExchange extends Exchange {
    /** In an order that does not depend on when they were added. */
    private volatile List<Binding> sorted = List.of();

    ModulusHashExchange(String name, ExchangeSettings settings) {
        super(name, ExchangeType.MODULUS_HASH, settings);
    }

    @Override
    void index(Binding binding) {
        sort();
    }

    @Override
    void unindex(Binding binding) {
        sort();
    }

    private void sort() {
        sorted = bindings().stream()
                .sorted(Comparator.comparing(
                                (Binding binding) -> binding.destination().name())
                        .thenComparing(Binding::routingKey))
                .toList();
    }

    @Override
    public void match(String routingKey, ContentHeader header, Consumer<Destination> found) {
        List<Binding> all = sorted;
        if (!all.isEmpty()) {
            int hash = routingKey.hashCode() * 0x9e3779b9;
            found.accept(
                    all.get(Math.floorMod(hash ^ (hash >>> 16), all.size())).destination());
        }
    }
}
