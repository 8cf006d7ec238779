package dev.parley.kafka;

import dev.parley.RpcException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A record that is being published. Confined to the producer's thread, except for its future. */
final class Publication {
    final String topic;
    final byte @Nullable [] key;
    final byte[] body;
    final Map<String, byte[]> headers;
    /** Until when to go on trying, as {@link System#nanoTime} tells it. */
    final long deadline;

    final CompletableFuture<@Nullable Void> confirmed = new CompletableFuture<>();

    /** When it was handed to Kafka's producer. */
    long sentAt;
    /** Which of Kafka's producers it was handed to, counted from 1. */
    int producer;

    Publication(String topic, byte @Nullable [] key, byte[] body, Map<String, byte[]> headers, long deadline) {
        this.topic = topic;
        this.key = key;
        this.body = body;
        this.headers = headers;
        this.deadline = deadline;
    }

    boolean isDone() {
        return confirmed.isDone();
    }

    void confirm() {
        confirmed.complete(null);
    }

    void fail(RpcException error) {
        confirmed.completeExceptionally(error);
    }
}
