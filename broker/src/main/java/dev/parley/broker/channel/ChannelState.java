package dev.parley.broker.channel;

import dev.parley.broker.queue.MessageEvent;
import java.util.Map;

/**
 * A snapshot of a channel. Immutable.
 *
 * @param number its number, unique in its connection
 * @param consumers how many consumers it has
 * @param prefetch the prefetch count of consumers to come
 * @param globalPrefetch the prefetch count of all consumers together; 0 is none
 * @param unacknowledged how many deliveries are not acknowledged
 * @param unconfirmed how many published messages are not confirmed
 * @param uncommitted how many published messages are not committed
 * @param acksUncommitted how many acknowledgements are not committed
 * @param activeAtMillis when its client last called a method, in milliseconds since 1970
 * @param counts how many events of each kind there were
 */
public record ChannelState(
        int number,
        int consumers,
        int prefetch,
        int globalPrefetch,
        int unacknowledged,
        long unconfirmed,
        int uncommitted,
        int acksUncommitted,
        boolean confirming,
        boolean transactional,
        long activeAtMillis,
        Map<MessageEvent, Long> counts) {}
