package dev.parley.spi;

import dev.parley.Address;
import dev.parley.InvalidTargetException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads the options of an address, those after the question mark, with their types and ranges, and at the end refuses what nobody asked for. Not thread-safe.
 */
public final class AddressOptions {
    private final Address address;
    private final Map<String, String> options;
    private final List<String> known;
    private final Set<String> ofServer;
    private final boolean readsOfServer;

    /** The options of this address. */
    public AddressOptions(Address address) {
        this(address, new ArrayList<>(), new HashSet<>(), false);
    }

    private AddressOptions(Address address, List<String> known, Set<String> ofServer, boolean readsOfServer) {
        this.address = address;
        this.options = address.options();
        this.known = known;
        this.ofServer = ofServer;
        this.readsOfServer = readsOfServer;
    }

    /** The same options: those read from here are a server's own, and mean nothing, or something else, to a client. */
    public AddressOptions ofServer() {
        return new AddressOptions(address, known, ofServer, true);
    }

    /** The address as a client can use it: without the options that were read as a server's own. */
    public Address forClients() {
        return address.withoutOptions(ofServer);
    }

    /** An option as text, or the default given. */
    public @Nullable String text(String name, @Nullable String defaultValue) {
        known.add(name);
        if (readsOfServer) {
            ofServer.add(name);
        }
        return options.getOrDefault(name, defaultValue);
    }

    /** An option as text; {@code null} if it is absent or empty. */
    public @Nullable String textOrNull(String name) {
        String value = text(name, null);
        return value == null || value.isEmpty() ? null : value;
    }

    /** An option as text, or the default if it is absent. */
    public String textOrDefault(String name, String defaultValue) {
        String value = text(name, defaultValue);
        return value == null ? defaultValue : value;
    }

    /**
     * One of the constants of an enum, in any case, with hyphens or underscores between its words; the default if it is absent.
     *
     * @throws InvalidTargetException if the value is none of them
     */
    public <E extends Enum<E>> E choice(String name, E defaultValue, Class<E> type) {
        String value = text(name, null);
        if (value == null) {
            return defaultValue;
        }
        List<String> allowed = new ArrayList<>();
        for (E constant : type.getEnumConstants()) {
            String word = constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
            if (word.equals(value.toLowerCase(Locale.ROOT).replace('_', '-'))) {
                return constant;
            }
            allowed.add(word);
        }
        throw new InvalidTargetException(
                "option " + name + "=" + value + " must be one of " + String.join(", ", allowed));
    }

    /** A switch: {@code true}, {@code 1}, {@code yes}, {@code on} or their contraries in any case. */
    public boolean flag(String name, boolean defaultValue) {
        String value = text(name, null);
        return value == null
                ? defaultValue
                : switch (value.toLowerCase(Locale.ROOT)) {
                    case "true", "1", "yes", "on" -> true;
                    case "false", "0", "no", "off" -> false;
                    default ->
                        throw new InvalidTargetException("option " + name + "=" + value + " must be true or false");
                };
    }

    /** A whole number within a range, both ends included. */
    public int integer(String name, int defaultValue, int min, int max) {
        String value = text(name, null);
        if (value == null) {
            return defaultValue;
        }
        try {
            int number = Integer.parseInt(value);
            if (number >= min && number <= max) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Told below.
        }
        throw new InvalidTargetException(
                "option " + name + "=" + value + " must be a whole number from " + min + " to " + max);
    }

    /** A time in seconds, fractions allowed, not negative. */
    public Duration seconds(String name, Duration defaultValue) {
        String value = text(name, null);
        if (value == null) {
            return defaultValue;
        }
        try {
            double seconds = Double.parseDouble(value);
            if (seconds >= 0 && seconds <= Integer.MAX_VALUE) {
                return Duration.ofNanos(Math.round(seconds * 1e9));
            }
        } catch (NumberFormatException e) {
            // Told below.
        }
        throw new InvalidTargetException("option " + name + "=" + value + " must be a number of seconds, 0 or more");
    }

    /** The names read so far, for a wire that takes its options from elsewhere too. */
    public Set<String> names() {
        return Set.copyOf(known);
    }

    /**
     * Call last.
     *
     * @throws InvalidTargetException naming an option that was not read, and those that were
     */
    public void refuseOthers() {
        for (String name : options.keySet()) {
            if (!known.contains(name)) {
                throw new InvalidTargetException("unknown option '" + name + "' for " + address.scheme()
                        + (known.isEmpty() ? "; it has none" : "; it has " + String.join(", ", new TreeSet<>(known))));
            }
        }
    }
}
