package dev.parley;

import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Where a wire is served or called: {@code scheme://[user[:password]@]host[:port][,…][/path][?option=value&…]}.
 *
 * <p>The scheme names the wire, such as {@code xmlrpc+http}. The wires know short forms too, such as
 * {@code http://…/RPC2} for {@code xmlrpc+http} and {@code tcp://…} for {@code zerorpc+tcp}; {@link RpcClient} and
 * {@link RpcServer} resolve them. Several hosts are for brokers and zerorpc. IPv6 hosts are in brackets, which may be
 * omitted where no port follows. User, password and option values are percent-decoded. Options are the wire's; an unknown one
 * is refused. Port 0 binds a free port. What follows a scheme without {@code //} is the path, as in
 * {@code zerorpc+ipc:/run/service}.
 *
 * <p>{@link #toString()} never shows a password or token; {@link #toUri()} does. Immutable.
 */
public final class Address {
    private static final Pattern SECRET = Pattern.compile("(?i)token|auth$|password|secret|^query$");
    private static final Pattern USER_INFO = Pattern.compile("://[^/@]*@");

    private final String scheme;
    private final List<Host> hosts;
    private final String path;
    private final Map<String, String> options;

    private Address(String scheme, List<Host> hosts, String path, Map<String, String> options) {
        this.scheme = scheme;
        this.hosts = List.copyOf(hosts);
        this.path = path;
        this.options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
    }

    /**
     * One host of an address.
     *
     * @param name host name or IP address, without brackets; may be empty
     * @param port the port, -1 if the address gives none
     * @param user the user name, decoded
     * @param password the password, decoded
     */
    public record Host(
            String name,
            int port,
            @Nullable String user,
            @Nullable String password) {
        /** The host and port alone. */
        @Override
        public String toString() {
            String shown = name.contains(":") ? "[" + name + "]" : name;
            return port < 0 ? shown : shown + ":" + port;
        }
    }

    /**
     * Parses an address.
     *
     * @throws InvalidTargetException if the text is not an address
     */
    public static Address parse(String text) {
        Objects.requireNonNull(text, "address");
        int colon = text.indexOf(':');
        if (colon <= 0 || !text.substring(0, colon).matches("[A-Za-z][A-Za-z0-9+.-]*")) {
            throw new InvalidTargetException(
                    "'" + text + "' has no scheme; an address looks like xmlrpc+http://127.0.0.1:8088/RPC2");
        }
        String scheme = text.substring(0, colon).toLowerCase(Locale.ROOT);
        String rest = text.substring(colon + 1);
        Map<String, String> options = new LinkedHashMap<>();
        int question = rest.indexOf('?');
        if (question >= 0) {
            for (String option : rest.substring(question + 1).split("&")) {
                if (option.isEmpty()) {
                    continue;
                }
                int equals = option.indexOf('=');
                if (equals <= 0) {
                    throw new InvalidTargetException("option '" + option + "' of the address is not name=value");
                }
                options.put(decode(option.substring(0, equals)), decode(option.substring(equals + 1)));
            }
            rest = rest.substring(0, question);
        }
        if (!rest.startsWith("//")) {
            return new Address(scheme, List.of(), rest, options);
        }
        rest = rest.substring(2);
        int slash = rest.indexOf('/');
        String authority = slash < 0 ? rest : rest.substring(0, slash);
        String path = slash < 0 ? "" : rest.substring(slash);
        List<Host> hosts = new ArrayList<>();
        for (String host : authority.split(",")) {
            if (!host.isEmpty()) {
                hosts.add(host(host));
            }
        }
        return new Address(scheme, hosts, path, options);
    }

    private static Host host(String text) {
        int at = text.lastIndexOf('@');
        String user = null;
        String password = null;
        if (at >= 0) {
            String info = text.substring(0, at);
            int colon = info.indexOf(':');
            user = decode(colon < 0 ? info : info.substring(0, colon));
            password = colon < 0 ? null : decode(info.substring(colon + 1));
        }
        String hostPort = text.substring(at + 1);
        String name = hostPort;
        String port = "";
        if (hostPort.startsWith("[")) {
            int end = hostPort.indexOf(']');
            if (end < 0) {
                throw new InvalidTargetException(
                        "host '" + hostPort + "' lacks the closing bracket of an IPv6 address");
            }
            name = hostPort.substring(1, end);
            port = hostPort.substring(end + 1);
        } else {
            int colon = hostPort.indexOf(':');
            // With more than one colon it is an IPv6 address without brackets, and so without a port.
            if (colon >= 0 && colon == hostPort.lastIndexOf(':')) {
                name = hostPort.substring(0, colon);
                port = hostPort.substring(colon);
            }
        }
        return new Host(name, port.isEmpty() ? -1 : port(port), user, password);
    }

    private static int port(String colonPort) {
        try {
            int port = Integer.parseInt(colonPort.substring(1));
            if (colonPort.charAt(0) == ':' && port >= 0 && port <= 65535) {
                return port;
            }
        } catch (NumberFormatException e) {
            // Reported below.
        }
        throw new InvalidTargetException("'" + colonPort.substring(1) + "' is not a port from 0 to 65535");
    }

    private static String decode(String text) {
        try {
            // URLDecoder is for forms, where a plus is a space; in a URL it is a plus.
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new InvalidTargetException("the address has a malformed percent escape");
        }
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** The scheme, in lower case, which names the wire. */
    public String scheme() {
        return scheme;
    }

    /** The hosts in order; empty if the address names none. */
    public List<Host> hosts() {
        return hosts;
    }

    /** The first host's name, {@code 127.0.0.1} if the address names none. */
    public String host() {
        return hosts.isEmpty() || hosts.getFirst().name().isEmpty()
                ? "127.0.0.1"
                : hosts.getFirst().name();
    }

    /** The first host's port, or the default if the address has none. */
    public int port(int defaultPort) {
        return hosts.isEmpty() || hosts.getFirst().port() < 0
                ? defaultPort
                : hosts.getFirst().port();
    }

    /** The first host's user name. */
    public @Nullable String user() {
        return hosts.isEmpty() ? null : hosts.getFirst().user();
    }

    /** The first host's password. */
    public @Nullable String password() {
        return hosts.isEmpty() ? null : hosts.getFirst().password();
    }

    /** The path with its leading slash, not decoded; empty if there is none. */
    public String path() {
        return path;
    }

    /** The options by name, decoded. */
    public Map<String, String> options() {
        return options;
    }

    /** This address with another scheme. */
    public Address withScheme(String newScheme) {
        return new Address(newScheme, hosts, path, options);
    }

    /** This address with another port in its first host, such as the one that was bound. */
    public Address withPort(int port) {
        Host first = hosts.isEmpty() ? new Host("127.0.0.1", port, null, null) : hosts.getFirst();
        List<Host> bound = new ArrayList<>(hosts.isEmpty() ? List.of(first) : hosts);
        bound.set(0, new Host(first.name(), port, first.user(), first.password()));
        return new Address(scheme, bound, path, options);
    }

    /** This address with another path. */
    public Address withPath(String newPath) {
        return new Address(scheme, hosts, newPath, options);
    }

    /** This address without the options named. */
    public Address withoutOptions(Set<String> names) {
        Map<String, String> kept = new LinkedHashMap<>(options);
        kept.keySet().removeAll(names);
        return new Address(scheme, hosts, path, kept);
    }

    /** The whole address as text, password included; {@link #parse} reads it back. */
    public String toUri() {
        return text(true);
    }

    /** The whole address as a {@link URI}, password included. */
    public URI uri() {
        return URI.create(text(true));
    }

    /** The address for people and logs: passwords and tokens, also those in options, are shown as {@code ***}. */
    @Override
    public String toString() {
        return text(false);
    }

    private String text(boolean secrets) {
        StringBuilder text = new StringBuilder(scheme).append(':');
        if (!hosts.isEmpty() || path.isEmpty() || path.startsWith("/")) {
            text.append("//");
        }
        text.append(hosts.stream().map(host -> userInfo(host, secrets) + host).collect(Collectors.joining(",")));
        text.append(path);
        String query = options.entrySet().stream()
                .map(option -> encode(option.getKey()) + "="
                        + (secrets ? encode(option.getValue()) : redacted(option.getKey(), option.getValue())))
                .collect(Collectors.joining("&"));
        return query.isEmpty()
                ? text.toString()
                : text.append('?').append(query).toString();
    }

    /** An option's value for people: without tokens and passwords, those of a URL in it included. */
    private static String redacted(String name, String value) {
        return SECRET.matcher(name).find()
                ? "***"
                : encode(USER_INFO.matcher(value).replaceFirst("://***@"));
    }

    private static String userInfo(Host host, boolean secrets) {
        if (host.user() == null) {
            return "";
        }
        String password = host.password();
        return encode(host.user()) + (password == null ? "" : ":" + (secrets ? encode(password) : "***")) + "@";
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Address address
                && scheme.equals(address.scheme)
                && hosts.equals(address.hosts)
                && path.equals(address.path)
                && options.equals(address.options);
    }

    @Override
    public int hashCode() {
        return Objects.hash(scheme, hosts, path, options);
    }
}
