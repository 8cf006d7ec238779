package dev.parley.oslo.driver;

/**
 * The headers of a dead letter: a message that was moved, otherwise unchanged, to a dead letter queue. Where RabbitMQ
 * has a header for the same thing, it is that one, so that messages which the broker itself dead-lettered read alike.
 */
public final class DeadLetterHeaders {
    /** The queue that the message came from, RabbitMQ's own header. */
    public static final String ORIGIN = "x-first-death-queue";

    /** Why it was moved, RabbitMQ's own header: {@link #REJECTED}, {@link #DELIVERY_LIMIT} or a word of the broker. */
    public static final String REASON = "x-first-death-reason";

    /** What was wrong, as text for people. Parley's own. */
    public static final String ERROR = "x-parley-error";

    /** When it was moved, an AMQP timestamp. Parley's own. */
    public static final String TIME = "x-parley-time";

    /** The reason of a message that is malformed, exceeds a limit or failed. */
    public static final String REJECTED = "rejected";

    /** The reason of a message that returned too often. */
    public static final String DELIVERY_LIMIT = "delivery_limit";

    private DeadLetterHeaders() {}
}
