package dev.parley.oslo.driver;

/** The headers that count how often a message was redelivered. */
public final class RedeliveryHeaders {
    /** Parley's own header with the count of a message in a queue that does not count. */
    public static final String RETURNS = "x-parley-returns";

    /** The header in which a quorum queue reports its count. */
    public static final String DELIVERY_COUNT = "x-delivery-count";

    private RedeliveryHeaders() {}
}
