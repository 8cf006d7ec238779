package dev.parley.broker.management;

import dev.parley.broker.connection.BrokerCore;
import dev.parley.broker.limit.Watermark;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The only node. What a node has of Erlang, of a disk and of a cluster is left out. Thread-safe. */
final class NodeResource {
    private final ApiContext context;
    private final long startedAt = System.currentTimeMillis();

    NodeResource(ApiContext context) {
        this.context = context;
    }

    void register(Routes routes) {
        routes.at("nodes").get(Right.MONITORING, request -> Listing.all(request, List.of(node())));
        routes.at("nodes/:node").get(Right.MONITORING, request -> {
            if (!request.part("node").equals(ApiContext.NODE)) {
                throw ApiException.notFound();
            }
            return Listing.one(request, node());
        });
        // All leaders are on the only node.
        routes.at("rebalance/queues").post(Right.ADMINISTRATOR, request -> Response.noContent());
    }

    private Map<String, @Nullable Object> node() {
        BrokerCore broker = context.broker();
        Watermark memory = broker.memory();
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("partitions", List.of());
        json.put("os_pid", String.valueOf(ProcessHandle.current().pid()));
        json.put("sockets_total", broker.limits().maxConnections());
        json.put("sockets_used", broker.connections().size());
        json.put("mem_limit", memory.limit());
        json.put("mem_used", memory.bytes() + broker.debts().bytes());
        json.put("mem_alarm", memory.exceeded());
        json.put("disk_free_alarm", false);
        json.put("rates_mode", "none");
        json.put("uptime", System.currentTimeMillis() - startedAt);
        json.put("processors", Runtime.getRuntime().availableProcessors());
        json.put("exchange_types", OverviewResource.exchangeTypes());
        json.put(
                "auth_mechanisms",
                Stream.of("AMQPLAIN", "PLAIN")
                        .map(name -> OverviewResource.named(
                                name,
                                name.equals("PLAIN")
                                        ? "SASL PLAIN authentication mechanism"
                                        : "QPid AMQPLAIN mechanism"))
                        .toList());
        json.put("applications", List.of());
        json.put("contexts", Listeners.contexts(context, false));
        json.put("log_files", List.of());
        json.put("config_files", List.of());
        json.put("enabled_plugins", List.of("rabbitmq_management"));
        json.put("name", ApiContext.NODE);
        json.put("type", "disc");
        json.put("running", true);
        // Of newer versions; rabbitmqadmin does not do without it.
        json.put("being_drained", false);
        json.putAll(OverviewResource.churn(broker));
        json.put("cluster_links", List.of());
        return json;
    }
}
