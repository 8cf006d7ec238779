package dev.parley.oslo;

import dev.parley.Address;
import dev.parley.InvalidTargetException;
import dev.parley.oslo.options.OsloOptions;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The transport in the configuration of an OpenStack service, as an address for {@link dev.parley.RpcServer} and
 * {@link dev.parley.RpcClient}:
 *
 * <pre>{@code
 * Transport transport = Transport.fromConfig(Path.of("/etc/nova/nova.conf"));
 * RpcClient client = RpcClient.connect(transport.address(), Target.topic("compute"));
 * }</pre>
 *
 * <p>Immutable, and safe for use by any thread.
 */
public final class Transport {
    private static final Logger log = LoggerFactory.getLogger(Transport.class);
    private static final String RABBIT_GROUP = "oslo_messaging_rabbit";
    private static final Set<String> DEFAULT_GROUP_OPTIONS =
            Set.of("control_exchange", "rpc_response_timeout", "rpc_ping_enabled");
    /** Options that oslo.messaging 14 also reads from group {@code DEFAULT}, where they were before 2014. */
    private static final Set<String> FORMERLY_IN_DEFAULT_GROUP = Set.of(
            "amqp_auto_delete",
            "kombu_reconnect_delay",
            "rabbit_ha_queues",
            "rabbit_login_method",
            "rabbit_retry_backoff");

    /** Former names of options, and the names that replaced them, which take precedence. As in oslo.messaging 14. */
    private static final Map<String, String> FORMER_NAMES = Map.of(
            "rabbit_use_ssl", "ssl",
            "kombu_ssl_version", "ssl_version",
            "kombu_ssl_keyfile", "ssl_key_file",
            "kombu_ssl_certfile", "ssl_cert_file",
            "kombu_ssl_ca_certs", "ssl_ca_file",
            "kombu_reconnect_timeout", "kombu_missing_consumer_retry_timeout");

    private static final Pattern REFERENCE =
            Pattern.compile("\\$(?:\\{([A-Za-z_][A-Za-z0-9_.]*)}|([A-Za-z_][A-Za-z0-9_.]*))");

    private final String address;

    private Transport(String address) {
        this.address = address;
    }

    /**
     * Reads {@code transport_url}, {@code control_exchange}, {@code rpc_response_timeout} and {@code rpc_ping_enabled}
     * of group {@code DEFAULT} and all of group {@code oslo_messaging_rabbit}. An option in the URL itself takes
     * precedence, as in oslo.messaging. Without a URL the address is {@code rabbit://}: user guest at localhost. Former
     * names and groups of options are accepted if oslo.messaging 14 accepts them. An unknown option of the group is
     * ignored with a warning, since other programs read the file too.
     *
     * @throws InvalidTargetException if the file cannot be read, or its URL is malformed
     */
    public static Transport fromConfig(Path file) {
        Objects.requireNonNull(file, "file");
        Map<String, Map<String, String>> groups;
        try {
            groups = parse(Files.readString(file));
        } catch (NoSuchFileException e) {
            throw new InvalidTargetException("no such file: " + file, e);
        } catch (IOException e) {
            throw new InvalidTargetException("failed to read configuration " + file + ": " + e, e);
        }
        Map<String, String> defaults = groups.getOrDefault("DEFAULT", Map.of());
        String url = resolve(defaults.getOrDefault("transport_url", "rabbit://"), "DEFAULT", groups);
        Map<String, String> options = new LinkedHashMap<>();
        defaults.forEach((name, value) -> {
            if (DEFAULT_GROUP_OPTIONS.contains(name) || FORMERLY_IN_DEFAULT_GROUP.contains(name)) {
                options.put(name, resolve(value, "DEFAULT", groups));
            }
        });
        Set<String> known = OsloOptions.names();
        Map<String, String> rabbit = groups.getOrDefault(RABBIT_GROUP, Map.of());
        FORMER_NAMES.forEach((former, name) -> {
            if (rabbit.containsKey(former)) {
                options.put(name, resolve(rabbit.get(former), RABBIT_GROUP, groups));
            }
        });
        rabbit.forEach((name, value) -> {
            if (known.contains(name)) {
                options.put(name, resolve(value, RABBIT_GROUP, groups));
            } else if (!FORMER_NAMES.containsKey(name)) {
                log.warn("ignored unknown option {} of group {} in {}", name, RABBIT_GROUP, file);
            }
        });
        Address parsed = Address.parse(url);
        options.keySet().removeAll(parsed.options().keySet());
        String query = options.entrySet().stream()
                .map(option -> option.getKey() + "="
                        + URLEncoder.encode(option.getValue(), StandardCharsets.UTF_8)
                                .replace("+", "%20"))
                .collect(Collectors.joining("&"));
        return new Transport(query.isEmpty() ? url : url + (url.contains("?") ? "&" : "?") + query);
    }

    /**
     * The groups of the file, as oslo.config reads them: a line that starts with whitespace continues the value before
     * it.
     */
    private static Map<String, Map<String, String>> parse(String text) {
        Map<String, Map<String, String>> groups = new LinkedHashMap<>();
        Map<String, String> group = groups.computeIfAbsent("DEFAULT", name -> new LinkedHashMap<>());
        String last = null;
        for (String line : text.lines().toList()) {
            String bare = line.strip();
            if (bare.isEmpty()) {
                last = null;
                continue;
            } else if (bare.startsWith("#") || bare.startsWith(";")) {
                continue;
            }
            int equals = separator(bare);
            if (Character.isWhitespace(line.charAt(0)) && last != null) {
                group.merge(last, bare, (value, more) -> value + more);
            } else if (bare.startsWith("[") && bare.endsWith("]")) {
                group = groups.computeIfAbsent(
                        bare.substring(1, bare.length() - 1).strip(), name -> new LinkedHashMap<>());
                last = null;
            } else if (equals > 0) {
                last = bare.substring(0, equals).strip();
                group.put(last, unquote(bare.substring(equals + 1).strip()));
            }
        }
        return groups;
    }

    /** The index of the first equals sign or colon, which ends the name; -1 if there is none. */
    private static int separator(String line) {
        int equals = line.indexOf('=');
        int colon = line.indexOf(':');
        return colon < 0 || equals >= 0 && equals < colon ? equals : colon;
    }

    private static String unquote(String value) {
        boolean quoted = value.length() > 1
                && (value.charAt(0) == '"' || value.charAt(0) == '\'')
                && value.charAt(0) == value.charAt(value.length() - 1);
        return quoted ? value.substring(1, value.length() - 1) : value;
    }

    /**
     * Replaces the references to other options in a value: {@code $name}, {@code ${name}} or {@code $group.name};
     * {@code $$} and {@code \$} are a dollar sign. A name without a group is looked up in the group of the value, then
     * in {@code DEFAULT}.
     */
    private static String resolve(String value, String group, Map<String, Map<String, String>> groups) {
        Matcher references = REFERENCE.matcher(value.replace("\\$", "$$").replace("$$", "\0"));
        return references
                .replaceAll(found -> Matcher.quoteReplacement(
                        lookUp(found.group(1) == null ? found.group(2) : found.group(1), group, groups, found.group())))
                .replace('\0', '$');
    }

    private static String lookUp(String name, String group, Map<String, Map<String, String>> groups, String otherwise) {
        int dot = name.indexOf('.');
        List<String> places = dot < 0 ? List.of(group, "DEFAULT") : List.of(name.substring(0, dot));
        String option = name.substring(dot + 1);
        return places.stream()
                .map(place -> groups.getOrDefault(place, Map.of()).get(option))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(otherwise);
    }

    /** The address, with the settings of the configuration as options. Contains passwords: not for logs. */
    public String address() {
        return address;
    }

    /** The address for logs, with {@code ***} for passwords. */
    @Override
    public String toString() {
        return Address.parse(address).toString();
    }
}
