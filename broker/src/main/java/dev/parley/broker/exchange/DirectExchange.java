package dev.parley.broker.exchange;

import dev.parley.broker.queue.Message;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** Routes by equality of routing key and binding key. */
public final class DirectExchange extends Exchange {
    private final Map<String, Set<Binding>> byKey = new ConcurrentHashMap<>();

    public DirectExchange(String name, ExchangeSettings settings) {
        super(name, ExchangeType.DIRECT, settings);
    }

    @Override
    public void index(Binding binding) {
        byKey.computeIfAbsent(binding.routingKey(), key -> ConcurrentHashMap.newKeySet(1))
                .add(binding);
    }

    @Override
    public void unindex(Binding binding) {
        byKey.computeIfPresent(binding.routingKey(), (key, found) -> {
            found.remove(binding);
            return found.isEmpty() ? null : found;
        });
    }

    @Override
    public void match(Message message, String routingKey, Consumer<Destination> found) {
        Set<Binding> matching = byKey.get(routingKey);
        if (matching != null) {
            for (Binding binding : matching) {
                found.accept(binding.destination());
            }
        }
    }
}
