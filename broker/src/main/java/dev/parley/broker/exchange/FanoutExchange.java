package dev.parley.broker.exchange;

import dev.parley.broker.amqp.ContentHeader;
import java.util.function.Consumer;

/** Routes to every destination that is bound. Thread-safe as {@link Exchange} is. */
final class FanoutExchange extends Exchange {
    FanoutExchange(String name, ExchangeSettings settings) {
        super(name, ExchangeType.FANOUT, settings);
    }

    @Override
    public void match(String routingKey, ContentHeader header, Consumer<Destination> found) {
        for (Binding binding : bindings()) {
            found.accept(binding.destination());
        }
    }
}
