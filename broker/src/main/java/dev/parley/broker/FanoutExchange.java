package dev.parley.broker;

import java.util.function.Consumer;

/** Routes to every destination bound, whatever the keys. */
final class FanoutExchange extends Exchange {
    FanoutExchange(String name, ExchangeSettings settings) {
        super(name, ExchangeType.FANOUT, settings);
    }

    @Override
    void match(Message message, String routingKey, Consumer<Destination> found) {
        for (Binding binding : bindings) {
            found.accept(binding.destination());
        }
    }
}
