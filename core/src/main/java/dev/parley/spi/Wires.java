package dev.parley.spi;

import dev.parley.Address;
import dev.parley.InvalidTargetException;
import dev.parley.RpcHandler;
import dev.parley.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The wires on the class path or module path, by scheme. Immutable. */
public final class Wires {
    private static final List<Wire> ALL = ServiceLoader.load(Wire.class, Wire.class.getClassLoader()).stream()
            .map(ServiceLoader.Provider::get)
            .toList();
    private static final Map<String, List<Wire>> BY_SCHEME = byScheme();

    private Wires() {}

    private static Map<String, List<Wire>> byScheme() {
        Map<String, List<Wire>> wires = new TreeMap<>();
        for (Wire wire : ALL) {
            for (String scheme : wire.schemes()) {
                wires.computeIfAbsent(scheme, key -> new ArrayList<>()).add(wire);
            }
        }
        return wires;
    }

    /**
     * A wire and an address of it.
     *
     * @param address with a scheme of the wire, short forms expanded
     */
    public record Resolved(Wire wire, Address address) {
        /** Whether the server can call its client. */
        public boolean bidirectional() {
            return wire.bidirectional(address.scheme());
        }

        /** Refuses a target that the wire does not have. */
        public void check(Target target) {
            if (target.needsBroker() && !wire.brokered()) {
                throw new InvalidTargetException(
                        address.scheme() + " is a direct wire and has no exchange, topic, server or fanout: " + target);
            }
        }
    }

    /**
     * The wire of an address that has what the target needs.
     *
     * @throws InvalidTargetException if there is none
     */
    public static Resolved resolve(Address given, Target target) {
        Address address = expand(given);
        List<Wire> wires = BY_SCHEME.getOrDefault(address.scheme(), List.of());
        // Of two wires that share a scheme, the brokered one is for targets that need a broker.
        Wire wire = wires.stream()
                .filter(each -> each.brokered() == target.needsBroker())
                .findFirst()
                .orElse(wires.isEmpty() ? null : wires.getFirst());
        if (wire == null) {
            throw unknown(address);
        }
        Resolved resolved = new Resolved(wire, address);
        resolved.check(target);
        return resolved;
    }

    /**
     * Whether a broker stands behind every wire of an address, so that it needs a target with a topic.
     *
     * @throws InvalidTargetException if no wire has its scheme
     */
    public static boolean areBrokered(Address given) {
        Address address = expand(given);
        List<Wire> wires = BY_SCHEME.get(address.scheme());
        if (wires == null) {
            throw unknown(address);
        }
        return wires.stream().allMatch(Wire::brokered);
    }

    /**
     * An address with its short form expanded; itself if it is not a short form.
     *
     * @throws InvalidTargetException if it is the short form of several wires
     */
    public static Address expand(Address address) {
        if (BY_SCHEME.containsKey(address.scheme())) {
            return address;
        }
        TreeSet<String> meanings = new TreeSet<>();
        for (Wire wire : ALL) {
            String scheme = wire.expand(address);
            if (scheme != null) {
                meanings.add(scheme);
            }
        }
        if (meanings.size() > 1) {
            throw new InvalidTargetException(
                    address + " is ambiguous: write " + String.join("://… or ", meanings) + "://…");
        }
        return meanings.isEmpty() ? address : address.withScheme(meanings.first());
    }

    /** The schemes on which a server can call its client, for error messages. */
    public static String bidirectional() {
        return BY_SCHEME.entrySet().stream()
                .filter(entry -> entry.getValue().stream().anyMatch(wire -> wire.bidirectional(entry.getKey())))
                .map(Map.Entry::getKey)
                .collect(Collectors.joining(", "));
    }

    /**
     * A handler of single requests without a socket.
     *
     * @param protocol the name of a protocol, before the plus sign of its schemes, perhaps with options
     * @throws InvalidTargetException if no wire has such a handler, or an option is unusable
     */
    public static RpcHandler handler(String protocol, ServerContext context) {
        Address address = Address.parse(protocol.contains(":") ? protocol : protocol + ":");
        for (Wire wire : ALL) {
            if (wire.schemes().stream().anyMatch(scheme -> scheme.startsWith(address.scheme() + "+"))) {
                RpcHandler handler = wire.handler(address, context);
                if (handler != null) {
                    return handler;
                }
                throw new InvalidTargetException(address.scheme() + " needs a socket: listen to an address of it");
            }
        }
        throw new InvalidTargetException("'" + address.scheme()
                + "' is not the name of a protocol, such as jsonrpc or xmlrpc, or its module is missing");
    }

    private static InvalidTargetException unknown(Address address) {
        String full = BY_SCHEME.keySet().stream()
                .filter(scheme -> scheme.endsWith("+" + address.scheme()))
                .map(scheme -> scheme + "://…")
                .collect(Collectors.joining(" or "));
        if (!full.isEmpty()) {
            return new InvalidTargetException("'" + address.scheme() + "' in " + address
                    + " does not tell which protocol to speak; write " + full);
        }
        @Nullable
        String shortForms = ALL.stream()
                .flatMap(wire -> wire.shortForms().stream())
                .sorted()
                .reduce((one, two) -> one + ", " + two)
                .orElse(null);
        return new InvalidTargetException("unknown scheme '" + address.scheme() + "' in " + address
                + "; known are " + String.join(", ", BY_SCHEME.keySet())
                + (shortForms == null ? "" : ", and the short forms " + shortForms));
    }
}
