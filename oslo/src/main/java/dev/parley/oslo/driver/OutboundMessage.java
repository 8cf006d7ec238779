package dev.parley.oslo.driver;

import dev.parley.DeliveryException;
import dev.parley.RpcException;
import dev.parley.oslo.topology.Exchange;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A message on its way to the broker. Thread-safe but for the setters, which its builder uses before it is published. */
public final class OutboundMessage {
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
    public OutboundMessage(Exchange exchange, String key, byte[] body, long deadlineNanos) {
        this.exchange = exchange;
        this.key = key;
        this.body = body;
        this.deadlineNanos = deadlineNanos;
    }

    /** It must reach a queue, or fail. */
    public OutboundMessage mandatory(boolean must) {
        mandatory = must;
        return this;
    }

    /** It does no harm twice, so it is sent again when a connection breaks before the broker has confirmed it. */
    public OutboundMessage repeatable() {
        repeatable = true;
        return this;
    }

    /** The broker drops it unless it is delivered within this time. */
    public OutboundMessage expires(long millis) {
        expirationMillis = millis;
        return this;
    }

    /** How often sending is tried again, -1 until the deadline. */
    public OutboundMessage retries(int times) {
        retries = times;
        return this;
    }

    /**
     * It goes on as it came in, body and properties unchanged, with these headers put in.
     *
     * @param forGood whether it does not expire there, even if it would have
     */
    public OutboundMessage passedOn(Delivery delivery, Map<String, Object> moreHeaders, boolean forGood) {
        original = delivery;
        headers = moreHeaders;
        kept = forGood;
        return this;
    }

    /** What it was when it came in, {@code null} for a message of our own. */
    @Nullable
    public Delivery original() {
        return original;
    }

    /** Whether it does not expire, even if it did before. */
    public boolean isKept() {
        return kept;
    }

    /** What to put into the headers. */
    public Map<String, Object> headers() {
        return headers;
    }

    public Exchange exchange() {
        return exchange;
    }

    public String key() {
        return key;
    }

    public byte[] body() {
        return body;
    }

    public boolean isMandatory() {
        return mandatory;
    }

    public boolean isRepeatable() {
        return repeatable;
    }

    /** In milliseconds, -1 for never. */
    public long expirationMillis() {
        return expirationMillis;
    }

    public int size() {
        return body.length + FRAMES;
    }

    public long remainingNanos() {
        return deadlineNanos - System.nanoTime();
    }

    /** Whether one more try is due; counts it. */
    public boolean tryAgain() {
        if (retries == 0 || remainingNanos() <= 0) {
            return false;
        }
        if (retries > 0) {
            retries--;
        }
        return true;
    }

    /** Completes when the broker has the message, or with an {@link RpcException}. */
    public CompletableFuture<@Nullable Void> confirmed() {
        return confirmed;
    }

    public boolean isDone() {
        return confirmed.isDone();
    }

    /** The broker could not route it; its confirmation follows. */
    public void returned(String reason) {
        returned = reason;
    }

    public void confirm() {
        String reason = returned;
        if (reason == null) {
            confirmed.complete(null);
        } else {
            fail(unroutable(reason));
        }
    }

    public void fail(RpcException error) {
        confirmed.completeExceptionally(error);
    }

    public DeliveryException unroutable(String reason) {
        return new DeliveryException("no queue takes key '" + key + "' of "
                + (exchange.isDefault() ? "the default exchange" : "exchange '" + exchange.name() + "'") + ": "
                + reason);
    }
}
