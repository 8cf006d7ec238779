package dev.parley.oslo.notify;

/**
 * What has happened to the notifications that a listener has received since it was built. A notification that is
 * delivered again counts again. Immutable.
 *
 * @param handled how many were acknowledged after the work, those included that no endpoint wanted
 * @param requeued how many are delivered again after a delay
 * @param deadLettered how many went to a dead-letter queue
 * @param dropped how many failed finally and were dropped
 */
public record ListenerCounts(long handled, long requeued, long deadLettered, long dropped) {}
