package dev.parley.kafka;

import dev.parley.Address;
import dev.parley.InvalidTargetException;
import dev.parley.spi.AddressOptions;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The options of an address, under the names of oslo.messaging's group {@code oslo_messaging_kafka}, and a few of
 * Parley's. Immutable.
 *
 * @param shown the address for people and logs
 * @param bootstrapServers the brokers to ask first, as Kafka takes them
 * @param virtualHost the end of every topic's name, {@code null} if there is none
 * @param security how to secure the connection and to log in
 * @param connectTimeout how long reaching the first broker may take
 * @param consumerGroup the group of listeners without a pool
 * @param maxFetchBytes how many bytes of a partition are fetched at once
 * @param maxPollRecords how many notifications are taken from Kafka's consumer at once
 * @param consumerTimeout the longest pause of the consumer's thread
 * @param autoCommit whether offsets are committed as notifications are read, not when they are settled
 * @param offsetReset where a new group starts
 * @param sessionTimeout how long the broker waits for a listener that is silent
 * @param maxUncommitted how far the notifications of a partition may run ahead of the first unsettled one
 * @param batchTimeout how long a publisher waits for more notifications
 * @param batchBytes the maximum size of such a batch
 * @param compression how batches are compressed
 * @param ordered whether a publisher sends all notifications of a topic to one partition
 */
record KafkaOptions(
        String shown,
        String bootstrapServers,
        @Nullable String virtualHost,
        Security security,
        Duration connectTimeout,
        String consumerGroup,
        int maxFetchBytes,
        int maxPollRecords,
        Duration consumerTimeout,
        boolean autoCommit,
        OffsetReset offsetReset,
        Duration sessionTimeout,
        int maxUncommitted,
        Duration batchTimeout,
        int batchBytes,
        String compression,
        boolean ordered) {
    private static final int DEFAULT_PORT = 9092;

    /** Where a group starts that has committed nothing yet. */
    enum OffsetReset {
        /** With the oldest notification that the broker has. */
        EARLIEST,
        /** With what is published from now on. */
        LATEST
    }

    /**
     * Reads an address.
     *
     * @throws InvalidTargetException if a part of it is unknown, missing or out of range
     */
    static KafkaOptions of(Address address) {
        AddressOptions options = new AddressOptions(address);
        List<Address.Host> hosts = options.hosts();
        KafkaOptions result = new KafkaOptions(
                address.toString(),
                hosts.isEmpty()
                        ? "localhost:" + DEFAULT_PORT
                        : hosts.stream().map(KafkaOptions::bootstrap).collect(Collectors.joining(",")),
                virtualHost(options.path()),
                Security.of(options, hosts),
                options.connectTimeout(),
                options.textOrDefault("consumer_group", "oslo_messaging_consumer"),
                options.integer("kafka_max_fetch_bytes", 1 << 20, 1024, 1 << 30),
                options.integer("max_poll_records", 500, 1, 1_000_000),
                options.positiveSeconds("kafka_consumer_timeout", Duration.ofSeconds(1)),
                options.flag("enable_auto_commit", false),
                options.choice("auto_offset_reset", OffsetReset.EARLIEST, OffsetReset.class),
                Duration.ofSeconds(options.integer("session_timeout", 45, 6, 1800)),
                options.integer("max_uncommitted", 10_000, 1, 10_000_000),
                options.seconds("producer_batch_timeout", Duration.ZERO),
                options.integer("producer_batch_size", 16_384, 1, 1 << 30),
                options.choice("compression_codec", "none", "gzip", "snappy", "lz4", "zstd"),
                options.flag("ordered", true));
        options.refuseOthers();
        if (result.consumerGroup.isEmpty()) {
            throw new InvalidTargetException("option consumer_group must not be empty");
        }
        if (result.batchTimeout.compareTo(Duration.ofMinutes(1)) > 0) {
            throw new InvalidTargetException("option producer_batch_timeout must be at most 60 seconds");
        }
        return result;
    }

    private static String bootstrap(Address.Host host) {
        String name = host.name().isEmpty() ? "localhost" : host.name();
        return new Address.Host(name, host.port() < 0 ? DEFAULT_PORT : host.port(), null, null).toString();
    }

    private static @Nullable String virtualHost(String path) {
        String name = path.startsWith("/") ? path.substring(1) : path;
        return name.isEmpty()
                ? null
                : Topics.legal(URLDecoder.decode(name.replace("+", "%2B"), StandardCharsets.UTF_8));
    }
}
