package dev.parley.kafka;

import dev.parley.ConnectionLostException;
import dev.parley.InvalidTargetException;
import dev.parley.RpcException;
import dev.parley.Target;
import dev.parley.oslo.message.Codec;
import dev.parley.oslo.message.MessageIds;
import dev.parley.oslo.notify.Priority;
import dev.parley.oslo.notify.spi.NotificationSubscriber;
import dev.parley.spi.ValueMapping;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.apache.kafka.clients.producer.Producer;
import org.jspecify.annotations.Nullable;

/** Consumes notifications from Kafka, as a member of a consumer group. Thread-safe. */
final class KafkaSubscriber implements NotificationSubscriber {
    /** How long the group may take to be balanced: as long as Kafka waits for its slowest member. */
    private static final Duration JOIN_TIMEOUT = Duration.ofMinutes(5);

    private final KafkaOptions options;
    private volatile @Nullable SSLContext tls;
    private final Codec codec;
    private final Supplier<Producer<byte[], byte[]>> producers;
    private volatile @Nullable ConsumerLoop loop;
    private volatile @Nullable DeadLetters deadLetters;

    KafkaSubscriber(KafkaOptions options, ValueMapping values, @Nullable SSLContext tls) {
        this.options = options;
        this.tls = tls;
        this.codec = new Codec(values);
        this.producers = () -> Clients.producer(options, tls(), values.limits().messageBytes());
        // A mistake in the files is an error at once.
        options.security().properties(tls());
    }

    /** What supplies the newest TLS context, {@code null} if there is none. */
    private @Nullable Supplier<SSLContext> tls() {
        return tls == null ? null : () -> Objects.requireNonNull(tls, "tls");
    }

    @Override
    public void reset(SSLContext newTls) {
        tls = newTls;
    }

    @Override
    public Codec codec() {
        return codec;
    }

    @Override
    public void start(Subscription subscription, Receiver receiver) {
        List<String> topics = new ArrayList<>();
        for (Target target : subscription.targets()) {
            Clients.refuseExchange(target.exchange());
            if (target.topic() == null) {
                throw new InvalidTargetException("a target of notifications needs a topic");
            }
            for (Priority priority : subscription.priorities()) {
                topics.add(Topics.of(target.topic(), priority.key(), options.virtualHost()));
            }
        }
        String letters = subscription.deadLetterQueue();
        String group = group(subscription);
        int prefetch = Math.max(1, subscription.prefetch());
        Clients.checkReachable(options, tls());
        DeadLetters dead = new DeadLetters(options.shown(), producers, letters == null ? null : Topics.legal(letters));
        ConsumerLoop started = new ConsumerLoop(
                options,
                () -> Clients.consumer(options, tls(), group, prefetch),
                topics,
                subscription.ownQueue() || options.offsetReset() == KafkaOptions.OffsetReset.LATEST,
                prefetch,
                receiver,
                dead);
        deadLetters = dead;
        loop = started;
        try {
            started.start().get(JOIN_TIMEOUT.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            close();
            throw Errors.of("failed to consume from " + options.shown(), e);
        } catch (TimeoutException e) {
            close();
            throw failedToJoin(group, "within " + JOIN_TIMEOUT.toSeconds() + " seconds", e);
        } catch (InterruptedException e) {
            close();
            Thread.currentThread().interrupt();
            throw failedToJoin(group, "before its thread was interrupted", e);
        }
    }

    /** A group that has never committed anything, for a listener that only watches. */
    private String group(Subscription subscription) {
        if (subscription.ownQueue()) {
            return "parley-watch-" + MessageIds.unique();
        }
        return subscription.pool() == null ? options.consumerGroup() : subscription.pool();
    }

    private RpcException failedToJoin(String group, String when, Exception cause) {
        return new ConnectionLostException(
                "consumer group " + group + " at " + options.shown() + " did not let this listener join " + when,
                cause);
    }

    @Override
    public void stop() {
        ConsumerLoop started = loop;
        if (started != null) {
            started.stop();
        }
    }

    @Override
    public void close() {
        ConsumerLoop started = loop;
        if (started != null) {
            started.close();
        }
        DeadLetters dead = deadLetters;
        if (dead != null) {
            dead.close();
        }
    }
}
