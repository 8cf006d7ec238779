package dev.parley.oslo.driver;

/**
 * What a broker says about a queue. Immutable.
 *
 * @param exists whether there is such a queue
 * @param messages how many messages wait in it, not counting those that a consumer has
 * @param consumers how many consumers it has
 */
public record QueueState(boolean exists, int messages, int consumers) {
    /** There is no such queue. */
    public static final QueueState MISSING = new QueueState(false, 0, 0);
}
