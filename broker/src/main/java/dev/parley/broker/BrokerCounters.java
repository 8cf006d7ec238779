package dev.parley.broker;

/**
 * What a broker did since it started, in all.
 *
 * @param connectionsAccepted connections, failed ones included
 * @param published messages publishers sent
 * @param confirmed publisher confirms sent
 * @param returned mandatory messages that found no queue
 * @param delivered messages sent to consumers and getters
 * @param acknowledged acknowledgements received
 * @param memoryBytes what messages hold now
 * @param memoryLimit past which publishers are blocked
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
