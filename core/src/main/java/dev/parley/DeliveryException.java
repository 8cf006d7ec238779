package dev.parley;

import org.jspecify.annotations.Nullable;

/**
 * The broker rejected the message, or a queue or an exchange that it needs, or could not route it, or there was no
 * connection and no retries of sending were left: no server received the call.
 */
public final class DeliveryException extends RpcException {
    private final @Nullable String exchange;
    private final @Nullable String routingKey;

    /** With a message. */
    public DeliveryException(String message) {
        this(message, null, null, null);
    }

    /** With a message and its cause. */
    public DeliveryException(String message, @Nullable Throwable cause) {
        this(message, cause, null, null);
    }

    private DeliveryException(
            String message, @Nullable Throwable cause, @Nullable String exchange, @Nullable String routingKey) {
        super(message, cause);
        this.exchange = exchange;
        this.routingKey = routingKey;
    }

    /**
     * Of a message that no queue takes.
     *
     * @param exchange the exchange to which it was sent, empty for the default exchange
     * @param routingKey its routing key
     */
    public static DeliveryException unroutable(String message, String exchange, String routingKey) {
        return new DeliveryException(message, null, exchange, routingKey);
    }

    /** As a peer reported it, with the peer's own code and data, if there are any. */
    public DeliveryException(String message, @Nullable Integer code, @Nullable Object data) {
        super(message, code, data);
        this.exchange = null;
        this.routingKey = null;
    }

    /**
     * The exchange to which a message was sent that no queue takes, empty for the default exchange; {@code null} if the
     * failure was another one.
     */
    public @Nullable String exchange() {
        return exchange;
    }

    /** The routing key of a message that no queue takes; {@code null} if the failure was another one. */
    public @Nullable String routingKey() {
        return routingKey;
    }
}
