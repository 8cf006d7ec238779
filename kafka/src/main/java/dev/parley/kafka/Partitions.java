package dev.parley.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The partitions that the group has given this listener. Confined to the consumer's thread.
 *
 * <p>When the group is balanced anew, all partitions are taken away and most are given back at once. Before one is
 * taken away, what is settled of it is committed. If it comes back and nobody else has committed meanwhile, it goes on
 * where it was, so that what is being worked on is not delivered again; otherwise what is settled later means nothing.
 */
final class Partitions implements ConsumerRebalanceListener {
    private static final Logger log = LoggerFactory.getLogger(Partitions.class);
    private static final Duration COMMIT_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration ASK_TIMEOUT = Duration.ofSeconds(30);

    private final KafkaOptions options;
    private final boolean fromNow;
    private final int prefetch;
    private final CompletableFuture<@Nullable Void> joined;
    private final java.util.function.Consumer<KafkaDelivery> receiver;
    private final Map<TopicPartition, AssignedPartition> active = new HashMap<>();
    private final Map<TopicPartition, AssignedPartition> suspended = new HashMap<>();
    private @Nullable Consumer<byte[], byte[]> consumer;

    /**
     * No partitions.
     *
     * @param joined completed when the first ones are assigned
     * @param receiver gets redeliveries
     */
    Partitions(
            KafkaOptions options,
            boolean fromNow,
            int prefetch,
            CompletableFuture<@Nullable Void> joined,
            java.util.function.Consumer<KafkaDelivery> receiver) {
        this.options = options;
        this.fromNow = fromNow;
        this.prefetch = prefetch;
        this.joined = joined;
        this.receiver = receiver;
    }

    /** Sets the consumer that the partitions are assigned to. */
    void use(Consumer<byte[], byte[]> kafka) {
        consumer = kafka;
    }

    private Consumer<byte[], byte[]> consumer() {
        return Objects.requireNonNull(consumer, "consumer");
    }

    Collection<AssignedPartition> active() {
        return active.values();
    }

    void fetched(ConsumerRecord<byte[], byte[]> message) {
        AssignedPartition partition = active.get(new TopicPartition(message.topic(), message.partition()));
        if (partition != null) {
            partition.fetched(message);
        }
    }

    boolean areBusy() {
        return active.values().stream().anyMatch(AssignedPartition::isBusy);
    }

    void deliverAgain(KafkaDelivery delivery) {
        AssignedPartition partition = delivery.partition;
        if (active.get(partition.id) == partition) {
            receiver.accept(delivery.again());
        } else if (!partition.isLost()) {
            partition.defer(delivery);
        }
    }

    /** Commits what is settled, without waiting for it. */
    void commit() {
        Map<TopicPartition, OffsetAndMetadata> commits = new HashMap<>();
        active.forEach((id, partition) -> {
            OffsetAndMetadata commit = partition.takeCommit();
            if (commit != null) {
                commits.put(id, commit);
            }
        });
        if (!commits.isEmpty()) {
            consumer().commitAsync(commits, (offsets, error) -> {
                if (error != null) {
                    log.info("failed to commit offsets, retrying: {}", error.getMessage());
                    failed(active, commits);
                }
            });
        }
    }

    private static void failed(
            Map<TopicPartition, AssignedPartition> partitions, Map<TopicPartition, OffsetAndMetadata> commits) {
        commits.forEach((id, commit) -> {
            AssignedPartition partition = partitions.get(id);
            if (partition != null) {
                partition.commitFailed(commit);
            }
        });
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> revoked) {
        Map<TopicPartition, OffsetAndMetadata> commits = new HashMap<>();
        for (TopicPartition id : revoked) {
            AssignedPartition partition = active.remove(id);
            if (partition != null) {
                partition.suspend();
                suspended.put(id, partition);
                OffsetAndMetadata commit = partition.takeCommit();
                if (commit != null) {
                    commits.put(id, commit);
                }
            }
        }
        if (commits.isEmpty() || options.autoCommit()) {
            return;
        }
        try {
            uninterrupted(() -> {
                consumer().commitSync(commits, COMMIT_TIMEOUT);
                return commits;
            });
        } catch (KafkaException e) {
            log.warn("failed to commit offsets, some notifications will be delivered again: {}", e.getMessage());
            failed(suspended, commits);
        }
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> lost) {
        for (TopicPartition id : lost) {
            AssignedPartition partition = active.remove(id);
            if (partition != null) {
                partition.lose();
            }
        }
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> assigned) {
        Map<TopicPartition, OffsetAndMetadata> committed = assigned.isEmpty()
                ? Map.of()
                : uninterrupted(() -> consumer().committed(new HashSet<>(assigned), ASK_TIMEOUT));
        List<TopicPartition> fresh = new ArrayList<>();
        for (TopicPartition id : assigned) {
            OffsetAndMetadata offset = committed.get(id);
            AssignedPartition partition = suspended.get(id);
            if (partition != null && partition.canResume(offset)) {
                suspended.remove(id);
                consumer().seek(id, partition.next());
                active.put(id, partition);
                partition.takeOverdue().forEach(delivery -> receiver.accept(delivery.again()));
            } else {
                active.put(id, new AssignedPartition(id, prefetch, options.maxUncommitted(), offset));
                if (offset == null) {
                    fresh.add(id);
                }
            }
        }
        loseSuspended();
        if (fromNow && !joined.isDone() && !fresh.isEmpty()) {
            skipToEnd(fresh);
        }
        joined.complete(null);
    }

    /**
     * Lets a new group start with what is published from now on. That is committed at once: a later assignment, or a
     * partition that does not exist yet, starts at its beginning, so that nothing is skipped that comes after now.
     */
    private void skipToEnd(List<TopicPartition> fresh) {
        consumer().seekToEnd(fresh);
        Map<TopicPartition, OffsetAndMetadata> ends = new HashMap<>();
        for (TopicPartition id : fresh) {
            ends.put(id, new OffsetAndMetadata(uninterrupted(() -> consumer().position(id, ASK_TIMEOUT))));
        }
        uninterrupted(() -> {
            consumer().commitSync(ends, ASK_TIMEOUT);
            return ends;
        });
    }

    /** No partition will come back. */
    void loseSuspended() {
        suspended.values().forEach(AssignedPartition::lose);
        suspended.clear();
    }

    /** The consumer is closed, and has told before which partitions it gave back. */
    void closed() {
        active.values().forEach(AssignedPartition::lose);
        active.clear();
        consumer = null;
    }

    /** A wake-up that came too late for the poll that it was meant for is no reason to give up. */
    private static <T> T uninterrupted(Supplier<T> action) {
        while (true) {
            try {
                return action.get();
            } catch (WakeupException e) {
                log.trace("woken up too late");
            }
        }
    }
}
