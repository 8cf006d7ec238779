package dev.parley.oslo.admin;

import dev.parley.oslo.admin.QueueInspector.Kind;
import dev.parley.oslo.topology.Topology;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Tells what oslo.messaging uses a queue for, by its name, its bindings and what else is declared with it. What
 * these do not prove is called possible. Immutable, and safe for use by any thread.
 */
final class Classifier {
    /** The end of the names of exchanges for fanouts. */
    static final String FANOUTS = "_fanout";

    private static final Set<String> PRIORITIES =
            Set.of("audit", "debug", "info", "warn", "error", "critical", "sample");
    private static final String OWNER = "([0-9a-f]{32}|[^:]+:[^:]+:[0-9]+)";
    private static final Pattern DEAD_LETTERS = Pattern.compile("(.+)\\.dead-letters");
    private static final Pattern RETRY = Pattern.compile("(.+)\\.retry\\.[0-9]+");
    private static final Pattern REPLY = Pattern.compile("reply_" + OWNER);
    private static final Pattern FANOUT = Pattern.compile("(.+" + FANOUTS + ")(_" + OWNER + ")?");

    private final Map<String, List<Binding>> bindings;
    private final Map<String, String> exchangeTypes;

    Classifier(Map<String, List<Binding>> bindings, Map<String, String> exchangeTypes) {
        this.bindings = Map.copyOf(bindings);
        this.exchangeTypes = Map.copyOf(exchangeTypes);
    }

    /** What a queue is used for, also in words. */
    record Use(Kind kind, String explanation) {}

    Use use(String name) {
        if (REPLY.matcher(name).matches()) {
            return new Use(Kind.REPLY, "replies to one client");
        }
        // The name of a topic may look like this too, but its queue is not bound to that exchange.
        Matcher fanout = FANOUT.matcher(name);
        if (fanout.matches() && isBound(name, fanout.group(1), "fanout")) {
            String exchange = fanout.group(1);
            return new Use(
                    Kind.FANOUT,
                    "casts to all servers of topic " + exchange.substring(0, exchange.length() - FANOUTS.length()));
        }
        Binding own = ownBinding(name);
        if (own != null) {
            return isPriority(name) ? notifications(name) : calls(name, own.exchange());
        }
        return bindings(name).isEmpty() || !bindings(name).stream().allMatch(Classifier::isOfNotifications)
                ? other(name)
                : pool(name);
    }

    private List<Binding> bindings(String queue) {
        return bindings.getOrDefault(queue, List.of());
    }

    private boolean isBound(String queue, String exchange, String type) {
        return bindings(queue).stream()
                .anyMatch(binding ->
                        binding.exchange().equals(exchange) && binding.type().equals(type));
    }

    /** The binding to a topic exchange with the queue's own name as the key, as every queue for calls has it. */
    private @Nullable Binding ownBinding(String queue) {
        return bindings(queue).stream()
                .filter(binding ->
                        binding.type().equals("topic") && binding.key().equals(queue))
                .findFirst()
                .orElse(null);
    }

    private static boolean isPriority(String name) {
        int dot = name.lastIndexOf('.');
        return dot > 0 && PRIORITIES.contains(name.substring(dot + 1));
    }

    private static boolean isOfNotifications(Binding binding) {
        return binding.type().equals("topic") && isPriority(binding.key());
    }

    private static Use notifications(String name) {
        int dot = name.lastIndexOf('.');
        return new Use(
                Kind.NOTIFICATION,
                "notifications of priority " + name.substring(dot + 1) + " on topic " + name.substring(0, dot));
    }

    private Use pool(String name) {
        String topics = bindings(name).stream()
                .map(binding -> binding.key().substring(0, binding.key().lastIndexOf('.')))
                .distinct()
                .sorted()
                .collect(Collectors.joining(", "));
        return new Use(
                Kind.NOTIFICATION,
                "notifications on topic " + topics
                        + (name.startsWith(Topology.WATCH_PREFIX)
                                ? " for one listener that only watches"
                                : " for the listeners of pool " + name));
    }

    private Use calls(String name, String exchange) {
        // The names of the topic and of the server may both contain dots, so any prefix may be the topic.
        for (int at = name.indexOf('.'); at > 0; at = name.indexOf('.', at + 1)) {
            String topic = name.substring(0, at);
            Binding shared = ownBinding(topic);
            if (shared != null && shared.exchange().equals(exchange)) {
                return new Use(
                        Kind.SERVER, "calls and casts to server " + name.substring(at + 1) + " of topic " + topic);
            }
        }
        return new Use(
                Kind.TOPIC,
                (isTopicOfServers(name, exchange) ? "" : "perhaps ") + "calls and casts to any server of topic "
                        + name);
    }

    /** A server declares the queue of its topic together with its own queue, and with an exchange for fanouts. */
    private boolean isTopicOfServers(String name, String exchange) {
        return "fanout".equals(exchangeTypes.get(name + FANOUTS))
                || bindings.keySet().stream()
                        .filter(queue -> queue.startsWith(name + ".") && !isPriority(queue))
                        .map(this::ownBinding)
                        .anyMatch(
                                binding -> binding != null && binding.exchange().equals(exchange));
    }

    private Use other(String name) {
        Matcher letters = DEAD_LETTERS.matcher(name);
        if (letters.matches() && bindings(name).isEmpty()) {
            return new Use(Kind.OTHER, "perhaps dead letters of queue " + letters.group(1));
        }
        Matcher retry = RETRY.matcher(name);
        if (retry.matches() && bindings(name).isEmpty()) {
            return new Use(
                    Kind.OTHER,
                    "perhaps notifications of queue " + retry.group(1) + " that wait to be delivered again");
        }
        String where = bindings(name).stream()
                .map(binding -> "to " + binding.type() + " exchange " + binding.exchange() + " with key '"
                        + binding.key() + "'")
                .collect(Collectors.joining(", "));
        return new Use(
                Kind.OTHER,
                "not as oslo.messaging declares queues: "
                        + (where.isEmpty() ? "bound to no exchange" : "bound " + where));
    }
}
