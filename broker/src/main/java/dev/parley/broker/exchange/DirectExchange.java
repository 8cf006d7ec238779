package dev.parley.broker.exchange;

import dev.parley.broker.amqp.ContentHeader;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** Routes to destinations whose binding key equals the routing key. Thread-safe as {@link Exchange} is. */
final class DirectExchange extends Exchange {
    private final Map<String, Set<Binding>> byKey = new ConcurrentHashMap<>();

    DirectExchange(String name, ExchangeSettings settings) {
        super(name, ExchangeType.DIRECT, settings);
    }

    @Override
    void index(Binding binding) {
        byKey.computeIfAbsent(binding.routingKey(), key -> ConcurrentHashMap.newKeySet(1))
                .add(binding);
    }

    @Override
    void unindex(Binding binding) {
        byKey.computeIfPresent(binding.routingKey(), (key, found) -> {
            found.remove(binding);
            return found.isEmpty() ? null : found;
        });
    }

    @Override
    public void match(String routingKey, ContentHeader header, Consumer<Destination> found) {
        Set<Binding> matching = byKey.get(routingKey);
        if (matching != null) {
            for (Binding binding : matching) {
                found.accept(binding.destination());
            }
        }
    }
}
