package dev.parley.broker.definitions;

import dev.parley.broker.auth.Grant;
import dev.parley.broker.auth.Grant.Action;
import dev.parley.broker.auth.User;
import dev.parley.broker.connection.BrokerCore;
import dev.parley.broker.exchange.Binding;
import dev.parley.broker.exchange.Exchange;
import dev.parley.broker.policy.StoredPolicy;
import dev.parley.broker.queue.MessageQueue;
import dev.parley.broker.virtualhost.VirtualHost;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Exports definitions in the form of RabbitMQ 3.10, which later versions import too. As there, exclusive queues, internal
 * and predeclared exchanges, and bindings to the default exchange are left out. Stateless.
 */
public final class Export {
    private static final String VERSION = "3.10.8";

    private Export() {}

    /** Those of a whole broker: maps, lists, strings, numbers, booleans and nulls. */
    public static Map<String, @Nullable Object> of(BrokerCore broker) {
        List<VirtualHost> hosts = broker.virtualHosts().values().stream()
                .sorted(Comparator.comparing(VirtualHost::name))
                .toList();
        List<Map<String, @Nullable Object>> permissions = new ArrayList<>();
        List<Map<String, @Nullable Object>> users = new ArrayList<>();
        for (User user : broker.users().all()) {
            users.add(user(user));
            new TreeMap<>(user.grants())
                    .forEach((host, grant) -> permissions.add(permission(user.name(), host, grant)));
        }
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("rabbit_version", VERSION);
        json.put("rabbitmq_version", VERSION);
        json.put("product_name", "RabbitMQ");
        json.put("product_version", VERSION);
        json.put("users", users);
        json.put(
                "vhosts",
                hosts.stream().map(host -> Map.of("name", host.name())).toList());
        json.put("permissions", permissions);
        json.put("topic_permissions", List.of());
        addTopology(json, hosts, true);
        json.put("global_parameters", List.of());
        return json;
    }

    /** Those of one virtual host. */
    public static Map<String, @Nullable Object> of(VirtualHost host) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("rabbit_version", VERSION);
        addTopology(json, List.of(host), false);
        return json;
    }

    /** A user, as the management API shows one too. */
    public static Map<String, @Nullable Object> user(User user) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("name", user.name());
        json.put("password_hash", user.password().text());
        json.put("hashing_algorithm", user.password().algorithm());
        json.put("tags", user.tags());
        json.put("limits", Map.of());
        return json;
    }

    /** What a user may do in a virtual host, as the management API shows it too. */
    public static Map<String, @Nullable Object> permission(String user, String host, Grant grant) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("user", user);
        json.put("vhost", host);
        json.put("configure", grant.expression(Action.CONFIGURE));
        json.put("write", grant.expression(Action.WRITE));
        json.put("read", grant.expression(Action.READ));
        return json;
    }

    private static void addTopology(Map<String, @Nullable Object> json, List<VirtualHost> hosts, boolean named) {
        List<Map<String, @Nullable Object>> parameters = new ArrayList<>();
        List<Map<String, @Nullable Object>> policies = new ArrayList<>();
        List<Map<String, @Nullable Object>> queues = new ArrayList<>();
        List<Map<String, @Nullable Object>> exchanges = new ArrayList<>();
        List<Map<String, @Nullable Object>> bindings = new ArrayList<>();
        for (VirtualHost host : hosts) {
            for (StoredPolicy policy : host.policies().all(true)) {
                Map<String, @Nullable Object> parameter = new LinkedHashMap<>();
                parameter.put("value", settings(policy));
                parameter.put("vhost", host.name());
                parameter.put("component", "operator_policy");
                parameter.put("name", policy.name());
                parameters.add(parameter);
            }
            for (StoredPolicy policy : host.policies().all(false)) {
                policies.add(policy(host, policy));
            }
            host.queues().stream()
                    .filter(queue -> !queue.settings().exclusive())
                    .sorted(Comparator.comparing(MessageQueue::name))
                    .forEach(queue -> queues.add(queue(host, queue, named)));
            host.exchanges().stream()
                    .filter(Export::isExported)
                    .sorted(Comparator.comparing(Exchange::name))
                    .forEach(exchange -> exchanges.add(exchange(host, exchange, named)));
            host.exchanges().stream()
                    .flatMap(exchange -> exchange.bindings().stream())
                    .filter(Export::isExported)
                    .sorted(Comparator.comparing(
                                    (Binding binding) -> binding.source().name())
                            .thenComparing(binding -> binding.destination().name())
                            .thenComparing(Binding::routingKey))
                    .forEach(binding -> bindings.add(binding(host, binding, named)));
        }
        json.put("parameters", parameters);
        json.put("policies", policies);
        json.put("queues", queues);
        json.put("exchanges", exchanges);
        json.put("bindings", bindings);
    }

    private static boolean isExported(Exchange exchange) {
        return !exchange.name().isEmpty()
                && !exchange.name().startsWith("amq.")
                && !exchange.settings().internal();
    }

    private static boolean isExported(Binding binding) {
        return switch (binding.destination()) {
                    case MessageQueue queue -> !queue.settings().exclusive();
                    case Exchange exchange -> !exchange.settings().internal();
                    default -> true;
                }
                && !binding.source().settings().internal();
    }

    private static Map<String, @Nullable Object> settings(StoredPolicy policy) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("pattern", policy.pattern());
        json.put("apply-to", policy.applyTo());
        json.put("definition", policy.definition());
        json.put("priority", policy.priority());
        return json;
    }

    /** A policy, or an operator policy, as RabbitMQ lists it. */
    public static Map<String, @Nullable Object> policy(VirtualHost host, StoredPolicy policy) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("vhost", host.name());
        json.put("name", policy.name());
        json.putAll(settings(policy));
        return json;
    }

    private static Map<String, @Nullable Object> start(String key, String name, VirtualHost host, boolean named) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put(key, name);
        if (named) {
            json.put("vhost", host.name());
        }
        return json;
    }

    private static Map<String, @Nullable Object> queue(VirtualHost host, MessageQueue queue, boolean named) {
        Map<String, @Nullable Object> json = start("name", queue.name(), host, named);
        json.put("durable", queue.settings().durable());
        json.put("auto_delete", queue.settings().autoDelete());
        json.put("arguments", queue.settings().arguments());
        return json;
    }

    private static Map<String, @Nullable Object> exchange(VirtualHost host, Exchange exchange, boolean named) {
        Map<String, @Nullable Object> json = start("name", exchange.name(), host, named);
        json.put("type", exchange.type().text());
        json.put("durable", exchange.settings().durable());
        json.put("auto_delete", exchange.settings().autoDelete());
        json.put("internal", exchange.settings().internal());
        json.put("arguments", exchange.settings().arguments());
        return json;
    }

    private static Map<String, @Nullable Object> binding(VirtualHost host, Binding binding, boolean named) {
        Map<String, @Nullable Object> json = start("source", binding.source().name(), host, named);
        json.put("destination", binding.destination().name());
        json.put("destination_type", binding.destination() instanceof Exchange ? "exchange" : "queue");
        json.put("routing_key", binding.routingKey());
        json.put("arguments", binding.arguments());
        return json;
    }
}
