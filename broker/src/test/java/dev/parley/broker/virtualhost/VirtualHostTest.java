package dev.parley.broker.virtualhost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.broker.amqp.AmqpException;
import dev.parley.broker.exchange.Binding;
import dev.parley.broker.exchange.Exchange;
import dev.parley.broker.exchange.ExchangeSettings;
import dev.parley.broker.limit.Limits;
import dev.parley.broker.limit.Watermark;
import dev.parley.broker.profile.RabbitMqProfile;
import dev.parley.broker.queue.MessageQueue;
import dev.parley.broker.queue.QueueOwner;
import dev.parley.broker.queue.QueueSettings;
import io.netty.channel.DefaultEventLoop;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a client can meet if another one changes the topology between its look-up and its command. */
class VirtualHostTest {
    private static final QueueSettings EXCLUSIVE = new QueueSettings(false, true, false, Map.of());

    private final DefaultEventLoop loop = new DefaultEventLoop();
    private final VirtualHost host = new VirtualHost(
            "/", RabbitMqProfile.defaultProfile(), Limits.defaults(), new Watermark("the broker", 1_000), () -> loop);

    @AfterEach
    void end() {
        loop.shutdownGracefully();
    }

    private static QueueOwner owner() {
        return new QueueOwner() {
            @Override
            public void addOwned(MessageQueue queue) {}

            @Override
            public void removeOwned(MessageQueue queue) {}
        };
    }

    @Test
    void exclusiveQueueBelongsToTheFirstWhoDeclaresIt() {
        QueueOwner first = owner();
        MessageQueue queue = host.declareQueue("q", EXCLUSIVE, first);
        assertThat(host.declareQueue("q", EXCLUSIVE, first)).isSameAs(queue);
        assertThatThrownBy(() -> host.declareQueue("q", EXCLUSIVE, owner()))
                .isInstanceOf(AmqpException.class)
                .hasMessageStartingWith("RESOURCE_LOCKED - cannot obtain exclusive access to locked queue 'q'");
    }

    @Test
    void deletedQueueCannotBeBound() {
        MessageQueue queue = host.declareQueue("q", EXCLUSIVE, owner());
        host.delete(queue);
        MessageQueue other = host.declareQueue("q", EXCLUSIVE, owner());
        Exchange source = host.exchange("amq.fanout");
        assertThatThrownBy(() -> host.bind(new Binding(source, queue, "", Map.of())))
                .isInstanceOf(AmqpException.class)
                .hasMessage("NOT_FOUND - no queue 'q' in vhost '/'");
        host.bind(new Binding(source, other, "", Map.of()));
        assertThat(source.bindings()).hasSize(1);
    }

    @Test
    void deletedExchangeCannotBeBound() {
        host.declareExchange("e", "fanout", ExchangeSettings.DURABLE);
        Exchange source = host.exchange("e");
        host.deleteExchange("e", false);
        host.declareExchange("e", "fanout", ExchangeSettings.DURABLE);
        assertThatThrownBy(() -> host.bind(new Binding(source, host.exchange("amq.topic"), "", Map.of())))
                .isInstanceOf(AmqpException.class)
                .hasMessage("NOT_FOUND - no exchange 'e' in vhost '/'");
    }
}
