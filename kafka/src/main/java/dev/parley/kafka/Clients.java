package dev.parley.kafka;

import dev.parley.InvalidTargetException;
import dev.parley.RpcException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Makes the clients of Kafka's own library. Thread-safe. */
final class Clients {
    private static final int MIN_BUFFER_BYTES = 32 << 20;
    private static final int RECORD_OVERHEAD_BYTES = 64 << 10;

    private Clients() {}

    /**
     * A producer whose {@code send} does not block.
     *
     * @param maxBytes the maximum size of a message
     * @throws InvalidTargetException if a file cannot be used
     */
    static Producer<byte[], byte[]> producer(KafkaOptions options, @Nullable Supplier<SSLContext> tls, int maxBytes) {
        Map<String, Object> config = common(options, tls);
        config.put(ProducerConfig.ACKS_CONFIG, "all");
        config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 0L);
        // Each record has a deadline of its own.
        config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Integer.MAX_VALUE);
        config.put(ProducerConfig.LINGER_MS_CONFIG, options.batchTimeout().toMillis());
        config.put(ProducerConfig.BATCH_SIZE_CONFIG, options.batchBytes());
        config.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, options.compression());
        // The limit of the topic decides, and the limits of the notifier.
        int requestBytes = Math.clamp((long) maxBytes + RECORD_OVERHEAD_BYTES, 1 << 20, Integer.MAX_VALUE);
        config.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, requestBytes);
        config.put(ProducerConfig.BUFFER_MEMORY_CONFIG, Math.max(MIN_BUFFER_BYTES, 2L * requestBytes));
        return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /**
     * A consumer.
     *
     * @param prefetch how many notifications a partition may deliver
     */
    static Consumer<byte[], byte[]> consumer(
            KafkaOptions options, @Nullable Supplier<SSLContext> tls, String group, int prefetch) {
        Map<String, Object> config = common(options, tls);
        config.put(ConsumerConfig.GROUP_ID_CONFIG, group);
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, options.autoCommit());
        // A partition that appears later is read from its start in any case.
        config.put(
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                KafkaOptions.OffsetReset.EARLIEST.name().toLowerCase(Locale.ROOT));
        config.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, options.maxFetchBytes());
        config.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, Math.min(options.maxPollRecords(), prefetch));
        int session = (int) options.sessionTimeout().toMillis();
        config.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, session);
        config.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, Math.min(3000, session / 3));
        // New topics and partitions are found within this time.
        config.put(ConsumerConfig.METADATA_MAX_AGE_CONFIG, 30_000);
        return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /**
     * Asks a broker for the nodes of its cluster, which shows whether one is reachable and lets this user in.
     *
     * @throws RpcException if not
     */
    static void checkReachable(KafkaOptions options, @Nullable Supplier<SSLContext> tls) {
        Map<String, Object> config = common(options, tls);
        int millis = Math.max(1, (int) options.connectTimeout().toMillis());
        config.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, millis);
        config.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, millis);
        String what = "failed to connect to " + options.shown();
        try (Admin admin = Admin.create(config)) {
            admin.describeCluster(new DescribeClusterOptions().timeoutMs(millis))
                    .nodes()
                    .get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Errors.of(what, new org.apache.kafka.common.errors.TimeoutException("interrupted", e));
        } catch (ExecutionException | KafkaException e) {
            throw Errors.of(what, e);
        }
    }

    private static Map<String, Object> common(KafkaOptions options, @Nullable Supplier<SSLContext> tls) {
        Map<String, Object> config = new HashMap<>(options.security().properties(tls));
        config.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, options.bootstrapServers());
        long connect = Math.max(1, options.connectTimeout().toMillis());
        config.put(CommonClientConfigs.SOCKET_CONNECTION_SETUP_TIMEOUT_MS_CONFIG, connect);
        config.put(CommonClientConfigs.SOCKET_CONNECTION_SETUP_TIMEOUT_MAX_MS_CONFIG, 3 * connect);
        config.put(CommonClientConfigs.ENABLE_METRICS_PUSH_CONFIG, false);
        return config;
    }

    /**
     * Refuses what other brokers have.
     *
     * @throws InvalidTargetException if there is an exchange
     */
    static void refuseExchange(@Nullable String exchange) {
        if (exchange != null) {
            throw new InvalidTargetException("kafka has no exchanges: remove exchange '" + exchange + "'");
        }
    }
}
