package dev.parley.cli;

import dev.parley.Address;
import dev.parley.spi.Wire;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;

/** What the wires say of their schemes. */
final class Schemes {
    private Schemes() {}

    /**
     * Whether a broker stands behind an address.
     *
     * @throws CommandException if no wire knows its scheme
     */
    static boolean brokered(Address address) {
        Map<String, Wire> wires = new TreeMap<>();
        for (Wire wire : ServiceLoader.load(Wire.class, Wire.class.getClassLoader())) {
            wire.schemes().forEach(scheme -> wires.put(scheme, wire));
        }
        Wire wire = wires.get(address.scheme());
        if (wire == null) {
            throw CommandException.noConnection("unknown scheme '" + address.scheme() + "' in " + address
                    + "; known are " + String.join(", ", wires.keySet()));
        }
        return wire.brokered();
    }
}
