package dev.parley.oslo.admin;

import dev.parley.oslo.admin.QueueInspector.Kind;
import dev.parley.oslo.admin.Readiness.Obstacle;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Finds what stands in the way of a later version of RabbitMQ. Confined to the call that makes it. */
final class UpgradeCheck {
    /** The versions that can be asked about. */
    static final List<String> VERSIONS = List.of("4.0", "4.3");

    private static final long MOST_BYTES = 16 << 20;
    private static final int LEAST_FRAME = 8192;
    private static final String LOCATOR = "queue-master-locator";

    private final String version;
    private final boolean to43;
    private final String virtualHost;
    private final Function<String, @Nullable JsonNode> api;
    private final List<Obstacle> obstacles = new ArrayList<>();
    private final List<String> unchecked = new ArrayList<>();

    /**
     * A check.
     *
     * @param version one of {@link #VERSIONS}
     * @param virtualHost the name of the virtual host
     * @param api reads a path of the management API; returns {@code null} for what the API does not have or tell
     */
    UpgradeCheck(String version, String virtualHost, Function<String, @Nullable JsonNode> api) {
        this.version = version;
        this.to43 = version.equals("4.3");
        this.virtualHost = virtualHost;
        this.api = api;
    }

    /**
     * Checks everything.
     *
     * @param encodedHost the virtual host as a part of a path
     * @param queues the queues as the management API tells them
     * @param uses what oslo.messaging uses each queue for, by its name
     */
    Readiness check(String encodedHost, JsonNode queues, Map<String, Classifier.Use> uses) {
        Map<String, String> connections = connections();
        Map<String, Set<String>> consumers = consumers(encodedHost, connections);
        for (JsonNode queue : queues) {
            String name = queue.path("name").asString("");
            Classifier.Use use = uses.get(name);
            Kind kind = use == null ? Kind.OTHER : use.kind();
            queue(queue, name, kind, List.copyOf(consumers.getOrDefault(name, Set.of())));
        }
        policies("policy", "policies", "/api/policies/" + encodedHost);
        policies("operator policy", "operator policies", "/api/operator-policies/" + encodedHost);
        channels(connections);
        featureFlags();
        return new Readiness(obstacles, unchecked);
    }

    private void queue(JsonNode queue, String name, Kind kind, List<String> users) {
        JsonNode arguments = queue.path("arguments");
        boolean classic = queue.path("type").asString("classic").equals("classic");
        if (to43
                && classic
                && !queue.path("durable").asBoolean(true)
                && !queue.path("exclusive").asBoolean(false)) {
            add(
                    "queue",
                    name,
                    kind,
                    "is shared and not durable: 4.3 refuses to declare it (541), and loses it with what it holds",
                    durable(kind),
                    users);
        }
        if (to43 && arguments.has("x-" + LOCATOR)) {
            add(
                    "queue",
                    name,
                    kind,
                    "has the argument x-queue-master-locator, which 4.3 refuses (541)",
                    "declare it with x-queue-leader-locator, or without",
                    users);
        }
        if (to43 && arguments.path("x-queue-version").asInt(2) == 1) {
            add(
                    "queue",
                    name,
                    kind,
                    "has the argument x-queue-version=1, which 4.3 refuses (406)",
                    "declare it without the argument",
                    users);
        }
        if (to43 && classic && arguments.has("x-consumer-timeout")) {
            add(
                    "queue",
                    name,
                    kind,
                    "is a classic queue with the argument x-consumer-timeout, which 4.3 refuses (406)",
                    "declare it without the argument, or as a quorum queue",
                    users);
        }
        // The sizes of single messages are not told, but not all can be below the average.
        long messages = queue.path("messages").asLong(0);
        if (messages > 0 && queue.path("message_bytes").asLong(0) > messages * MOST_BYTES) {
            add(
                    "queue",
                    name,
                    kind,
                    "holds a message of more than 16 MiB, which " + version + " takes from no publisher (406)",
                    "send less at once, or set max_message_size in rabbitmq.conf",
                    users);
        }
    }

    private static String durable(Kind kind) {
        String first = "; stop them and delete the queue before they declare it so";
        return switch (kind) {
            case TOPIC, SERVER -> "rabbit_quorum_queue=true of all servers and clients of the topic" + first;
            case NOTIFICATION -> "rabbit_quorum_queue=true of its notifiers and listeners" + first;
            case REPLY ->
                "rabbit_quorum_queue=true and rabbit_transient_quorum_queue=true of the client; Python's"
                        + " oslo.messaging 14.0 does not have the latter";
            case FANOUT ->
                "rabbit_quorum_queue=true and rabbit_transient_quorum_queue=true of the server; Python's"
                        + " oslo.messaging 14.0 does not have the latter";
            case OTHER -> "declare it durable, or exclusive if one connection alone uses it";
        };
    }

    private void policies(String object, String name, String path) {
        for (JsonNode policy : read(name, path)) {
            Set<String> mirroring = new TreeSet<>();
            policy.path("definition").propertyStream().forEach(setting -> {
                if (setting.getKey().startsWith("ha-")) {
                    mirroring.add(setting.getKey());
                }
            });
            String own = policy.path("name").asString("");
            if (!mirroring.isEmpty()) {
                add(
                        object,
                        own,
                        null,
                        "mirrors classic queues (" + String.join(", ", mirroring)
                                + "), which 4.0 and later do not: they refuse such a policy",
                        "quorum queues, rabbit_quorum_queue=true in oslo.messaging; then delete the policy",
                        List.of());
            }
            if (to43 && policy.path("definition").has(LOCATOR)) {
                add(
                        object,
                        own,
                        null,
                        "sets queue-master-locator, which 4.3 refuses",
                        "set queue-leader-locator",
                        List.of());
            }
        }
    }

    /** The names that programs gave their connections, or else their addresses, by the broker's own names. */
    private Map<String, String> connections() {
        Map<String, String> names = new TreeMap<>();
        for (JsonNode connection : read("connections", "/api/connections")) {
            String name = connection.path("name").asString("");
            if (!connection.path("vhost").asString("").equals(virtualHost)) {
                continue;
            }
            String shown = connection.at("/client_properties/connection_name").asString(name);
            names.put(name, shown);
            int frame = connection.path("frame_max").asInt(0);
            if (to43 && frame > 0 && frame < LEAST_FRAME) {
                add(
                        "connection",
                        shown,
                        null,
                        "has frames of at most " + frame + " bytes, and 4.3 closes connections with less than 8192",
                        "frame_max of 8192 or more in the client",
                        List.of());
            }
        }
        return names;
    }

    private Map<String, Set<String>> consumers(String encodedHost, Map<String, String> connections) {
        Map<String, Set<String>> users = new TreeMap<>();
        for (JsonNode consumer : read("consumers", "/api/consumers/" + encodedHost)) {
            String connection = consumer.at("/channel_details/connection_name").asString("");
            if (!connection.isEmpty()) {
                users.computeIfAbsent(consumer.at("/queue/name").asString(""), name -> new LinkedHashSet<>())
                        .add(connections.getOrDefault(connection, connection));
            }
        }
        return users;
    }

    private void channels(Map<String, String> connections) {
        if (!to43) {
            return;
        }
        for (JsonNode channel : read("channels", "/api/channels")) {
            int prefetch = channel.path("global_prefetch_count").asInt(0);
            if (prefetch > 0 && channel.path("vhost").asString("").equals(virtualHost)) {
                String connection = channel.at("/connection_details/name").asString("");
                add(
                        "channel",
                        channel.path("name").asString(""),
                        null,
                        "has a prefetch of " + prefetch
                                + " for all its consumers (basic.qos global), which in 4.3 holds for each of them",
                        "a prefetch for each consumer",
                        connection.isEmpty() ? List.of() : List.of(connections.getOrDefault(connection, connection)));
            }
        }
    }

    private void featureFlags() {
        for (JsonNode flag : read("feature flags", "/api/feature-flags")) {
            if (flag.path("state").asString("").equals("disabled")
                    && flag.path("stability").asString("").equals("stable")) {
                add(
                        "feature flag",
                        flag.path("name").asString(""),
                        null,
                        "is not enabled, and a node of a later version may require it",
                        "rabbitmqctl enable_feature_flag all, before the upgrade",
                        List.of());
            }
        }
    }

    private Iterable<JsonNode> read(String what, String path) {
        JsonNode found = api.apply(path);
        if (found == null || !found.isArray()) {
            unchecked.add(what);
            return List.of();
        }
        return found;
    }

    private void add(
            String object, String name, @Nullable Kind kind, String problem, String remedy, List<String> users) {
        obstacles.add(new Obstacle(object, name, kind, problem, remedy, users));
    }
}
