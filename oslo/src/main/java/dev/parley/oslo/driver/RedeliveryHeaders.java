package dev.parley.oslo.driver;

/** The headers that count how many times a message returned to its queue unacknowledged. */
public final class RedeliveryHeaders {
    /** Parley's own header, for a message in a queue that does not count. */
    public static final String RETURNS = "x-parley-returns";

    /** The header that a quorum queue sets. */
    public static final String DELIVERY_COUNT = "x-delivery-count";

    private RedeliveryHeaders() {}
}
