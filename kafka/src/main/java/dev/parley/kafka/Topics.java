package dev.parley.kafka;

import dev.parley.InvalidTargetException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Names of topics. Thread-safe. */
final class Topics {
    private static final Pattern LEGAL = Pattern.compile("[A-Za-z0-9._-]{1,249}");

    private Topics() {}

    /**
     * The topic of one priority: oslo.messaging's {@code <topic>.<priority>[.<virtual host>]}. Python's publisher adds
     * the virtual host, its listener forgets it; here both sides add it.
     *
     * @throws InvalidTargetException if it is no name of a Kafka topic
     */
    static String of(String topic, String priority, @Nullable String virtualHost) {
        return legal(topic + "." + priority + (virtualHost == null ? "" : "." + virtualHost));
    }

    /** The topic for what finally fails of another topic. */
    static String deadLetters(String topic) {
        return topic + ".dead-letters";
    }

    /**
     * Checks a name.
     *
     * @throws InvalidTargetException if it is no name of a Kafka topic
     */
    static String legal(String name) {
        if (!LEGAL.matcher(name).matches()) {
            throw new InvalidTargetException("'" + name + "' is no name of a Kafka topic: it must have 1 to 249"
                    + " characters, which are letters of ASCII, digits, '.', '_' and '-'");
        }
        return name;
    }
}
