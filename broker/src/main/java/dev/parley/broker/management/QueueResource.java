package dev.parley.broker.management;

import dev.parley.broker.amqp.AmqpException;
import dev.parley.broker.amqp.ReplyCode;
import dev.parley.broker.auth.Access;
import dev.parley.broker.connection.Connection;
import dev.parley.broker.queue.MessageQueue;
import dev.parley.broker.queue.QueueSettings;
import dev.parley.broker.virtualhost.VirtualHost;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Queues. Thread-safe. */
final class QueueResource {
    private final ApiContext context;

    QueueResource(ApiContext context) {
        this.context = context;
    }

    void register(Routes routes) {
        routes.at("queues")
                .get(
                        Right.MANAGEMENT,
                        request -> Listing.paged(request, list(request, context.grantedHosts(request.user()))));
        routes.at("queues/:vhost")
                .get(
                        Right.VIRTUAL_HOST,
                        request -> Listing.paged(request, list(request, List.of(context.virtualHost(request)))));
        routes.at("queues/:vhost/:queue")
                .get(Right.VIRTUAL_HOST, this::one)
                .put(Right.VIRTUAL_HOST, this::declare)
                .delete(Right.VIRTUAL_HOST, this::delete);
    }

    private List<Map<String, @Nullable Object>> list(ApiRequest request, List<VirtualHost> hosts) {
        boolean stats = !request.flag("disable_stats");
        boolean totals = request.flag("enable_queue_totals");
        return hosts.stream()
                .flatMap(host -> host.queues().stream()
                        .sorted(Comparator.comparing(MessageQueue::name))
                        .map(queue -> stats ? QueueJson.full(host, queue) : QueueJson.brief(host, queue, totals)))
                .toList();
    }

    private Response one(ApiRequest request) {
        VirtualHost host = context.virtualHost(request);
        MessageQueue queue = context.queue(request);
        if (request.flag("disable_stats")) {
            return Listing.one(request, QueueJson.brief(host, queue, request.flag("enable_queue_totals")));
        }
        Map<Long, Connection> connections = ConsumerResource.connections(context);
        Map<String, @Nullable Object> json = QueueJson.full(host, queue);
        json.put(
                "consumer_details",
                ConsumerResource.of(host, queue, connections).toList());
        json.put("incoming", List.of());
        json.put("deliveries", List.of());
        if (queue.owner() instanceof Connection owner) {
            json.put("owner_pid_details", Stats.connection(owner));
        }
        return Listing.one(request, json);
    }

    private Response declare(ApiRequest request) {
        if (!context.broker().virtualHosts().containsKey(request.part("vhost"))) {
            throw ApiException.notFound("vhost_not_found");
        }
        VirtualHost host = context.virtualHost(request);
        String name = request.part("queue");
        JsonBody body = request.body();
        QueueSettings settings =
                new QueueSettings(body.flag("durable"), false, body.flag("auto_delete"), body.arguments());
        Access access = context.access(request);
        access.configureQueue(name);
        String deadLetterExchange = settings.text("x-dead-letter-exchange");
        if (deadLetterExchange != null) {
            access.readQueue(name);
            access.writeExchange(deadLetterExchange);
        }
        boolean isNew = host.findQueue(name) == null;
        if (isNew && name.startsWith("amq.")) {
            throw new AmqpException(
                    ReplyCode.ACCESS_REFUSED, "queue name '" + name + "' contains reserved prefix 'amq.*'");
        }
        host.declareQueue(name, settings, null);
        return Response.created(isNew);
    }

    private Response delete(ApiRequest request) {
        VirtualHost host = context.virtualHost(request);
        MessageQueue queue = context.queue(request);
        context.access(request).configureQueue(queue.name());
        queue.checkUser(null);
        host.delete(queue, request.flag("if-unused"), request.flag("if-empty"));
        return Response.noContent();
    }
}
