package dev.parley.oslo.driver;

import dev.parley.DeliveryException;
import dev.parley.RpcException;
import dev.parley.oslo.topology.Exchange;
import dev.parley.oslo.topology.Queue;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A message on its way to the broker, until the broker has confirmed it or it has failed. Safe for use by any thread;
 * its {@link Builder} is for one thread.
 */
public final class OutboundMessage {
    /** A rough size of the frames around a body. */
    private static final int FRAME_BYTES = 160;

    private final Exchange exchange;
    private final String key;
    private final byte[] body;
    private final long deadlineNanos;
    private final boolean mandatory;
    private final boolean repeatable;
    private final long expirationMillis;
    private final AtomicInteger retries;
    private volatile boolean watched;
    private final @Nullable Delivery original;
    private final Map<String, Object> headers;
    private final boolean kept;
    private final @Nullable Queue queue;
    private final CompletableFuture<@Nullable Void> confirmed = new CompletableFuture<>();
    private volatile @Nullable String returned;

    private OutboundMessage(Builder builder) {
        exchange = builder.exchange;
        key = builder.key;
        body = builder.body;
        deadlineNanos = builder.deadlineNanos;
        mandatory = builder.mandatory;
        watched = builder.watched;
        repeatable = builder.repeatable;
        expirationMillis = builder.expirationMillis;
        retries = new AtomicInteger(builder.retries);
        original = builder.original;
        headers = builder.headers;
        kept = builder.kept;
        queue = builder.queue;
    }

    /**
     * Starts building a message.
     *
     * @param key the routing key
     * @param body must not be modified later
     * @param deadlineNanos {@link System#nanoTime()} after which the message is not sent any more
     */
    public static Builder builder(Exchange exchange, String key, byte[] body, long deadlineNanos) {
        return new Builder(exchange, key, body, deadlineNanos);
    }

    /** Builds a message. Not thread-safe. */
    public static final class Builder {
        private final Exchange exchange;
        private final String key;
        private final byte[] body;
        private final long deadlineNanos;
        private boolean mandatory;
        private boolean watched;
        private boolean repeatable;
        private long expirationMillis = -1;
        private int retries = -1;
        private @Nullable Delivery original;
        private Map<String, Object> headers = Map.of();
        private boolean kept;
        private @Nullable Queue queue;

        private Builder(Exchange exchange, String key, byte[] body, long deadlineNanos) {
            this.exchange = exchange;
            this.key = key;
            this.body = body;
            this.deadlineNanos = deadlineNanos;
        }

        /** Whether the message fails if no queue takes it. False by default. */
        public Builder mandatory(boolean value) {
            mandatory = value;
            return this;
        }

        /**
         * Asks the broker whether a queue takes the message, which {@link OutboundMessage#isRouted} tells; the message
         * does not fail if none does.
         */
        public Builder watched() {
            watched = true;
            return this;
        }

        /**
         * Marks the message as harmless when delivered twice: it is sent again if the connection breaks before the
         * broker has confirmed it.
         */
        public Builder repeatable() {
            repeatable = true;
            return this;
        }

        /** How long the broker keeps the message before it drops it, in milliseconds. By default it is kept forever. */
        public Builder expirationMillis(long millis) {
            expirationMillis = millis;
            return this;
        }

        /** How many times sending is retried; -1, the default, means until the deadline. */
        public Builder retries(int times) {
            retries = times;
            return this;
        }

        /**
         * Forwards a delivery: body and properties stay as they were received, and these headers are added.
         *
         * @param keep whether the forwarded message never expires, even if the original would have
         */
        public Builder forwarding(Delivery delivery, Map<String, Object> moreHeaders, boolean keep) {
            original = delivery;
            headers = Map.copyOf(moreHeaders);
            kept = keep;
            return this;
        }

        /**
         * Declares this queue before the message is published, once per channel, so that the message is kept even if
         * nobody has consumed from the queue yet.
         */
        public Builder declaring(Queue target) {
            queue = target;
            return this;
        }

        /** The message. */
        public OutboundMessage build() {
            return new OutboundMessage(this);
        }
    }

    /** The delivery that this message forwards, {@code null} if it is a new message. */
    public @Nullable Delivery original() {
        return original;
    }

    /** Whether a forwarded message never expires, even if the original would have. */
    public boolean isKept() {
        return kept;
    }

    /** The headers added to a forwarded message. */
    public Map<String, Object> headers() {
        return headers;
    }

    /** The exchange to publish to. */
    public Exchange exchange() {
        return exchange;
    }

    /** The queue to declare before the message is published, {@code null} if only the exchange is. */
    public @Nullable Queue queue() {
        return queue;
    }

    /** The routing key. */
    public String key() {
        return key;
    }

    /** The body. Must not be modified. */
    public byte[] body() {
        return body;
    }

    /** Whether the message fails if no queue takes it. */
    public boolean failsUnrouted() {
        return mandatory;
    }

    /** Whether the broker is to return the message if no queue takes it. */
    public boolean isMandatory() {
        return mandatory || watched;
    }

    /** Whether a queue took the message, once it is confirmed; {@code null} if the broker was not asked to tell. */
    public @Nullable Boolean isRouted() {
        return isMandatory() ? Boolean.valueOf(returned == null) : null;
    }

    /** Whether the broker has returned the message. */
    public boolean isReturned() {
        return returned != null;
    }

    /** From now on the broker is not asked whether a queue takes the message, unless it must. */
    public void stopWatching() {
        watched = false;
    }

    /** Whether the message may be sent again when it is not known if the broker has it. */
    public boolean isRepeatable() {
        return repeatable;
    }

    /** How long the broker keeps the message, in milliseconds; -1 means forever. */
    public long expirationMillis() {
        return expirationMillis;
    }

    /** The size on the wire in bytes, frames included, roughly. */
    public int size() {
        return body.length + FRAME_BYTES;
    }

    /** The time left until the deadline, in nanoseconds; 0 or less once it has passed. */
    public long remainingNanos() {
        return deadlineNanos - System.nanoTime();
    }

    /** Uses up one retry. Returns {@code false} if none is left or the deadline has passed. */
    public boolean tryRetry() {
        return remainingNanos() > 0 && retries.getAndUpdate(left -> left > 0 ? left - 1 : left) != 0;
    }

    /** Completes when the broker has confirmed the message, or with an {@link RpcException}. */
    public CompletableFuture<@Nullable Void> confirmed() {
        return confirmed;
    }

    /** Whether the message was confirmed or has failed. */
    public boolean isDone() {
        return confirmed.isDone();
    }

    /**
     * Records that the broker returned the message because it could not route it. The broker's confirmation follows.
     */
    public void returned(String reason) {
        returned = reason;
    }

    /** The broker has confirmed the message: completes it, or fails it if the broker returned it before. */
    public void confirm() {
        String reason = returned;
        if (reason == null || !mandatory) {
            confirmed.complete(null);
        } else {
            fail(unroutable(reason));
        }
    }

    /** Fails the message, unless it is done already. */
    public void fail(RpcException error) {
        confirmed.completeExceptionally(error);
    }

    /** The error of a message that no queue takes. */
    public DeliveryException unroutable(String reason) {
        return DeliveryException.unroutable(
                "no queue takes routing key '" + key + "' of "
                        + (exchange.isDefault() ? "the default exchange" : "exchange '" + exchange.name() + "'") + ": "
                        + reason,
                exchange.name(),
                key);
    }
}
