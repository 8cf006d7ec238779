package dev.parley.spi;

import dev.parley.Address;
import dev.parley.InvalidTargetException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads an address for a wire: its options, with their types and ranges, and its user info, hosts and path. At the end
 * {@link #refuseOthers} refuses what the wire has not read, so that no part of an address is ignored in silence. Not
 * thread-safe.
 */
public final class AddressOptions {
    /** The longest time that an option may give: a year. */
    private static final int MAX_SECONDS = 365 * 24 * 3600;

    /** The longest timeout: a day. */
    private static final int MAX_TIMEOUT_SECONDS = 24 * 3600;

    private final Address address;
    private final Map<String, String> options;
    private final State state;
    private final boolean readsOfServer;

    /** What has been read, shared by the two views. */
    private static final class State {
        final List<String> known = new ArrayList<>();
        final Set<String> ofServer = new HashSet<>();
        boolean user;
        boolean path;
        boolean hosts;
    }

    /** The options of this address. */
    public AddressOptions(Address address) {
        this(address, new State(), false);
    }

    private AddressOptions(Address address, State state, boolean readsOfServer) {
        this.address = address;
        this.options = address.options();
        this.state = state;
        this.readsOfServer = readsOfServer;
    }

    /** The same options: those read from here are a server's own, and mean nothing, or something else, to a client. */
    public AddressOptions ofServer() {
        return new AddressOptions(address, state, true);
    }

    /** The address as a client can use it: without the options that were read as a server's own. */
    public Address forClients() {
        return address.withoutOptions(state.ofServer);
    }

    /** The first host's user name, for a wire with credentials. */
    public @Nullable String user() {
        state.user = true;
        return address.user();
    }

    /** The first host's password, for a wire with credentials. */
    public @Nullable String password() {
        state.user = true;
        return address.password();
    }

    /** The path, for a wire that has one; empty if there is none. */
    public String path() {
        state.path = true;
        return address.path();
    }

    /** All hosts with their credentials, for a wire that takes several. */
    public List<Address.Host> hosts() {
        state.hosts = true;
        state.user = true;
        return address.hosts();
    }

    /** All hosts, for a wire that takes several; credentials in them are refused unless {@link #user} was called. */
    public List<Address.Host> severalHosts() {
        state.hosts = true;
        return address.hosts();
    }

    /** An option as text, or the default. */
    public @Nullable String text(String name, @Nullable String defaultValue) {
        state.known.add(name);
        if (readsOfServer) {
            state.ofServer.add(name);
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
     * One of the constants of an enum, in any case, with hyphens or underscores between its words; the default if it is
     * absent.
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

    /**
     * A switch: {@code true}, {@code 1}, {@code yes}, {@code on} or {@code false}, {@code 0}, {@code no}, {@code off},
     * in any case.
     */
    public boolean flag(String name, boolean defaultValue) {
        String value = text(name, null);
        return value == null
                ? defaultValue
                : switch (value.toLowerCase(Locale.ROOT)) {
                    case "true", "1", "yes", "on" -> true;
                    case "false", "0", "no", "off" -> false;
                    default -> throw invalid(name, value, "true or false");
                };
    }

    /** One of these texts. */
    public String choice(String name, String defaultValue, String... others) {
        String value = Objects.requireNonNull(text(name, defaultValue));
        if (value.equals(defaultValue) || List.of(others).contains(value)) {
            return value;
        }
        throw invalid(name, value, defaultValue + " or " + String.join(" or ", others));
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
            // Reported below.
        }
        throw invalid(name, value, "a whole number from " + min + " to " + max);
    }

    /** A time in seconds, fractions allowed: 0 to a year. */
    public Duration seconds(String name, Duration defaultValue) {
        String value = text(name, null);
        if (value == null) {
            return defaultValue;
        }
        try {
            double seconds = Double.parseDouble(value);
            if (seconds >= 0 && seconds <= MAX_SECONDS) {
                return Duration.ofNanos(Math.round(seconds * 1e9));
            }
        } catch (NumberFormatException e) {
            // Reported below.
        }
        throw invalid(name, value, "a number of seconds from 0 to " + MAX_SECONDS);
    }

    /** A time in seconds, fractions allowed: more than 0, at most a day. */
    public Duration positiveSeconds(String name, Duration defaultValue) {
        String value = text(name, null);
        if (value == null) {
            return defaultValue;
        }
        try {
            double seconds = Double.parseDouble(value);
            if (seconds > 0 && seconds <= MAX_TIMEOUT_SECONDS) {
                // At least a nanosecond, because 0 often stands for no timeout.
                return Duration.ofNanos(Math.max(1, Math.round(seconds * 1e9)));
            }
        } catch (NumberFormatException e) {
            // Reported below.
        }
        throw invalid(name, value, "a number of seconds, more than 0 and at most " + MAX_TIMEOUT_SECONDS);
    }

    /** How long connecting may take, the same on every wire: option {@code connect_timeout}, by default 10 seconds. */
    public Duration connectTimeout() {
        return positiveSeconds("connect_timeout", Duration.ofSeconds(10));
    }

    private static InvalidTargetException invalid(String name, String value, String expected) {
        return new InvalidTargetException("option " + name + "=" + value + " must be " + expected);
    }

    /** The names read so far, for a wire that takes its options from elsewhere too. */
    public Set<String> names() {
        return Set.copyOf(state.known);
    }

    /**
     * Call last.
     *
     * @throws InvalidTargetException naming an option or a part of the address that was not read
     */
    public void refuseOthers() {
        for (String name : options.keySet()) {
            if (!state.known.contains(name)) {
                throw new InvalidTargetException("unknown option '" + name + "' for " + address.scheme()
                        + (state.known.isEmpty()
                                ? "; it has none"
                                : "; it has " + String.join(", ", new TreeSet<>(state.known))));
            }
        }
        if (!state.user && address.hosts().stream().anyMatch(host -> host.user() != null)) {
            throw new InvalidTargetException(
                    address.scheme() + " has no credentials: remove the user and password before the @ in " + address);
        }
        if (!state.hosts && address.hosts().size() > 1) {
            throw new InvalidTargetException(address.scheme() + " takes one host, not several: " + address);
        }
        if (!state.path && !address.path().isEmpty() && !address.path().equals("/")) {
            throw new InvalidTargetException(address.scheme() + " has no path: remove it from " + address);
        }
    }
}
