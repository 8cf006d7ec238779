package dev.parley.broker;

import dev.parley.broker.channel.ChannelConsumer;
import dev.parley.broker.connection.BrokerCore;
import dev.parley.broker.connection.Connection;
import dev.parley.broker.exchange.Binding;
import dev.parley.broker.exchange.Exchange;
import dev.parley.broker.queue.MessageQueue;
import dev.parley.broker.virtualhost.VirtualHost;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** Pictures of a running broker, taken part by part without stopping it. */
final class Views {
    private Views() {}

    static List<ExchangeInfo> exchanges(BrokerCore broker) {
        List<ExchangeInfo> all = new ArrayList<>();
        for (VirtualHost host : broker.virtualHosts().values()) {
            for (Exchange exchange : host.exchanges()) {
                var settings = exchange.settings();
                all.add(new ExchangeInfo(
                        host.name(),
                        exchange.name(),
                        exchange.type().text(),
                        settings.durable(),
                        settings.autoDelete(),
                        settings.internal(),
                        settings.arguments()));
            }
        }
        all.sort(Comparator.comparing(ExchangeInfo::virtualHost).thenComparing(ExchangeInfo::name));
        return all;
    }

    static List<QueueInfo> queues(BrokerCore broker) {
        List<QueueInfo> all = new ArrayList<>();
        for (VirtualHost host : broker.virtualHosts().values()) {
            host.queues().forEach(queue -> all.add(queue(queue)));
        }
        all.sort(Comparator.comparing(QueueInfo::virtualHost).thenComparing(QueueInfo::name));
        return all;
    }

    static QueueInfo queue(MessageQueue queue) {
        var settings = queue.settings();
        return new QueueInfo(
                queue.virtualHost().name(),
                queue.name(),
                settings.kind(),
                settings.durable(),
                settings.exclusive(),
                settings.autoDelete(),
                settings.arguments(),
                queue.readyCount(),
                queue.unackedCount(),
                queue.consumerCount(),
                queue.watermark().bytes(),
                queue.published.sum(),
                queue.delivered.sum(),
                queue.acknowledged.sum());
    }

    static List<BindingInfo> bindings(BrokerCore broker) {
        List<BindingInfo> all = new ArrayList<>();
        for (VirtualHost host : broker.virtualHosts().values()) {
            for (MessageQueue queue : host.queues()) {
                all.add(new BindingInfo(host.name(), "", queue.name(), false, queue.name(), Map.of()));
            }
            for (Exchange exchange : host.exchanges()) {
                for (Binding binding : exchange.bindings()) {
                    all.add(new BindingInfo(
                            host.name(),
                            exchange.name(),
                            binding.destination().name(),
                            binding.destination() instanceof Exchange,
                            binding.routingKey(),
                            binding.arguments()));
                }
            }
        }
        return all;
    }

    static List<ConsumerInfo> consumers(BrokerCore broker) {
        List<ConsumerInfo> all = new ArrayList<>();
        for (VirtualHost host : broker.virtualHosts().values()) {
            for (MessageQueue queue : host.queues()) {
                for (ChannelConsumer consumer : queue.consumers()) {
                    all.add(new ConsumerInfo(
                            host.name(),
                            queue.name(),
                            consumer.tag(),
                            consumer.channel().connection().id(),
                            consumer.channel().number(),
                            consumer.noAck(),
                            consumer.exclusive(),
                            consumer.prefetch(),
                            consumer.unacked(),
                            queue.isActive(consumer),
                            consumer.arguments()));
                }
            }
        }
        return all;
    }

    static List<ConnectionInfo> connections(BrokerCore broker) {
        return broker.connections().stream()
                .filter(Connection::isOpen)
                .map(Views::connection)
                .sorted(Comparator.comparingLong(ConnectionInfo::id))
                .toList();
    }

    static ConnectionInfo connection(Connection connection) {
        var properties = connection.handshake().clientProperties();
        boolean open = connection.isOpen();
        return new ConnectionInfo(
                connection.id(),
                connection.toString(),
                properties.get("connection_name") instanceof String name ? name : "",
                open ? connection.access().userName() : "",
                open ? connection.virtualHost().name() : "",
                connection.channels().size(),
                connection.channelMax(),
                connection.frameMax(),
                connection.heartbeatSeconds(),
                connection.blocking().blocked(),
                Instant.ofEpochMilli(connection.connectedAt()),
                properties);
    }

    static BrokerCounters counters(BrokerCore broker) {
        return new BrokerCounters(
                broker.accepted.sum(),
                broker.published.sum(),
                broker.confirmed.sum(),
                broker.returned.sum(),
                broker.delivered.sum(),
                broker.acknowledged.sum(),
                broker.memory().bytes(),
                broker.memory().limit());
    }
}
