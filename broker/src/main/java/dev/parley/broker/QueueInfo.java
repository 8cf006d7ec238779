package dev.parley.broker;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A queue as it was when it was looked at.
 *
 * @param kind classic, quorum or stream
 * @param ready messages that wait for a consumer; in a stream those it keeps
 * @param unacked messages handed out and not settled
 * @param bytes what it holds, in bytes, overhead included
 * @param published messages it ever took
 * @param delivered messages it ever handed out, again ones included
 * @param acknowledged messages ever acknowledged
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
        long acknowledged) {}
