package dev.parley.oslo.topology;

/**
 * An exchange as it is declared. The one without a name is the broker's own, which routes to the queue named by the key and is never declared. Immutable.
 *
 * @param name its name
 * @param type {@code topic}, {@code fanout} or {@code direct}
 * @param durable whether it outlives the broker's restart
 * @param autoDelete whether it goes with its last binding
 */
public record Exchange(String name, String type, boolean durable, boolean autoDelete) {
    /** The broker's own exchange. */
    public static final Exchange DEFAULT = new Exchange("", "direct", true, false);

    public Exchange {
        ShortString.check("exchange", name);
    }

    public boolean isDefault() {
        return name.isEmpty();
    }
}
