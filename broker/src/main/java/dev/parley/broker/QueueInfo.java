package dev.parley.broker;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot of a queue. Immutable.
 *
 * @param kind classic, quorum or stream
 * @param ready messages ready for a consumer; for a stream all that it holds
 * @param unacked messages handed out and not settled
 * @param bytes bytes held, overhead included
 * @param published messages it ever accepted
 * @param delivered messages it ever delivered, redeliveries included
 * @param acknowledged messages ever acknowledged
 * @param policy the name of the policy that applies to it
 * @param operatorPolicy the name of the operator policy that applies to it
 */
public record QueueInfo(
        String virtualHost,
        String name,
        String kind,
        boolean durable,
        boolean exclusive,
        boolean autoDelete,
        Map<String, @Nullable Object> arguments,
        long ready,
        long unacked,
        int consumers,
        long bytes,
        long published,
        long delivered,
        long acknowledged,
        @Nullable String policy,
        @Nullable String operatorPolicy) {}
