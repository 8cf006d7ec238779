package dev.parley.oslo;

import dev.parley.DeliveryException;
import dev.parley.RpcException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A message on its way to the broker. Thread-safe but for the setters, which its builder uses before it is published. */
final class Outgoing {
    /** A rough size of the frames around a body. */
    private static final int FRAMES = 160;

    private final Exchange exchange;
    private final String key;
    private final byte[] body;
    private final long deadlineNanos;
    private final CompletableFuture<@Nullable Void> confirmed = new CompletableFuture<>();
    private boolean mandatory;
    private boolean repeatable;
    private long expirationMillis = -1;
    private int retries = -1;
    private @Nullable Delivery original;
    private Map<String, Object> headers = Map.of();
    private boolean kept;
    private volatile @Nullable String returned;

    /**
     * A message.
     *
     * @param deadlineNanos {@link System#nanoTime()} past which it need not be sent any more
     */
    Outgoing(Exchange exchange, String key, byte[] body, long deadlineNanos) {
        this.exchange = exchange;
        this.key = key;
        this.body = body;
        this.deadlineNanos = deadlineNanos;
    }

    /** It must reach a queue, or fail. */
    Outgoing mandatory(boolean must) {
        mandatory = must;
        return this;
    }

    /** It does no harm twice, so it is sent again when a connection breaks before the broker has confirmed it. */
    Outgoing repeatable() {
        repeatable = true;
        return this;
    }

    /** The broker drops it unless it is delivered within this time. */
    Outgoing expires(long millis) {
        expirationMillis = millis;
        return this;
    }

    /** How often sending is tried again, -1 until the deadline. */
    Outgoing retries(int times) {
        retries = times;
        return this;
    }

    /**
     * It goes on as it came in, body and properties unchanged, with these headers put in.
     *
     * @param forGood whether it does not expire there, even if it would have
     */
    Outgoing passedOn(Delivery delivery, Map<String, Object> moreHeaders, boolean forGood) {
        original = delivery;
        headers = moreHeaders;
        kept = forGood;
        return this;
    }

    /** What it was when it came in, {@code null} for a message of our own. */
    @Nullable
    Delivery original() {
        return original;
    }

    /** Whether it does not expire, even if it did before. */
    boolean isKept() {
        return kept;
    }

    /** What to put into the headers. */
    Map<String, Object> headers() {
        return headers;
    }

    Exchange exchange() {
        return exchange;
    }

    String key() {
        return key;
    }

    byte[] body() {
        return body;
    }

    boolean isMandatory() {
        return mandatory;
    }

    boolean isRepeatable() {
        return repeatable;
    }

    /** In milliseconds, -1 for never. */
    long expirationMillis() {
        return expirationMillis;
    }

    int size() {
        return body.length + FRAMES;
    }

    long remainingNanos() {
        return deadlineNanos - System.nanoTime();
    }

    /** Whether one more try is due; counts it. */
    boolean tryAgain() {
        if (retries == 0 || remainingNanos() <= 0) {
            return false;
        }
        if (retries > 0) {
            retries--;
        }
        return true;
    }

    /** Completes when the broker has the message, or with an {@link RpcException}. */
    CompletableFuture<@Nullable Void> confirmed() {
        return confirmed;
    }

    boolean isDone() {
        return confirmed.isDone();
    }

    /** The broker could not route it; its confirmation follows. */
    void returned(String reason) {
        returned = reason;
    }

    void confirm() {
        String reason = returned;
        if (reason == null) {
            confirmed.complete(null);
        } else {
            fail(unroutable(reason));
        }
    }

    void fail(RpcException error) {
        confirmed.completeExceptionally(error);
    }

    DeliveryException unroutable(String reason) {
        return new DeliveryException("no queue takes key '" + key + "' of "
                + (exchange.isDefault() ? "the default exchange" : "exchange '" + exchange.name() + "'") + ": "
                + reason);
    }
}
