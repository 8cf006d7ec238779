package dev.parley.oslo.options;

import dev.parley.Address;
import dev.parley.InvalidTargetException;
import dev.parley.oslo.topology.QueueNames;
import dev.parley.oslo.topology.Topology;
import dev.parley.spi.AddressOptions;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The options of a transport URL, under oslo.messaging's own names (group {@code oslo_messaging_rabbit}, and {@code control_exchange} and
 * {@code rpc_response_timeout} of group {@code DEFAULT}), and a few of Parley's. Immutable.
 *
 * @param controlExchange the topic exchange of targets that name none
 * @param responseTimeout how long a call waits that names no timeout
 * @param topology what shapes exchanges and queues
 * @param tls how to secure the connection, absent for plain TCP
 * @param loginMethod how to log in
 * @param heartbeat how often the broker must be heard of, zero for never
 * @param retry how to come back after a connection is lost
 * @param shuffleHosts whether the next host is a random one rather than the next in line
 * @param prefetch how many unacknowledged messages a consumer may hold: -1 as many as calls may run at once, 0 no bound
 * @param compress whether bodies are compressed with zlib, which kombu calls gzip
 * @param missingConsumerRetry how long a reply to a queue that is gone is tried again
 * @param acknowledge when a server acknowledges a request
 * @param duplicateWindow how many messages a server remembers to recognise duplicates
 * @param deliveryLimit how often a request may come back unacknowledged before it is given up, 0 for any number of times
 * @param deadLetterQueue where requests go that are given up or cannot be understood, absent to reject them
 * @param multicall whether a stream goes item by item to callers of before 2018, as openstack.common.rpc's multicall expects, rather than as a list
 * @param ping whether a server answers {@code oslo_rpc_server_ping}
 * @param queueNames names reply and fanout queues
 */
public record OsloOptions(
        String controlExchange,
        Duration responseTimeout,
        Topology topology,
        @Nullable Tls tls,
        LoginMethod loginMethod,
        Duration heartbeat,
        Retry retry,
        boolean shuffleHosts,
        int prefetch,
        boolean compress,
        Duration missingConsumerRetry,
        Acknowledge acknowledge,
        int duplicateWindow,
        int deliveryLimit,
        @Nullable String deadLetterQueue,
        boolean multicall,
        boolean ping,
        QueueNames queueNames) {
    /** How a client proves who it is. */
    public enum LoginMethod {
        AMQPLAIN,
        PLAIN,
        EXTERNAL
    }

    /** When a server acknowledges a request: at most once, or at least once. */
    public enum Acknowledge {
        BEFORE,
        AFTER
    }

    /**
     * How to come back after a connection is lost: a random pause up to {@code first}, growing by {@code step} with each failure up to {@code most}.
     *
     * @param first the longest first pause
     * @param step what each failure adds
     * @param most the longest pause
     * @param splay a further random pause, against many clients that come back at once
     * @param consumerPause the pause before a consumer that the broker cancelled is set up again
     */
    public record Retry(Duration first, Duration step, Duration most, Duration splay, Duration consumerPause) {}

    /**
     * Files in PEM format.
     *
     * @param caFile whom to trust; absent for the JVM's own list
     * @param certFile the client's certificate chain
     * @param keyFile the key of that certificate, PKCS #8
     * @param verifyHost whether the certificate must be the host's
     */
    public record Tls(
            @Nullable String caFile,
            @Nullable String certFile,
            @Nullable String keyFile,
            boolean verifyHost) {}

    private static final int SMALLEST_WINDOW = 16;

    /**
     * Reads the options of an address.
     *
     * @throws InvalidTargetException if one is unknown or out of range
     */
    public static OsloOptions of(Address address) {
        AddressOptions options = new AddressOptions(address);
        OsloOptions result = read(options);
        options.refuseOthers();
        if (result.responseTimeout.isZero()) {
            throw new InvalidTargetException("option rpc_response_timeout must be more than 0");
        }
        if (result.deliveryLimit > 0 && result.acknowledge == Acknowledge.BEFORE) {
            throw new InvalidTargetException("option delivery_limit needs acknowledge=after:"
                    + " a request that is acknowledged before the work does not come back");
        }
        if (result.topology.streamFanout() && (result.prefetch == 0 || !result.topology.transientQuorum())) {
            throw new InvalidTargetException("option rabbit_stream_fanout needs rabbit_transient_quorum_queue=True"
                    + " and a rabbit_qos_prefetch_count other than 0");
        }
        return result;
    }

    /** The names of all options. */
    public static Set<String> names() {
        AddressOptions options = new AddressOptions(Address.parse("rabbit://"));
        read(options);
        return options.names();
    }

    private static OsloOptions read(AddressOptions options) {
        OsloOptions result = new OsloOptions(
                text(options, "control_exchange", "openstack"),
                options.seconds("rpc_response_timeout", Duration.ofSeconds(60)),
                Topology.of(options),
                tls(options),
                choice(options, "rabbit_login_method", LoginMethod.AMQPLAIN, LoginMethod.class),
                options.seconds("heartbeat_timeout_threshold", Duration.ofSeconds(60)),
                new Retry(
                        options.seconds("rabbit_retry_interval", Duration.ofSeconds(1)),
                        options.seconds("rabbit_retry_backoff", Duration.ofSeconds(2)),
                        options.seconds("rabbit_interval_max", Duration.ofSeconds(30)),
                        options.seconds("kombu_reconnect_splay", Duration.ZERO),
                        options.seconds("kombu_reconnect_delay", Duration.ofSeconds(1))),
                strategy(options),
                options.integer("rabbit_qos_prefetch_count", -1, 0, 65_535),
                compress(options),
                options.seconds("kombu_missing_consumer_retry_timeout", Duration.ofSeconds(60)),
                choice(options, "acknowledge", Acknowledge.BEFORE, Acknowledge.class),
                options.integer("duplicate_window", 4096, SMALLEST_WINDOW, 10_000_000),
                options.integer("delivery_limit", 0, 0, Integer.MAX_VALUE),
                textOrNone(options, "dead_letter_queue"),
                options.flag("multicall", false),
                options.flag("rpc_ping_enabled", false),
                QueueNames.of(options));
        // Pools, threads and flags of the Python driver that have no meaning here: one connection carries everything.
        for (String meaningless : new String[] {
            "rpc_conn_pool_size",
            "conn_pool_min_size",
            "conn_pool_ttl",
            "heartbeat_in_pthread",
            "heartbeat_rate",
            "direct_mandatory_flag",
            "ssl_version"
        }) {
            options.text(meaningless, null);
        }
        return result;
    }

    private static String text(AddressOptions options, String name, String defaultValue) {
        String value = options.text(name, defaultValue);
        return value == null ? defaultValue : value;
    }

    private static @Nullable Tls tls(AddressOptions options) {
        boolean on = options.flag("ssl", false);
        if (options.flag("ssl_enforce_fips_mode", false)) {
            throw new InvalidTargetException(
                    "option ssl_enforce_fips_mode=true must be false:"
                            + " whether TLS keeps to FIPS 140 is for the JVM's security providers to say, or for the SSLContext of the builder");
        }
        Tls tls = new Tls(
                textOrNone(options, "ssl_ca_file"),
                textOrNone(options, "ssl_cert_file"),
                textOrNone(options, "ssl_key_file"),
                options.flag("ssl_enforce_hostname_verification", true));
        return on ? tls : null;
    }

    private static @Nullable String textOrNone(AddressOptions options, String name) {
        String value = options.text(name, null);
        return value == null || value.isEmpty() ? null : value;
    }

    private static boolean strategy(AddressOptions options) {
        String value = text(options, "kombu_failover_strategy", "round-robin");
        return switch (value) {
            case "round-robin" -> false;
            case "shuffle" -> true;
            default ->
                throw new InvalidTargetException(
                        "option kombu_failover_strategy=" + value + " must be round-robin or shuffle");
        };
    }

    private static boolean compress(AddressOptions options) {
        String value = options.text("kombu_compression", null);
        return switch (value) {
            case null -> false;
            case "", "None" -> false;
            case "gzip", "zlib" -> true;
            default ->
                throw new InvalidTargetException(
                        "option kombu_compression=" + value + " must be gzip; " + "bz2 and others are not supported");
        };
    }

    private static <E extends Enum<E>> E choice(AddressOptions options, String name, E defaultValue, Class<E> type) {
        String value = options.text(name, null);
        if (value == null) {
            return defaultValue;
        }
        for (E choice : type.getEnumConstants()) {
            if (choice.name().equals(value.toUpperCase(Locale.ROOT))) {
                return choice;
            }
        }
        throw new InvalidTargetException("option " + name + "=" + value + " must be one of "
                + java.util.Arrays.toString(type.getEnumConstants()).toLowerCase(Locale.ROOT));
    }
}
