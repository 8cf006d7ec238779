package dev.parley.broker.management;

import dev.parley.broker.connection.BrokerCore;
import dev.parley.broker.connection.Connection;
import dev.parley.broker.exchange.ExchangeType;
import dev.parley.broker.queue.MessageQueue;
import dev.parley.broker.virtualhost.VirtualHost;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The broker as a whole, who the user is, and what RabbitMQ has and is empty here. Thread-safe. */
final class OverviewResource {
    private final ApiContext context;
    private final AtomicReference<String> clusterName = new AtomicReference<>(ApiContext.NODE);

    OverviewResource(ApiContext context) {
        this.context = context;
    }

    void register(Routes routes) {
        routes.at("overview").get(Right.MANAGEMENT, this::overview);
        routes.at("cluster-name").get(Right.MANAGEMENT, this::clusterName).put(Right.ADMINISTRATOR, this::rename);
        routes.at("whoami").get(Right.MANAGEMENT, OverviewResource::whoami);
        routes.at("auth").get(Right.MANAGEMENT, request -> Response.ok(authentication()));
        routes.at("extensions").get(Right.MANAGEMENT, request -> Response.ok(List.of()));
        routes.at("feature-flags").get(Right.ADMINISTRATOR, request -> Response.ok(featureFlags()));
        // What of these can be changed in RabbitMQ is answered by 501 here, so that they are truly empty.
        routes.at("global-parameters").get(Right.POLICY_MAKER, request -> Response.ok(List.of()));
        routes.at("parameters").get(Right.POLICY_MAKER, request -> Response.ok(List.of()));
        routes.at("parameters/:component").get(Right.POLICY_MAKER, request -> Response.ok(List.of()));
        routes.at("parameters/:component/:vhost").get(Right.POLICY_MAKER, request -> {
            context.virtualHost(request);
            return Response.ok(List.of());
        });
        routes.at("vhost-limits").get(Right.MANAGEMENT, request -> Response.ok(List.of()));
        routes.at("vhost-limits/:vhost").get(Right.VIRTUAL_HOST, request -> {
            context.virtualHost(request);
            return Response.ok(List.of());
        });
        routes.at("user-limits").get(Right.ADMINISTRATOR, request -> Response.ok(List.of()));
        routes.at("user-limits/:user").get(Right.ADMINISTRATOR, request -> Response.ok(List.of()));
    }

    private static Response whoami(ApiRequest request) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", request.user().name());
        json.put("tags", request.user().tags());
        return Response.ok(json);
    }

    private Response clusterName(ApiRequest request) {
        return Response.ok(Map.of("name", clusterName.get()));
    }

    private Response rename(ApiRequest request) {
        clusterName.set(request.body().require("name").text("name", ""));
        return Response.noContent();
    }

    private static Map<String, Object> authentication() {
        return Map.of("enable_uaa", false, "uaa_client_id", "", "uaa_location", "");
    }

    /** Those of RabbitMQ 3.10 whose feature there is here. */
    private static List<Map<String, Object>> featureFlags() {
        return Stream.of(
                        "drop_unroutable_metric:Count unroutable publishes to be dropped in stats",
                        "empty_basic_get_metric:Count AMQP `basic.get` on empty queues in stats",
                        "implicit_default_bindings:Default bindings are now implicit, instead of being stored in the"
                                + " database",
                        "quorum_queue:Support queues of type `quorum`",
                        "stream_queue:Support queues of type `stream`",
                        "virtual_host_metadata:Virtual host metadata (description, tags, etc)")
                .map(flag -> {
                    Map<String, Object> json = new LinkedHashMap<>();
                    json.put("name", flag.substring(0, flag.indexOf(':')));
                    json.put("desc", flag.substring(flag.indexOf(':') + 1));
                    json.put("doc_url", "");
                    json.put("state", "enabled");
                    json.put("stability", "stable");
                    json.put("provided_by", "rabbit");
                    return json;
                })
                .toList();
    }

    /** The types of exchanges, without those that RabbitMQ has in plugins. */
    static List<Map<String, Object>> exchangeTypes() {
        return ExchangeType.STANDARD.stream()
                .map(ExchangeType::text)
                .sorted()
                .map(type -> named(type, "AMQP " + type + " exchange, as per the AMQP specification"))
                .toList();
    }

    /** Something that a node has. */
    static Map<String, Object> named(String name, String description) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", name);
        json.put("description", description);
        json.put("enabled", true);
        return json;
    }

    private Response overview(ApiRequest request) {
        BrokerCore broker = context.broker();
        List<VirtualHost> hosts = context.visibleHosts(request.user());
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("management_version", context.broker().profile().release());
        json.put("rates_mode", "none");
        json.put("exchange_types", exchangeTypes());
        json.put("product_version", context.broker().profile().release());
        json.put("product_name", "RabbitMQ");
        json.put("rabbitmq_version", context.broker().profile().release());
        json.put("cluster_name", clusterName.get());
        json.put("release_series_support_status", "supported");
        json.put("disable_stats", false);
        json.put("enable_queue_totals", false);
        Stats.put(json, broker.counters()::get);
        json.put("churn_rates", churn(broker));
        json.put("queue_totals", Stats.totals(hosts));
        json.put("object_totals", objects(hosts));
        json.put("statistics_db_event_queue", 0);
        json.put("node", ApiContext.NODE);
        json.put("listeners", Listeners.of(context));
        json.put("contexts", Listeners.contexts(context, true));
        return Listing.one(request, json);
    }

    /** How many connections and the like were ever opened and closed. */
    static Map<String, @Nullable Object> churn(BrokerCore broker) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        long accepted = broker.acceptedCount();
        json.put("connection_created", accepted);
        json.put(
                "connection_closed", Math.max(0, accepted - broker.connections().size()));
        return json;
    }

    private Map<String, @Nullable Object> objects(List<VirtualHost> hosts) {
        List<Connection> connections = context.broker().connections().stream()
                .filter(Connection::isOpen)
                .filter(connection ->
                        hosts.stream().anyMatch(host -> host.name().equals(connection.virtualHostName())))
                .toList();
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put(
                "channels",
                connections.stream().mapToInt(Connection::channelCount).sum());
        json.put("connections", connections.size());
        json.put(
                "consumers",
                hosts.stream()
                        .flatMap(host -> host.queues().stream())
                        .mapToInt(MessageQueue::consumerCount)
                        .sum());
        json.put(
                "exchanges",
                hosts.stream().mapToInt(host -> host.exchanges().size()).sum());
        json.put("queues", hosts.stream().mapToInt(host -> host.queues().size()).sum());
        return json;
    }
}
