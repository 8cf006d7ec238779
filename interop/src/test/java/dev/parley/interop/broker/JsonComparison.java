package dev.parley.interop.broker;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Compares two answers field by field. Immutable. */
final class JsonComparison {
    private final Set<String> leftOut;
    private final Set<String> varying;
    private final Set<String> added;

    /**
     * A comparison.
     *
     * @param leftOut fields that only the first has
     * @param varying fields whose values differ, so that only their JSON types are compared
     * @param added fields that the second may have and the first not
     */
    JsonComparison(Set<String> leftOut, Set<String> varying, Set<String> added) {
        this.leftOut = leftOut;
        this.varying = varying;
        this.added = added;
    }

    /** The differences, one line each. */
    List<String> differences(JsonNode real, JsonNode ours) {
        List<String> found = new ArrayList<>();
        compare("", unified(real), unified(ours), found);
        return found;
    }

    /** Names of nodes and connections are those of no one. */
    private static JsonNode unified(JsonNode json) {
        return json.isMissingNode()
                ? json
                : new JsonMapper()
                        .readTree(json.toString()
                                .replaceAll("[\\w-]+@localhost", "the node")
                                .replaceAll("127\\.0\\.0\\.1:\\d+ -> 127\\.0\\.0\\.1:\\d+", "the connection"));
    }

    private void compare(String path, JsonNode real, JsonNode ours, List<String> found) {
        if (real.isObject() && ours.isObject()) {
            Set<String> names = new TreeSet<>(real.propertyNames());
            names.addAll(ours.propertyNames());
            for (String name : names) {
                String at = path + "/" + name;
                if (!ours.has(name)) {
                    if (!leftOut.contains(name)) {
                        found.add(at + " is missing, on RabbitMQ " + real.get(name));
                    }
                } else if (!real.has(name)) {
                    if (!added.contains(name)) {
                        found.add(at + " is not on RabbitMQ, here " + ours.get(name));
                    }
                } else if (!varying.contains(name)) {
                    compare(at, real.get(name), ours.get(name), found);
                } else if (real.get(name).getNodeType() != ours.get(name).getNodeType()) {
                    found.add(at + ": " + real.get(name) + " on RabbitMQ, here " + ours.get(name));
                }
            }
        } else if (real.isArray() && ours.isArray() && real.size() == ours.size()) {
            for (int i = 0; i < real.size(); i++) {
                compare(path + "/" + i, real.get(i), ours.get(i), found);
            }
        } else if (!real.equals(ours)) {
            found.add(path + ": " + real + " on RabbitMQ, here " + ours);
        }
    }
}
