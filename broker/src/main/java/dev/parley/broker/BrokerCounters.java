package dev.parley.broker;

/**
 * A snapshot of what a broker did since it was built. Immutable.
 *
 * @param connectionsAccepted connections accepted, failed ones included
 * @param published messages received from publishers
 * @param confirmed publisher confirms sent
 * @param returned mandatory messages that were returned because no queue got them
 * @param delivered messages sent to consumers and in response to basic.get
 * @param acknowledged acknowledgements received
 * @param memoryBytes bytes of messages held now, unfinished ones and unread output included
 * @param memoryLimit bytes above which publishers are blocked
 */
public record BrokerCounters(
        long connectionsAccepted,
        long published,
        long confirmed,
        long returned,
        long delivered,
        long acknowledged,
        long memoryBytes,
        long memoryLimit) {}
