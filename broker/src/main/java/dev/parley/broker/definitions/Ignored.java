package dev.parley.broker.definitions;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What definitions hold and the embedded broker does not have: one line of the log for each kind. Not thread-safe. */
final class Ignored {
    private static final Logger log = LoggerFactory.getLogger(Ignored.class);
    private static final int SHOWN = 5;

    private final Map<String, List<String>> byKind = new LinkedHashMap<>();

    void add(String kind, String name) {
        byKind.computeIfAbsent(kind, key -> new ArrayList<>()).add(name);
    }

    void warn() {
        byKind.forEach((kind, names) -> log.warn(
                "definitions: {} ignored, which the embedded broker does not have ({}): {}{}",
                kind,
                names.size(),
                String.join(", ", names.subList(0, Math.min(SHOWN, names.size()))),
                names.size() > SHOWN ? ", ..." : ""));
    }
}
