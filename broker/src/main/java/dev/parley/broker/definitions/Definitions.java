package dev.parley.broker.definitions;

import dev.parley.broker.amqp.AmqpException;
import dev.parley.broker.auth.Grant;
import dev.parley.broker.auth.PasswordHash;
import dev.parley.broker.connection.BrokerCore;
import dev.parley.broker.exchange.Binding;
import dev.parley.broker.exchange.Destination;
import dev.parley.broker.exchange.Exchange;
import dev.parley.broker.exchange.ExchangeSettings;
import dev.parley.broker.exchange.ExchangeType;
import dev.parley.broker.policy.StoredPolicy;
import dev.parley.broker.queue.QueueSettings;
import dev.parley.broker.virtualhost.VirtualHost;
import dev.parley.broker.virtualhost.VirtualHostMetadata;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * Definitions that RabbitMQ exported, of a whole broker or of one virtual host, in the form of 3.10 to 4.3. Immutable.
 *
 * <p>They are loaded in RabbitMQ's order, entry by entry; what exists and is the same stays. If an entry is invalid, an
 * {@link IllegalArgumentException} names it, and those before it stay loaded, as in RabbitMQ.
 */
public final class Definitions {
    /** Of RabbitMQ's own, in nearly each export. */
    private static final Set<String> OWN_PARAMETERS = Set.of(
            "cluster_name", "cluster_tags", "internal_cluster_id", "mqtt_default_vhosts", "mqtt_port_to_vhost_mapping");
    /** Settings of policies that RabbitMQ's plugins have. */
    private static final Set<String> FEDERATION =
            Set.of("federation-upstream", "federation-upstream-set", "federation-upstream-pattern");

    private final Map<String, @Nullable Object> sections;

    private Definitions(Map<String, @Nullable Object> sections) {
        this.sections = sections;
    }

    /**
     * Reads definitions.
     *
     * @throws IllegalArgumentException if they are not a JSON object
     */
    public static Definitions read(byte[] json) {
        return new Definitions(DefinitionsJson.read(json));
    }

    /** Definitions that were read already: maps, lists, strings, longs, doubles, booleans and nulls. */
    public static Definitions of(Map<String, ? extends @Nullable Object> json) {
        return new Definitions(new LinkedHashMap<>(json));
    }

    /** The names of the virtual hosts that it has. */
    public List<String> virtualHosts() {
        return entries("vhosts", null).stream().map(entry -> entry.text("name")).toList();
    }

    /** Loads all into a broker. */
    public void load(BrokerCore broker) {
        Ignored ignored = new Ignored();
        for (Entry user : entries("users", null)) {
            loadUser(broker, user, ignored);
        }
        for (Entry host : entries("vhosts", null)) {
            loadVirtualHost(broker, host);
            if (!host.map("limits").isEmpty()) {
                ignored.add("limits of virtual hosts", host.text("name"));
            }
            Object type = host.map("metadata").get("default_queue_type");
            if (type != null
                    && !Set.of("classic", "undefined", "rabbit_classic_queue").contains(type)) {
                ignored.add("default queue types of virtual hosts", host.text("name") + ": " + type);
            }
        }
        for (Entry permission : entries("permissions", null)) {
            loadPermission(broker, permission);
        }
        for (Entry permission : entries("topic_permissions", null)) {
            ignored.add("topic permissions", permission.text("user") + " in vhost '" + permission.host() + "'");
        }
        for (Entry parameter : entries("global_parameters", null)) {
            if (!OWN_PARAMETERS.contains(parameter.text("name"))) {
                ignored.add("global parameters", parameter.text("name"));
            }
        }
        loadTopology(broker.virtualHosts(), null, ignored);
        ignored.warn();
    }

    /** Loads what a virtual host can have into one, whichever virtual host it was exported from. */
    public void load(VirtualHost host) {
        Ignored ignored = new Ignored();
        loadTopology(Map.of(host.name(), host), host.name(), ignored);
        ignored.warn();
    }

    private List<Entry> entries(String section, @Nullable String virtualHost) {
        Object value = sections.get(section);
        if (value == null) {
            return List.of();
        }
        if (!(value instanceof List<?> list)) {
            throw new IllegalArgumentException("definitions: " + section + " must be a list, was " + value);
        }
        List<Entry> entries = new ArrayList<>();
        for (Object item : list) {
            if (!(item instanceof Map<?, ?> map)) {
                throw new IllegalArgumentException(
                        "definitions: " + section + "[" + entries.size() + "] must be an object, was " + item);
            }
            Map<String, @Nullable Object> fields = new LinkedHashMap<>();
            map.forEach((name, field) -> fields.put(String.valueOf(name), field));
            entries.add(new Entry(section, entries.size(), fields, virtualHost));
        }
        return entries;
    }

    private static void loadUser(BrokerCore broker, Entry user, Ignored ignored) {
        String hash = user.text("password_hash", "");
        try {
            broker.users()
                    .put(
                            user.text("name"),
                            hash.isEmpty()
                                    ? PasswordHash.none()
                                    : PasswordHash.parse(user.text("hashing_algorithm", PasswordHash.SHA256), hash),
                            user.tags());
        } catch (IllegalArgumentException e) {
            throw String.valueOf(e.getMessage()).startsWith("definitions") ? e : user.invalid(message(e));
        }
        if (!user.map("limits").isEmpty()) {
            ignored.add("limits of users", user.text("name"));
        }
    }

    private static void loadVirtualHost(BrokerCore broker, Entry entry) {
        broker.createVirtualHost(entry.text("name"));
        VirtualHost host = broker.virtualHosts().get(entry.text("name"));
        Map<String, @Nullable Object> metadata = entry.map("metadata");
        if (host != null && metadata.get("description") instanceof String description) {
            List<String> tags = metadata.get("tags") instanceof List<?> list
                    ? list.stream().map(String::valueOf).toList()
                    : List.of();
            host.metadata(new VirtualHostMetadata(description, tags));
        }
    }

    private static String message(Exception e) {
        return String.valueOf(e.getMessage());
    }

    private static void loadPermission(BrokerCore broker, Entry permission) {
        String host = permission.host();
        if (!broker.virtualHosts().containsKey(host)) {
            throw permission.invalid("no vhost '" + host + "'");
        }
        Grant grant;
        try {
            grant = Grant.of(permission.text("configure"), permission.text("write"), permission.text("read"));
        } catch (PatternSyntaxException e) {
            throw permission.invalid("not a regular expression: " + e.getDescription());
        }
        if (broker.users().grant(permission.text("user"), host, grant) == null) {
            throw permission.invalid("no user '" + permission.text("user") + "'");
        }
    }

    private void loadTopology(Map<String, VirtualHost> hosts, @Nullable String only, Ignored ignored) {
        for (Entry parameter : entries("parameters", only)) {
            if (parameter.text("component").equals("operator_policy")) {
                loadPolicy(host(hosts, parameter), parameter, parameter.map("value"), true, ignored);
            } else {
                ignored.add("parameters", parameter.text("component") + " '" + parameter.text("name") + "'");
            }
        }
        for (Entry policy : entries("policies", only)) {
            loadPolicy(host(hosts, policy), policy, policy.fields(), false, ignored);
        }
        for (Entry queue : entries("queues", only)) {
            loadQueue(host(hosts, queue), queue);
        }
        Set<String> skipped = new HashSet<>();
        for (Entry exchange : entries("exchanges", only)) {
            if (!loadExchange(host(hosts, exchange), exchange)) {
                skipped.add(exchange.host() + "/" + exchange.text("name"));
                ignored.add(
                        "exchanges of plugins, and their bindings,",
                        exchange.text("type") + " '" + exchange.text("name") + "'");
            }
        }
        for (Entry binding : entries("bindings", only)) {
            if (!skipped.contains(binding.host() + "/" + binding.text("source"))
                    && !(toExchange(binding) && skipped.contains(binding.host() + "/" + binding.text("destination")))) {
                loadBinding(host(hosts, binding), binding);
            }
        }
    }

    private static VirtualHost host(Map<String, VirtualHost> hosts, Entry entry) {
        VirtualHost host = hosts.get(entry.host());
        if (host == null) {
            throw entry.invalid("no vhost '" + entry.host() + "'");
        }
        return host;
    }

    private static void loadPolicy(
            VirtualHost host, Entry entry, Map<String, @Nullable Object> fields, boolean ofOperator, Ignored ignored) {
        Map<String, @Nullable Object> known = new LinkedHashMap<>(fields);
        Map<Object, @Nullable Object> left = settings(fields.get("definition"));
        if (left != null) {
            if (left.keySet().removeAll(FEDERATION)) {
                ignored.add("federation in policies", entry.text("name"));
                if (left.isEmpty()) {
                    return;
                }
            }
            if (left.keySet().stream().anyMatch(name -> String.valueOf(name).startsWith("ha-"))) {
                ignored.add("mirroring in policies", entry.text("name"));
            }
            known.put("definition", left);
        }
        try {
            host.setPolicy(StoredPolicy.of(entry.text("name"), known, ofOperator));
        } catch (IllegalArgumentException e) {
            throw entry.invalid(message(e));
        }
    }

    /** An object, or a list of pairs, as which {@code rabbitmqctl} of 3.10 exports operator policies. */
    private static @Nullable Map<Object, @Nullable Object> settings(@Nullable Object definition) {
        if (definition instanceof Map<?, ?> map) {
            return new LinkedHashMap<>(map);
        }
        if (!(definition instanceof List<?> list)) {
            return null;
        }
        Map<Object, @Nullable Object> settings = new LinkedHashMap<>();
        for (Object item : list) {
            if (!(item instanceof List<?> pair && pair.size() == 2 && pair.get(0) instanceof String name)) {
                return null;
            }
            settings.put(name, pair.get(1));
        }
        return settings;
    }

    private static void loadQueue(VirtualHost host, Entry queue) {
        Map<String, @Nullable Object> arguments = queue.map("arguments");
        String type = queue.text("type", "classic");
        if (!type.equals("classic") && !arguments.containsKey("x-queue-type")) {
            Map<String, @Nullable Object> typed = new LinkedHashMap<>(arguments);
            typed.put("x-queue-type", type);
            arguments = typed;
        }
        QueueSettings settings =
                new QueueSettings(queue.flag("durable", true), false, queue.flag("auto_delete", false), arguments);
        if (host.findQueue(queue.text("name")) != null) {
            return;
        }
        try {
            host.declareQueue(queue.text("name"), settings, null);
        } catch (AmqpException e) {
            throw queue.invalid(message(e));
        }
    }

    /** Returns false if it is of the type of a plugin that is not here. */
    private static boolean loadExchange(VirtualHost host, Entry exchange) {
        String type = exchange.text("type");
        String name = exchange.text("name");
        try {
            ExchangeType.of(type, host.profile());
        } catch (AmqpException e) {
            if (type.startsWith("x-")) {
                return false;
            }
            throw exchange.invalid(message(e));
        }
        if (name.startsWith("amq.") || host.findExchange(name) != null) {
            return true; // Of RabbitMQ's own, or here already.
        }
        try {
            host.declareExchange(
                    name,
                    type,
                    new ExchangeSettings(
                            exchange.flag("durable", true),
                            exchange.flag("auto_delete", false),
                            exchange.flag("internal", false),
                            exchange.map("arguments")));
        } catch (AmqpException e) {
            throw exchange.invalid(message(e));
        }
        return true;
    }

    private static boolean toExchange(Entry binding) {
        return switch (binding.text("destination_type", "queue")) {
            case "queue" -> false;
            case "exchange" -> true;
            default -> throw binding.invalid("destination_type must be queue or exchange");
        };
    }

    private static void loadBinding(VirtualHost host, Entry binding) {
        Exchange source = host.findExchange(binding.text("source"));
        String destination = binding.text("destination");
        boolean toExchange = toExchange(binding);
        Destination found = toExchange ? host.findExchange(destination) : host.findQueue(destination);
        if (source == null) {
            throw binding.invalid("no " + host.describeExchange(binding.text("source")));
        }
        if (found == null) {
            throw binding.invalid(
                    "no " + (toExchange ? host.describeExchange(destination) : host.describeQueue(destination)));
        }
        try {
            host.bind(new Binding(source, found, binding.text("routing_key", ""), binding.map("arguments")));
        } catch (AmqpException e) {
            throw binding.invalid(message(e));
        }
    }
}
