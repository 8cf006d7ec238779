package dev.parley.kafka;

import dev.parley.InvalidTargetException;
import dev.parley.oslo.message.Codec;
import dev.parley.oslo.message.NotificationContent;
import dev.parley.oslo.message.NotificationFormat;
import dev.parley.oslo.notify.spi.NotificationPublisher;
import dev.parley.spi.ValueMapping;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** Publishes notifications to Kafka. Thread-safe. */
final class KafkaPublisher implements NotificationPublisher {
    private static final Duration MAX_DEADLINE = Duration.ofDays(3650);

    private final KafkaOptions options;
    private final Codec codec;
    private final OrderedProducer producer;

    KafkaPublisher(KafkaOptions options, ValueMapping values, @Nullable SSLContext tls) {
        this.options = options;
        this.codec = new Codec(values);
        int maxBytes = values.limits().messageBytes();
        Supplier<SSLContext> context = tls == null ? null : () -> tls;
        // A mistake in the files is an error at once; they are read again for each producer.
        options.security().properties(context);
        this.producer = new OrderedProducer(
                options.shown(), () -> Clients.producer(options, context, maxBytes), options.ordered());
    }

    @Override
    public void start() {
        producer.start();
    }

    /** Always in the envelope, as oslo.messaging's driver for Kafka does. */
    @Override
    public byte[] encode(NotificationContent content, boolean enveloped) {
        return codec.notification(content, NotificationFormat.KAFKA);
    }

    @Override
    public CompletableFuture<@Nullable Void> publish(
            @Nullable String exchange, String topic, String priority, byte[] body, Duration deadline) {
        try {
            Clients.refuseExchange(exchange);
            Publication publication = new Publication(
                    Topics.of(topic, priority, options.virtualHost()),
                    null,
                    body,
                    Map.of(),
                    System.nanoTime() + (deadline.compareTo(MAX_DEADLINE) < 0 ? deadline : MAX_DEADLINE).toNanos());
            producer.publish(publication);
            return publication.confirmed;
        } catch (InvalidTargetException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public boolean isConnected() {
        return producer.isConnected();
    }

    @Override
    public void close() {
        producer.close();
    }
}
