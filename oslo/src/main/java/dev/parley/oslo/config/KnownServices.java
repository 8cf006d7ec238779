package dev.parley.oslo.config;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * OpenStack's services and their control exchanges. A service that has an exchange of its own sets it in its code, by
 * {@code set_transport_defaults}, so its configuration files do not tell it. Immutable.
 */
public final class KnownServices {
    /** oslo.messaging's own default. */
    public static final String DEFAULT_EXCHANGE = "openstack";

    /** Those whose code sets an exchange, which has their name. */
    private static final List<String> WITH_EXCHANGE = List.of(
            "aodh",
            "ceilometer",
            "cloudkitty",
            "cyborg",
            "designate",
            "glance",
            "heat",
            "ironic",
            "keystone",
            "magnum",
            "masakari",
            "neutron",
            "nova",
            "octavia",
            "sahara",
            "senlin",
            "tacker",
            "vitrage",
            "watcher",
            "zun");

    /** Those whose code leaves oslo.messaging's default. */
    private static final List<String> WITHOUT_EXCHANGE =
            List.of("barbican", "blazar", "cinder", "ironic-inspector", "manila", "mistral", "trove");

    private static final Map<String, String> EXCHANGES = Stream.concat(
                    WITH_EXCHANGE.stream().map(name -> Map.entry(name, name)),
                    WITHOUT_EXCHANGE.stream().map(name -> Map.entry(name, DEFAULT_EXCHANGE)))
            .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));

    /** The user as which a service checks tokens, which installation guides name like the service. */
    private static final List<ConfigOption> SERVICE_USERS = List.of(
            new ConfigOption("keystone_authtoken", "username"), new ConfigOption("keystone_authtoken", "admin_user"));

    private KnownServices() {}

    /**
     * A service that a configuration belongs to.
     *
     * @param name its name
     * @param exchange its control exchange
     * @param evidence what tells that it is this service, for people
     */
    public record Service(String name, String exchange, String evidence) {}

    /**
     * Recognizes the service by the name of a file, such as {@code nova.conf} or {@code nova-compute.conf}, by its
     * folder in {@code /etc}, or by the user name of group {@code keystone_authtoken}, in this order. Returns
     * {@code null} if none of them is that of a known service.
     */
    public static @Nullable Service of(ServiceConfig config) {
        Service service = first(config.paths(), file -> named(stem(file), "the name of " + file));
        if (service == null) {
            service = first(config.paths(), file -> named(folder(file), "the folder of " + file));
        }
        return service == null ? first(SERVICE_USERS, option -> ofUser(config, option)) : service;
    }

    private static <T> @Nullable Service first(List<T> all, Function<T, @Nullable Service> service) {
        return all.stream().map(service).filter(Objects::nonNull).findFirst().orElse(null);
    }

    private static @Nullable Service ofUser(ServiceConfig config, ConfigOption option) {
        String user = config.value(option);
        return user == null || !EXCHANGES.containsKey(user) ? null : named(user, "option " + option);
    }

    /** The service whose name this is, or starts with: of several the longest. */
    private static @Nullable Service named(String text, String evidence) {
        return EXCHANGES.keySet().stream()
                .filter(name -> text.equals(name) || text.startsWith(name + "-"))
                .max(Comparator.comparingInt(String::length))
                .map(name -> new Service(name, Objects.requireNonNull(EXCHANGES.get(name)), evidence))
                .orElse(null);
    }

    private static String stem(Path file) {
        String name = ServiceConfig.fileName(file);
        return name.endsWith(".conf") ? name.substring(0, name.length() - ".conf".length()) : "";
    }

    private static String folder(Path file) {
        Path path = file.toAbsolutePath().normalize();
        for (int i = 0; i + 2 < path.getNameCount(); i++) {
            if (path.getName(i).toString().equals("etc")) {
                return path.getName(i + 1).toString();
            }
        }
        return "";
    }
}
