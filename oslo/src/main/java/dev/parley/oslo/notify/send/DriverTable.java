package dev.parley.oslo.notify.send;

import dev.parley.oslo.notify.NotificationDriver;
import dev.parley.oslo.notify.spi.NotificationPublisher;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import tools.jackson.databind.json.JsonMapper;

/** The drivers that a notifier can use, by name. Immutable once it is filled. */
final class DriverTable {
    static final String MESSAGING_V2 = "messagingv2";
    static final String ROUTING = "routing";
    private static final String MESSAGING = "messaging";

    /** Does nothing. */
    static final SendDriver NOOP = notification -> {};

    private static final Set<String> NAMES = Set.of(MESSAGING, MESSAGING_V2, "log", "noop", ROUTING);

    private final Map<String, SendDriver> drivers = new TreeMap<>();

    DriverTable(Map<String, NotificationDriver> own, JsonMapper mapper) {
        drivers.put("noop", NOOP);
        drivers.put("log", new LogDriver(mapper));
        own.forEach((name, driver) -> {
            if (NAMES.contains(name)) {
                throw new IllegalArgumentException("a driver of your own cannot be named '" + name + "'");
            }
            drivers.put(name, new OwnDriver(name, driver));
        });
    }

    static boolean needsBroker(Set<String> names) {
        return names.contains(MESSAGING) || names.contains(MESSAGING_V2);
    }

    void messaging(NotificationPublisher publisher, Outbox outbox) {
        drivers.put(MESSAGING, new MessagingDriver(publisher, outbox, false));
        drivers.put(MESSAGING_V2, new MessagingDriver(publisher, outbox, true));
    }

    void routing(RoutingDriver driver) {
        drivers.put(ROUTING, driver);
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
        } else if (driver == null && name.equals(ROUTING)) {
            throw new IllegalArgumentException("driver 'routing' needs a routing file: use routing(file)");
        } else if (driver == null) {
            Set<String> known = new TreeSet<>(NAMES);
            known.addAll(drivers.keySet());
            throw new IllegalArgumentException("unknown driver '" + name + "'; known are " + String.join(", ", known));
        }
        return driver;
    }
}
