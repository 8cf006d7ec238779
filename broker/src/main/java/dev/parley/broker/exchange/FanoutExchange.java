package dev.parley.broker.exchange;

import dev.parley.broker.queue.Message;
import java.util.function.Consumer;

/** Routes to every destination bound, whatever the keys. */
public final class FanoutExchange extends Exchange {
    public FanoutExchange(String name, ExchangeSettings settings) {
        super(name, ExchangeType.FANOUT, settings);
    }

    @Override
    public void match(Message message, String routingKey, Consumer<Destination> found) {
        for (Binding binding : bindings) {
            found.accept(binding.destination());
        }
    }
}
