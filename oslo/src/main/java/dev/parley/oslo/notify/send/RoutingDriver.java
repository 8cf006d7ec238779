package dev.parley.oslo.notify.send;

import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The driver {@code routing}: passes notifications to other drivers by the rules of a file. Thread-safe. */
final class RoutingDriver implements SendDriver {
    private static final Logger log = LoggerFactory.getLogger(RoutingDriver.class);

    private final Path file;
    private final int maxCharacters;
    private final DriverTable table;
    private volatile RoutingRules rules;

    /**
     * A driver with the rules of a file.
     *
     * @param maxCharacters the maximum size of the file
     * @throws IllegalArgumentException if the file cannot be read or names an unknown driver
     */
    RoutingDriver(Path file, int maxCharacters, DriverTable table) {
        this.file = file;
        this.maxCharacters = maxCharacters;
        this.table = table;
        this.rules = read(file, maxCharacters, table);
    }

    private static RoutingRules read(Path file, int maxCharacters, DriverTable table) {
        RoutingRules rules = RoutingRules.read(file, maxCharacters);
        for (String name : rules.drivers()) {
            try {
                table.get(name);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("routing file " + file + ": " + e.getMessage(), e);
            }
        }
        return rules;
    }

    /** Reads the file again. If that fails, the rules stay. */
    void reset() {
        try {
            rules = read(file, maxCharacters, table);
        } catch (IllegalArgumentException e) {
            log.error("the routing rules stay as they were: {}", e.getMessage());
        }
    }

    @Override
    public void send(Outgoing notification) {
        for (String name : rules.drivers(notification.content().eventType(), notification.priority())) {
            table.get(name).send(notification);
        }
    }
}
