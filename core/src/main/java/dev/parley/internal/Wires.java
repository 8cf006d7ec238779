package dev.parley.internal;

import dev.parley.Address;
import dev.parley.InvalidTargetException;
import dev.parley.Target;
import dev.parley.spi.Wire;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;

/** The wires on the class path or module path, by scheme. */
public final class Wires {
    private static final Map<String, Wire> BY_SCHEME = load();

    private Wires() {}

    private static Map<String, Wire> load() {
        Map<String, Wire> wires = new TreeMap<>();
        for (Wire wire : ServiceLoader.load(Wire.class, Wire.class.getClassLoader())) {
            for (String scheme : wire.schemes()) {
                wires.put(scheme, wire);
            }
        }
        return wires;
    }

    /** The wire of an address, whose needs the target meets. */
    public static Wire of(Address address, Target target) {
        Wire wire = BY_SCHEME.get(address.scheme());
        if (wire == null) {
            throw new InvalidTargetException("unknown scheme '" + address.scheme() + "' in " + address
                    + (BY_SCHEME.isEmpty()
                            ? "; no wire is on the class path"
                            : "; known are " + String.join(", ", BY_SCHEME.keySet())));
        }
        if (target.needsBroker() && !wire.brokered()) {
            throw new InvalidTargetException(
                    address.scheme() + " is a direct wire and has no exchange, topic, server or fanout: " + target);
        }
        return wire;
    }
}
