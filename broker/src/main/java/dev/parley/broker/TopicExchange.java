package dev.parley.broker;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** Routes by patterns of words separated by dots: {@code *} stands for one word, {@code #} for any number of them. */
final class TopicExchange extends Exchange {
    /** A trie of words, so that a message costs what matches it and not what is bound. */
    private static final class Node {
        private final Map<String, Node> next = new ConcurrentHashMap<>(2);
        private final Set<Binding> bindings = ConcurrentHashMap.newKeySet(1);

        boolean isEmpty() {
            return next.isEmpty() && bindings.isEmpty();
        }
    }

    private final Node root = new Node();

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
            node = node.next.computeIfAbsent(word, w -> new Node());
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
    void match(Message message, String routingKey, Consumer<Destination> found) {
        match(root, words(routingKey), 0, found);
    }

    private static void match(Node node, String[] words, int depth, Consumer<Destination> found) {
        Node many = node.next.get("#");
        if (many != null) {
            for (int rest = depth; rest <= words.length; rest++) {
                match(many, words, rest, found);
            }
        }
        if (depth == words.length) {
            for (Binding binding : node.bindings) {
                found.accept(binding.destination());
            }
            return;
        }
        Node one = node.next.get("*");
        if (one != null) {
            match(one, words, depth + 1, found);
        }
        String word = words[depth];
        Node same = node.next.get(word);
        if (same != null && !word.equals("*") && !word.equals("#")) {
            match(same, words, depth + 1, found);
        }
    }
}
