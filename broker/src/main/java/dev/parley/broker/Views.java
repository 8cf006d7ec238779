package dev.parley.broker;

import dev.parley.broker.connection.BrokerCore;
import dev.parley.broker.connection.Connection;
import dev.parley.broker.exchange.Binding;
import dev.parley.broker.exchange.Exchange;
import dev.parley.broker.queue.MessageEvent;
import dev.parley.broker.queue.MessageQueue;
import dev.parley.broker.queue.QueueConsumer;
import dev.parley.broker.virtualhost.VirtualHost;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * Takes snapshots of a running broker, part by part and without stopping it. Stateless; what it reads may be read by
 * any thread.
 */
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
                        settings.arguments(),
                        exchange.policies().policy(),
                        host.delayedCount(exchange)));
            }
        }
        all.sort(Comparator.comparing(ExchangeInfo::virtualHost).thenComparing(ExchangeInfo::name));
        return all;
    }

    static List<QueueInfo> queues(BrokerCore broker) {
        List<QueueInfo> all = new ArrayList<>();
        for (VirtualHost host : broker.virtualHosts().values()) {
            host.queues().forEach(queue -> all.add(queue(host, queue)));
        }
        all.sort(Comparator.comparing(QueueInfo::virtualHost).thenComparing(QueueInfo::name));
        return all;
    }

    private static QueueInfo queue(VirtualHost host, MessageQueue queue) {
        var settings = queue.settings();
        return new QueueInfo(
                host.name(),
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
                queue.publishedCount(),
                queue.deliveredCount(),
                queue.acknowledgedCount(),
                queue.policies().policy(),
                queue.policies().operatorPolicy());
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
                for (QueueConsumer consumer : queue.consumers()) {
                    all.add(new ConsumerInfo(
                            host.name(),
                            queue.name(),
                            consumer.tag(),
                            consumer.connectionId(),
                            consumer.channelNumber(),
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
        var tuning = connection.tuning();
        return new ConnectionInfo(
                connection.id(),
                connection.toString(),
                connection.details().clientName(),
                connection.userName(),
                connection.virtualHostName(),
                connection.channelCount(),
                tuning.channelMax(),
                tuning.frameMax(),
                tuning.heartbeatSeconds(),
                connection.isBlocked(),
                connection.details().connectedAt(),
                connection.details().clientProperties());
    }

    static BrokerCounters counters(BrokerCore broker) {
        var counters = broker.counters();
        return new BrokerCounters(
                broker.acceptedCount(),
                counters.get(MessageEvent.PUBLISH),
                counters.get(MessageEvent.CONFIRM),
                counters.get(MessageEvent.RETURN_UNROUTABLE),
                counters.delivered(),
                counters.get(MessageEvent.ACK),
                broker.memory().bytes() + broker.debts().bytes(),
                broker.memory().limit());
    }
}
