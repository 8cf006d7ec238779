package dev.parley.broker.exchange;

import dev.parley.broker.amqp.AmqpException;
import dev.parley.broker.amqp.ContentHeader;
import dev.parley.broker.amqp.ReplyCode;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;

/**
 * Routes each message to one of its queues by chance ({@code x-local-random}): here all queues are local. Only classic
 * queues can be bound, without a routing key. Thread-safe as {@link Exchange} is.
 */
final class LocalRandomExchange extends Exchange {
    LocalRandomExchange(String name, ExchangeSettings settings) {
        super(name, ExchangeType.LOCAL_RANDOM, settings);
    }

    @Override
    void check(Binding binding) {
        if (!binding.routingKey().isEmpty()) {
            throw refused("Non empty binding '" + binding.routingKey() + "' key not permitted");
        }
        String kind = binding.destination().kind();
        if (kind == null) {
            throw refused("Destination not found");
        }
        if (!kind.equals("classic")) {
            throw refused("Queue type rabbit_" + kind + "_queue not valid for this exchange type");
        }
    }

    private static AmqpException refused(String text) {
        return new AmqpException(ReplyCode.PRECONDITION_FAILED, text);
    }

    @Override
    public void match(String routingKey, ContentHeader header, Consumer<Destination> found) {
        List<Binding> all = List.copyOf(bindings());
        if (!all.isEmpty()) {
            found.accept(
                    all.get(ThreadLocalRandom.current().nextInt(all.size())).destination());
        }
    }
}
