package dev.parley.oslo.rpc;

import dev.parley.RpcException;
import dev.parley.oslo.driver.Delivery;
import dev.parley.oslo.driver.Driver;
import dev.parley.oslo.driver.OutboundMessage;
import dev.parley.oslo.driver.RedeliveryHeaders;
import dev.parley.oslo.options.OsloOptions;
import dev.parley.oslo.time.Timers;
import dev.parley.oslo.topology.Exchange;
import dev.parley.oslo.topology.Queue;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What becomes of requests that cannot be served: those that cannot be understood, and, with acknowledgement after the work, those that came back too often,
 * since whoever works on them dies of it. They are rejected, as oslo.messaging does, so the broker drops them, or dead-letters them where a policy says so; or
 * moved to a queue of the user's, as they are, with headers that tell from where and why. Thread-safe.
 *
 * <p>A quorum queue counts how often a message came back; a classic one only flags it. There the message takes its count along: it is put into its queue again
 * with the count in a header, then acknowledged.
 */
final class DeadLetters {
    private static final Logger log = LoggerFactory.getLogger(DeadLetters.class);

    // RabbitMQ's names for what it tells of dead letters.
    private static final String FROM = "x-first-death-queue";
    private static final String REASON = "x-first-death-reason";
    private static final String ERROR = "x-parley-error";

    private static final long CONFIRM_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Driver driver;
    private final @Nullable Queue queue;
    private final int limit;

    DeadLetters(Driver driver, OsloOptions options) {
        this.driver = driver;
        String name = options.deadLetterQueue();
        this.queue = name == null ? null : new Queue(name, true, false, Map.of(), Exchange.DEFAULT, name);
        this.limit = options.deliveryLimit();
    }

    /** It is no request. */
    void notUnderstood(Delivery delivery, RpcException error) {
        log.warn("rejected a message that is no request: {}", error.getMessage());
        giveUp(delivery, "rejected", String.valueOf(error.getMessage()));
    }

    /**
     * Looks at how often a request came back. {@code true} if it may run; otherwise it is taken care of.
     *
     * @param method for the log
     */
    boolean mayRun(Delivery delivery, String method) {
        int returns = delivery.returns();
        if (limit == 0 || returns == 0) {
            return true;
        } else if (returns > limit) {
            log.warn("gave up a request for {}, which came back {} times unacknowledged", method, returns);
            giveUp(delivery, "delivery_limit", "came back " + returns + " times unacknowledged");
            return false;
        } else if (!delivery.isCounted()) {
            move(delivery, delivery.queue(), Map.of(RedeliveryHeaders.RETURNS, returns), false);
            return false;
        }
        return true;
    }

    private void giveUp(Delivery delivery, String reason, String error) {
        Queue letters = queue;
        if (letters == null) {
            delivery.reject();
            return;
        }
        // Not on this thread, which delivers: declaring waits for the broker.
        Thread.ofVirtual().name("parley-dead-letter").start(() -> {
            try {
                driver.declare(letters);
                move(delivery, letters.name(), Map.of(FROM, delivery.queue(), REASON, reason, ERROR, error), true);
            } catch (RpcException e) {
                tryAgain(delivery, e);
            }
        });
    }

    private void move(Delivery delivery, String to, Map<String, Object> headers, boolean forGood) {
        OutboundMessage message = new OutboundMessage(
                        Exchange.DEFAULT, to, delivery.body(), System.nanoTime() + CONFIRM_NANOS)
                .mandatory(true)
                .passedOn(delivery, headers, forGood);
        message.confirmed().whenComplete((nothing, error) -> {
            if (error == null) {
                delivery.acknowledge();
            } else {
                tryAgain(delivery, error);
            }
        });
        driver.publish(message);
    }

    private static void tryAgain(Delivery delivery, Throwable error) {
        log.warn("a message of queue {} cannot be moved, and is tried again: {}", delivery.queue(), error.getMessage());
        Timers.after(AGAIN_NANOS, delivery::requeue);
    }
}
