package dev.parley.broker.exchange;

import dev.parley.broker.amqp.ContentHeader;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Routes by patterns of words separated by dots: {@code *} stands for one word, {@code #} for zero or more words.
 * Thread-safe as {@link Exchange} is.
 */
final class TopicExchange extends Exchange {
    /** A trie of words: the cost of a message depends on the bindings that match it, not on all bindings. */
    private static final class Node {
        /** Whether its word is {@code #}, which matches any further word. */
        private final boolean many;

        private final Map<String, Node> next = new ConcurrentHashMap<>(2);
        private final Set<Binding> bindings = ConcurrentHashMap.newKeySet(1);

        Node(boolean many) {
            this.many = many;
        }

        boolean isEmpty() {
            return next.isEmpty() && bindings.isEmpty();
        }
    }

    private final Node root = new Node(false);

    TopicExchange(String name, ExchangeSettings settings) {
        super(name, ExchangeType.TOPIC, settings);
    }

    private static String[] words(String key) {
        return key.isEmpty() ? new String[0] : key.split("\\.", -1);
    }

    @Override
    void index(Binding binding) {
        Node node = root;
        for (String word : words(binding.routingKey())) {
            node = node.next.computeIfAbsent(word, w -> new Node(w.equals("#")));
        }
        node.bindings.add(binding);
    }

    @Override
    void unindex(Binding binding) {
        remove(root, words(binding.routingKey()), 0, binding);
    }

    private static void remove(Node node, String[] words, int depth, Binding binding) {
        if (depth == words.length) {
            node.bindings.remove(binding);
            return;
        }
        Node child = node.next.get(words[depth]);
        if (child != null) {
            remove(child, words, depth + 1, binding);
            if (child.isEmpty()) {
                node.next.remove(words[depth]);
            }
        }
    }

    @Override
    public void match(String routingKey, ContentHeader header, Consumer<Destination> found) {
        // All places in the trie at once, word by word: the time does not grow exponentially with the patterns.
        Set<Node> places = new LinkedHashSet<>();
        enter(root, places);
        for (String word : words(routingKey)) {
            Set<Node> further = new LinkedHashSet<>();
            for (Node place : places) {
                if (place.many) {
                    further.add(place);
                }
                enter(place.next.get("*"), further);
                if (!word.equals("*") && !word.equals("#")) {
                    enter(place.next.get(word), further);
                }
            }
            places = further;
        }
        for (Node place : places) {
            for (Binding binding : place.bindings) {
                found.accept(binding.destination());
            }
        }
    }

    /** Adds a place, and those that can be reached from it without consuming a word. */
    private static void enter(@Nullable Node node, Set<Node> places) {
        for (Node next = node; next != null && places.add(next); ) {
            next = next.next.get("#");
        }
    }
}
