package dev.parley.oslo.notify.spi;

import dev.parley.Address;
import dev.parley.InvalidTargetException;
import java.util.List;
import java.util.ServiceLoader;
import java.util.TreeSet;

/** The notification wires on the class path or module path, by scheme. Immutable. */
public final class NotificationWires {
    private static final List<NotificationWire> ALL =
            ServiceLoader.load(NotificationWire.class, NotificationWire.class.getClassLoader()).stream()
                    .map(ServiceLoader.Provider::get)
                    .toList();

    private NotificationWires() {}

    /**
     * The wire of an address.
     *
     * @throws InvalidTargetException if there is none
     */
    public static NotificationWire of(Address address) {
        for (NotificationWire wire : ALL) {
            if (wire.schemes().contains(address.scheme())) {
                return wire;
            }
        }
        TreeSet<String> known = new TreeSet<>();
        ALL.forEach(wire -> known.addAll(wire.schemes()));
        throw new InvalidTargetException("notifications have no scheme '" + address.scheme() + "' in " + address
                + "; known are " + String.join(", ", known)
                + (known.contains("kafka") ? "" : ", and kafka with module parley-kafka"));
    }
}
