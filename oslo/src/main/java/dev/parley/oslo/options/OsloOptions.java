package dev.parley.oslo.options;

import dev.parley.Address;
import dev.parley.InvalidTargetException;
import dev.parley.oslo.message.Compression;
import dev.parley.oslo.topology.QueueNames;
import dev.parley.oslo.topology.Topology;
import dev.parley.spi.AddressOptions;
import dev.parley.spi.Backoff;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The options of a transport URL, under oslo.messaging's own names (group {@code oslo_messaging_rabbit}, and
 * {@code control_exchange} and {@code rpc_response_timeout} of group {@code DEFAULT}), and a few of Parley's.
 * Immutable, and safe for use by any thread.
 *
 * @param controlExchange the topic exchange of targets without an exchange
 * @param responseTimeout the timeout of calls without one
 * @param topology the attributes of exchanges and queues
 * @param tls how to secure the connection, {@code null} for plain TCP
 * @param loginMethod how to log in
 * @param heartbeat the heartbeat timeout, zero for no heartbeats
 * @param waitForBroker whether a client or server starts without its broker, and connects in the background
 * @param reconnectBackoff the pauses between attempts to reconnect
 * @param consumerRetryPause the pause before a consumer that the broker cancelled is set up again
 * @param failoverStrategy which host is tried first
 * @param prefetch how many unacknowledged messages a consumer may have: -1 as many as calls may run at once, 0 no limit
 * @param maxCalls how many calls a server runs at once for this address, 0 for as many as it runs in all
 * @param compression how bodies are compressed, {@code null} for not at all
 * @param missingConsumerRetry how long a reply to a queue that does not exist is retried
 * @param acknowledge when a server acknowledges a request
 * @param duplicateWindow how many requests a server remembers to recognize duplicates
 * @param deliveryLimit how many times a request may return unacknowledged before it is dead-lettered, 0 for no limit
 * @param deadLetterQueue the queue for requests that exceed the delivery limit or are malformed, {@code null} to reject
 *     them
 * @param multicall whether a stream is sent item by item to callers from before 2018, as openstack.common.rpc's
 *     multicall expects, instead of as a list
 * @param ping whether a server responds to {@code oslo_rpc_server_ping}
 * @param queueNames names reply and fanout queues
 */
public record OsloOptions(
        String controlExchange,
        Duration responseTimeout,
        Topology topology,
        @Nullable Tls tls,
        LoginMethod loginMethod,
        Duration heartbeat,
        boolean waitForBroker,
        Backoff reconnectBackoff,
        Duration consumerRetryPause,
        FailoverStrategy failoverStrategy,
        int prefetch,
        int maxCalls,
        @Nullable Compression compression,
        Duration missingConsumerRetry,
        Acknowledge acknowledge,
        int duplicateWindow,
        int deliveryLimit,
        @Nullable String deadLetterQueue,
        boolean multicall,
        boolean ping,
        QueueNames queueNames) {
    /** How a client logs in. */
    public enum LoginMethod {
        /** The user and the password in an AMQP table, the default of oslo.messaging. */
        AMQPLAIN,
        /** SASL PLAIN. */
        PLAIN,
        /** The client's certificate. */
        EXTERNAL,
        /** RabbitMQ's demonstration of a challenge and a response. */
        RABBIT_CR_DEMO
    }

    /** Which host of the transport URL is tried first. */
    public enum FailoverStrategy {
        /** The host in use, and after a failure the one after it. */
        ROUND_ROBIN,
        /** A random one. */
        SHUFFLE
    }

    /** When a server acknowledges a request. */
    public enum Acknowledge {
        /** Before the method runs: at most once. */
        BEFORE,
        /** After the method has ended: at least once. */
        AFTER
    }

    private enum Start {
        /** Starting fails if the broker cannot be reached. */
        NOW,
        /** The broker is waited for in the background. */
        WAIT
    }

    /**
     * Files in PEM format.
     *
     * @param caFile the trusted certificates, {@code null} for those of the JVM
     * @param certFile the client's certificate chain
     * @param keyFile the key of that certificate, in PKCS #8
     * @param verifyHost whether the certificate must match the host name
     */
    public record Tls(
            @Nullable String caFile,
            @Nullable String certFile,
            @Nullable String keyFile,
            boolean verifyHost) {}

    /** Pools, threads and flags of the Python driver that are accepted without effect. */
    public static final Set<String> WITHOUT_EFFECT = Set.of(
            "rpc_conn_pool_size",
            "conn_pool_min_size",
            "conn_pool_ttl",
            "heartbeat_in_pthread",
            "heartbeat_rate",
            "direct_mandatory_flag",
            "ssl_version");

    private static final int MIN_DUPLICATE_WINDOW = 16;
    private static final int MAX_CALLS = 1_000_000;

    /**
     * Reads the options of an address.
     *
     * @throws InvalidTargetException if one is unknown or out of range
     */
    public static OsloOptions of(Address address) {
        AddressOptions options = new AddressOptions(address);
        OsloOptions result = read(options);
        // The driver reads the hosts with their credentials, and the virtual host in the path.
        options.path();
        if (!address.scheme().equals("memory")) {
            options.hosts();
        }
        options.refuseOthers();
        if (result.responseTimeout.isZero()) {
            throw new InvalidTargetException("option rpc_response_timeout must be greater than 0");
        }
        if (result.deliveryLimit > 0 && result.acknowledge == Acknowledge.BEFORE) {
            throw new InvalidTargetException("option delivery_limit needs acknowledge=after:"
                    + " a request that is acknowledged before its method runs is never redelivered");
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
                options.textOrDefault("control_exchange", "openstack"),
                options.seconds("rpc_response_timeout", Duration.ofSeconds(60)),
                Topology.of(options),
                tls(options),
                options.choice("rabbit_login_method", LoginMethod.AMQPLAIN, LoginMethod.class),
                options.seconds("heartbeat_timeout_threshold", Duration.ofSeconds(60)),
                options.choice("start", Start.NOW, Start.class) == Start.WAIT,
                Backoff.linear(
                        options.seconds("rabbit_retry_interval", Duration.ofSeconds(1)),
                        options.seconds("rabbit_retry_backoff", Duration.ofSeconds(2)),
                        options.seconds("rabbit_interval_max", Duration.ofSeconds(30)),
                        options.seconds("kombu_reconnect_splay", Duration.ZERO)),
                options.seconds("kombu_reconnect_delay", Duration.ofSeconds(1)),
                options.choice("kombu_failover_strategy", FailoverStrategy.ROUND_ROBIN, FailoverStrategy.class),
                options.integer("rabbit_qos_prefetch_count", -1, 0, 65_535),
                options.integer("executor_thread_pool_size", 0, 1, MAX_CALLS),
                compression(options),
                options.seconds("kombu_missing_consumer_retry_timeout", Duration.ofSeconds(60)),
                options.choice("acknowledge", Acknowledge.BEFORE, Acknowledge.class),
                options.integer("duplicate_window", 4096, MIN_DUPLICATE_WINDOW, 10_000_000),
                options.integer("delivery_limit", 0, 0, Integer.MAX_VALUE),
                options.textOrNull("dead_letter_queue"),
                options.flag("multicall", false),
                options.flag("rpc_ping_enabled", false),
                QueueNames.of(options));
        WITHOUT_EFFECT.forEach(name -> options.text(name, null));
        return result;
    }

    private static @Nullable Tls tls(AddressOptions options) {
        boolean on = options.flag("ssl", false);
        if (options.flag("ssl_enforce_fips_mode", false)) {
            throw new InvalidTargetException("option ssl_enforce_fips_mode=true is not supported:"
                    + " configure FIPS 140 in the JVM's security providers, or set the SSLContext of the builder");
        }
        Tls tls = new Tls(
                options.textOrNull("ssl_ca_file"),
                options.textOrNull("ssl_cert_file"),
                options.textOrNull("ssl_key_file"),
                options.flag("ssl_enforce_hostname_verification", true));
        return on ? tls : null;
    }

    private static @Nullable Compression compression(AddressOptions options) {
        String value = options.textOrDefault("kombu_compression", "");
        return value.isEmpty() || value.equals("None") ? null : Compression.ofOption(value);
    }
}
