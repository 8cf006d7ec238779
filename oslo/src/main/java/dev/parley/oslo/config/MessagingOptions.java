package dev.parley.oslo.config;

import static dev.parley.oslo.config.ConfigOption.DEFAULT;

import dev.parley.oslo.options.OsloOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The options of a service's configuration that concern messaging, with the former names that oslo.messaging 14 still
 * accepts. Immutable.
 */
public final class MessagingOptions {
    /** The group of the rabbit driver. */
    public static final String RABBIT = "oslo_messaging_rabbit";

    /** The group of the Kafka driver. */
    public static final String KAFKA = "oslo_messaging_kafka";

    /** The group of notifications. */
    public static final String NOTIFICATIONS = "oslo_messaging_notifications";

    /** The transport URL. */
    public static final ConfigOption TRANSPORT_URL = new ConfigOption(DEFAULT, "transport_url");

    /** The exchange of targets without one. */
    public static final ConfigOption CONTROL_EXCHANGE = new ConfigOption(DEFAULT, "control_exchange");

    /** How many calls a server runs at once. */
    public static final ConfigOption EXECUTOR_THREAD_POOL_SIZE =
            new ConfigOption(DEFAULT, "executor_thread_pool_size").formerly(DEFAULT, "rpc_thread_pool_size");

    /** The transport URL of notifications. */
    public static final ConfigOption NOTIFICATION_URL =
            new ConfigOption(NOTIFICATIONS, "transport_url").formerly(DEFAULT, "notification_transport_url");

    /** The drivers of notifications; may be set several times. */
    public static final ConfigOption NOTIFICATION_DRIVER =
            new ConfigOption(NOTIFICATIONS, "driver").formerly(DEFAULT, "notification_driver");

    /** The topics of notifications, a list. */
    public static final ConfigOption NOTIFICATION_TOPICS = new ConfigOption(NOTIFICATIONS, "topics")
            .formerly("rpc_notifier2", "topics")
            .formerly(DEFAULT, "notification_topics");

    /** How many times sending a notification is retried. */
    public static final ConfigOption NOTIFICATION_RETRY = new ConfigOption(NOTIFICATIONS, "retry");

    /** The file of the routing driver. */
    public static final ConfigOption ROUTING_CONFIG =
            new ConfigOption(NOTIFICATIONS, "routing_config").formerly(DEFAULT, "routing_notifier_config");

    /** The options of the Kafka driver. */
    static final List<ConfigOption> OF_KAFKA = ConfigOption.ofGroup(
            KAFKA,
            "kafka_max_fetch_bytes",
            "kafka_consumer_timeout",
            "consumer_group",
            "producer_batch_timeout",
            "producer_batch_size",
            "compression_codec",
            "enable_auto_commit",
            "max_poll_records",
            "security_protocol",
            "sasl_mechanism",
            "ssl_cafile",
            "ssl_client_cert_file",
            "ssl_client_key_file",
            "ssl_client_key_password");

    /** Options of oslo.messaging that are understood, and have no effect here. */
    static final List<ConfigOption> WITHOUT_EFFECT = Stream.of(
                    OsloOptions.WITHOUT_EFFECT.stream().map(name -> new ConfigOption(RABBIT, name)),
                    ConfigOption.ofGroup(
                            "oslo_messaging_metrics",
                            "metrics_enabled",
                            "metrics_buffer_size",
                            "metrics_socket_file",
                            "metrics_process_name",
                            "metrics_thread_stop_timeout")
                            .stream(),
                    ConfigOption.ofGroup(
                            "oslo_messaging_tracing",
                            "tracing_enabled",
                            "tracing_service_name",
                            "otel_exporter_otlp_endpoint",
                            "otlp_protocol",
                            "insecure")
                            .stream())
            .flatMap(options -> options)
            .toList();

    /** The options that are not part of an address. */
    static final List<ConfigOption> OF_SERVICE = List.of(
            TRANSPORT_URL,
            NOTIFICATION_URL,
            NOTIFICATION_DRIVER,
            NOTIFICATION_TOPICS,
            NOTIFICATION_RETRY,
            ROUTING_CONFIG);

    private static final Set<String> IN_DEFAULT_GROUP =
            Set.of("control_exchange", "rpc_response_timeout", "rpc_ping_enabled", "executor_thread_pool_size");

    /** Those that were in group {@code DEFAULT} before 2014. */
    private static final Set<String> FORMERLY_IN_DEFAULT_GROUP = Set.of(
            "amqp_auto_delete",
            "kombu_reconnect_delay",
            "rabbit_ha_queues",
            "rabbit_login_method",
            "rabbit_retry_backoff",
            "rpc_conn_pool_size");

    private static final Map<String, String> FORMER_NAMES = Map.of(
            "ssl", "rabbit_use_ssl",
            "ssl_version", "kombu_ssl_version",
            "ssl_key_file", "kombu_ssl_keyfile",
            "ssl_cert_file", "kombu_ssl_certfile",
            "ssl_ca_file", "kombu_ssl_ca_certs",
            "kombu_missing_consumer_retry_timeout", "kombu_reconnect_timeout");

    private MessagingOptions() {}

    /** The options that a rabbit address has of the same names. */
    public static List<ConfigOption> ofRabbit() {
        List<ConfigOption> all = new ArrayList<>();
        for (String name : new TreeSet<>(OsloOptions.names())) {
            ConfigOption option = new ConfigOption(IN_DEFAULT_GROUP.contains(name) ? DEFAULT : RABBIT, name);
            if (FORMER_NAMES.containsKey(name)) {
                option = option.formerly(RABBIT, FORMER_NAMES.get(name));
            }
            if (FORMERLY_IN_DEFAULT_GROUP.contains(name)) {
                option = option.formerly(DEFAULT, name);
            }
            all.add(name.equals(EXECUTOR_THREAD_POOL_SIZE.name()) ? EXECUTOR_THREAD_POOL_SIZE : option);
        }
        return all;
    }

    /** The options that an address of this scheme has of the same names. */
    public static List<ConfigOption> of(String scheme) {
        return scheme.equals("kafka") ? OF_KAFKA : ofRabbit();
    }
}
