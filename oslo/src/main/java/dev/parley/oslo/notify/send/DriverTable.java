package dev.parley.oslo.notify.send;

import dev.parley.oslo.notify.NotificationDriver;
import dev.parley.oslo.notify.spi.NotificationPublisher;
import java.util.Map;
import java.util.TreeMap;

/** The drivers that a notifier can use, by name. Immutable once it is filled. */
final class DriverTable {
    static final String MESSAGING_V2 = "messagingv2";
    private static final String MESSAGING = "messaging";

    /** Does nothing. */
    static final SendDriver NOOP = notification -> {};

    private final Map<String, SendDriver> drivers = new TreeMap<>();

    DriverTable(Map<String, NotificationDriver> own) {
        drivers.put("noop", NOOP);
        own.forEach((name, driver) -> {
            if (drivers.containsKey(name) || name.equals(MESSAGING) || name.equals(MESSAGING_V2)) {
                throw new IllegalArgumentException("a driver of your own cannot be named '" + name + "'");
            }
            drivers.put(name, new OwnDriver(name, driver));
        });
    }

    void messaging(NotificationPublisher publisher, Outbox outbox) {
        drivers.put(MESSAGING, new MessagingDriver(publisher, outbox, false));
        drivers.put(MESSAGING_V2, new MessagingDriver(publisher, outbox, true));
    }

    /**
     * The driver of this name.
     *
     * @throws IllegalArgumentException if there is none
     */
    SendDriver get(String name) {
        SendDriver driver = drivers.get(name);
        if (driver == null && (name.equals(MESSAGING) || name.equals(MESSAGING_V2))) {
            throw new IllegalArgumentException(
                    "driver '" + name + "' needs the address of a broker: use Notifier.builder(address)");
        } else if (driver == null) {
            throw new IllegalArgumentException(
                    "unknown driver '" + name + "'; known are " + String.join(", ", drivers.keySet()));
        }
        return driver;
    }
}
