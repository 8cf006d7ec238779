package dev.parley.oslo.topology;

/**
 * An exchange to declare. The one without a name is the default exchange, which routes to the queue named by the
 * routing key and is never declared. Immutable, and safe for use by any thread.
 *
 * @param name its name
 * @param type {@code topic}, {@code fanout} or {@code direct}
 * @param durable whether it survives a restart of the broker
 * @param autoDelete whether it is deleted with its last binding
 */
public record Exchange(String name, String type, boolean durable, boolean autoDelete) {
    /** The default exchange. */
    public static final Exchange DEFAULT = new Exchange("", "direct", true, false);

    public Exchange {
        ShortString.check("exchange", name);
    }

    /** Whether it is the default exchange. */
    public boolean isDefault() {
        return name.isEmpty();
    }
}
