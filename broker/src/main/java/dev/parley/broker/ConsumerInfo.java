package dev.parley.broker;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot of a consumer. Immutable.
 *
 * @param connection the {@link ConnectionInfo#id()} of its connection
 * @param prefetch how many unacknowledged messages it may have; 0 is no limit
 * @param active whether it gets messages; false for all but one if its queue has a single active consumer
 */
public record ConsumerInfo(
        String virtualHost,
        String queue,
        String tag,
        long connection,
        int channel,
        boolean noAck,
        boolean exclusive,
        int prefetch,
        int unacked,
        boolean active,
        Map<String, @Nullable Object> arguments) {}
