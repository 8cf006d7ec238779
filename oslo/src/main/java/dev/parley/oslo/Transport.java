package dev.parley.oslo;

import dev.parley.Address;
import dev.parley.InvalidTargetException;
import dev.parley.oslo.config.ConfigOption;
import dev.parley.oslo.config.KnownServices;
import dev.parley.oslo.config.MessagingOptions;
import dev.parley.oslo.config.ServiceConfig;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
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
 * <p>Immutable.
 */
public final class Transport {
    private static final Logger log = LoggerFactory.getLogger(Transport.class);
    private static final String LOCAL = "rabbit://";

    private final String address;
    private final NotificationSettings notifications;

    private Transport(String address, NotificationSettings notifications) {
        this.address = address;
        this.notifications = notifications;
    }

    /**
     * Reads files and the environment, as {@link #builder} does with these files and its defaults.
     *
     * @param files the later ones take precedence
     * @throws InvalidTargetException if a file cannot be read or is malformed, or if its URL is malformed
     */
    public static Transport fromConfig(Path... files) {
        Builder builder = builder();
        for (Path file : files) {
            builder.file(file);
        }
        return builder.build();
    }

    /** A new builder. */
    public static Builder builder() {
        return new Builder();
    }

    /** The address, with the settings of the configuration as options. Contains passwords: not for logs. */
    public String address() {
        return address;
    }

    /** What the configuration says about notifications. */
    public NotificationSettings notifications() {
        return notifications;
    }

    /** The address for logs, with {@code ***} for passwords. */
    @Override
    public String toString() {
        return Address.parse(address).toString();
    }

    /**
     * Reads a configuration: files and folders in the order in which they are given, of which the later ones take
     * precedence, and environment variables, which take precedence over both. Not thread-safe.
     *
     * <p>Of group {@code DEFAULT} it reads {@code transport_url}, {@code control_exchange},
     * {@code rpc_response_timeout}, {@code rpc_ping_enabled} and {@code executor_thread_pool_size}, of group
     * {@code oslo_messaging_rabbit} all options, and the group {@code oslo_messaging_notifications}. An option in the
     * URL itself takes precedence, as in oslo.messaging. Without a URL the address is {@code rabbit://}: user guest at
     * localhost. Former names and groups of options are accepted if oslo.messaging 14 accepts them.
     *
     * <p>Most services set their control exchange in their code, not in a file. If the configuration sets none, it is
     * that of {@link #defaultControlExchange}; otherwise that of the OpenStack service to which the configuration
     * belongs, recognized by the name of a file, its folder in {@code /etc}, or the user name of group
     * {@code keystone_authtoken}; otherwise {@code openstack}. The log tells which.
     */
    public static final class Builder {
        private final List<Path> files = new ArrayList<>();
        private Map<String, String> environment = System.getenv();
        private @Nullable String url;
        private final Map<String, String> defaults = new LinkedHashMap<>();

        private Builder() {}

        /** Reads a file, such as {@code /etc/nova/nova.conf}. */
        public Builder file(Path file) {
            files.add(Objects.requireNonNull(file, "file"));
            return this;
        }

        /**
         * Reads the files of a folder whose names end with {@code .conf}, in the order of their names, as
         * {@code --config-dir} of the services does.
         *
         * @throws InvalidTargetException if the folder cannot be read
         */
        public Builder directory(Path directory) {
            files.addAll(ServiceConfig.filesIn(Objects.requireNonNull(directory, "directory")));
            return this;
        }

        /**
         * The environment variables, of which {@code OS_GROUP__OPTION} sets an option, such as
         * {@code OS_DEFAULT__TRANSPORT_URL}. By default those of the process.
         */
        public Builder environment(Map<String, String> variables) {
            environment = Map.copyOf(variables);
            return this;
        }

        /**
         * Another URL with the options of the same configuration, such as that of one of Nova's cells. By default
         * {@code transport_url}. Notifications are not affected.
         */
        public Builder url(String transportUrl) {
            url = Objects.requireNonNull(transportUrl, "transportUrl");
            return this;
        }

        /**
         * The control exchange if the configuration sets none, as services set it by
         * {@code oslo_messaging.set_transport_defaults}.
         */
        public Builder defaultControlExchange(String exchange) {
            defaults.put(MessagingOptions.CONTROL_EXCHANGE.name(), Objects.requireNonNull(exchange, "exchange"));
            return this;
        }

        /**
         * How many calls a server runs at once if the configuration does not set {@code executor_thread_pool_size}, as
         * services set it by {@code oslo_messaging.opts.set_defaults}. By default as many as the server's
         * {@code maxConcurrentCalls}.
         *
         * @throws IllegalArgumentException if the number is less than 1
         */
        public Builder defaultExecutorThreadPoolSize(int calls) {
            if (calls < 1) {
                throw new IllegalArgumentException("executor_thread_pool_size must be at least 1, not " + calls);
            }
            defaults.put(MessagingOptions.EXECUTOR_THREAD_POOL_SIZE.name(), Integer.toString(calls));
            return this;
        }

        /**
         * Reads the configuration.
         *
         * @throws InvalidTargetException if a file cannot be read or is malformed, or if an option is
         */
        public Transport build() {
            ServiceConfig config = ServiceConfig.read(files, environment);
            Map<String, String> defaults = new LinkedHashMap<>(this.defaults);
            if (config.value(MessagingOptions.CONTROL_EXCHANGE) == null) {
                defaults.computeIfAbsent(MessagingOptions.CONTROL_EXCHANGE.name(), name -> exchangeOf(config));
            }
            String main = urlOf(config, MessagingOptions.TRANSPORT_URL, LOCAL);
            String ofNotifications = urlOf(config, MessagingOptions.NOTIFICATION_URL, main);
            NotificationSettings notifications = new NotificationSettings(
                    withOptions(ofNotifications, config, defaults),
                    config.values(MessagingOptions.NOTIFICATION_DRIVER),
                    topics(config),
                    retries(config),
                    routingFile(config));
            return new Transport(withOptions(url == null ? main : url, config, defaults), notifications);
        }

        private static @Nullable String exchangeOf(ServiceConfig config) {
            KnownServices.Service service = KnownServices.of(config);
            if (service == null) {
                log.info(
                        "control exchange {}: {} sets none, and does not belong to a known service",
                        KnownServices.DEFAULT_EXCHANGE,
                        config.paths());
                return null;
            }
            log.info(
                    "control exchange {}: {} sets none, so it is that of {}, recognized by {}",
                    service.exchange(),
                    config.paths(),
                    service.name(),
                    service.evidence());
            return service.exchange();
        }

        private static String urlOf(ServiceConfig config, ConfigOption option, String otherwise) {
            String url = config.value(option);
            // A long list of hosts is continued on further lines.
            return url == null || url.isBlank() ? otherwise : url.replace("\n", "");
        }

        private static String withOptions(String transportUrl, ServiceConfig config, Map<String, String> defaults) {
            Address parsed = Address.parse(transportUrl);
            Map<String, String> options = new LinkedHashMap<>();
            for (ConfigOption option : MessagingOptions.of(parsed.scheme())) {
                String value = config.value(option);
                if (value == null) {
                    value = defaults.get(option.name());
                }
                if (value != null && !parsed.options().containsKey(option.name())) {
                    options.put(option.name(), value);
                }
            }
            String query = options.entrySet().stream()
                    .map(option -> option.getKey() + "="
                            + URLEncoder.encode(option.getValue(), StandardCharsets.UTF_8)
                                    .replace("+", "%20"))
                    .collect(Collectors.joining("&"));
            return query.isEmpty() ? transportUrl : transportUrl + (transportUrl.contains("?") ? "&" : "?") + query;
        }

        private static List<String> topics(ServiceConfig config) {
            String topics = config.value(MessagingOptions.NOTIFICATION_TOPICS);
            return topics == null ? List.of("notifications") : ServiceConfig.list(topics);
        }

        private static int retries(ServiceConfig config) {
            String retries = config.value(MessagingOptions.NOTIFICATION_RETRY);
            try {
                int number = retries == null ? -1 : Integer.parseInt(retries.strip());
                if (number >= -1) {
                    return number;
                }
            } catch (NumberFormatException e) {
                // Reported below.
            }
            throw new InvalidTargetException("option " + MessagingOptions.NOTIFICATION_RETRY + "=" + retries
                    + " must be a whole number, -1 for no limit");
        }

        private static @Nullable Path routingFile(ServiceConfig config) {
            String file = config.value(MessagingOptions.ROUTING_CONFIG);
            try {
                return file == null || file.isBlank() ? null : Path.of(file);
            } catch (InvalidPathException e) {
                throw new InvalidTargetException(
                        "option " + MessagingOptions.ROUTING_CONFIG + "=" + file + " is not a path", e);
            }
        }
    }
}
