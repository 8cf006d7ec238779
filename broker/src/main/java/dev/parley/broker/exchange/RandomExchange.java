package dev.parley.broker.exchange;

import dev.parley.broker.amqp.ContentHeader;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;

/** Routes each message to the destination of one of its bindings: {@code x-random}. Thread-safe as {@link Exchange} is. */
final class RandomExchange extends Exchange {
    /** Replaced under the virtual host's lock. */
    private volatile List<Binding> all = List.of();

    RandomExchange(String name, ExchangeSettings settings) {
        super(name, ExchangeType.RANDOM, settings);
    }

    @Override
    boolean routesOnce() {
        return true;
    }

    @Override
    void index(Binding binding) {
        all = List.copyOf(bindings());
    }

    @Override
    void unindex(Binding binding) {
        all = List.copyOf(bindings());
    }

    @Override
    public void match(String routingKey, ContentHeader header, Consumer<Destination> found) {
        List<Binding> current = all;
        if (!current.isEmpty()) {
            found.accept(current.get(ThreadLocalRandom.current().nextInt(current.size()))
                    .destination());
        }
    }
}
