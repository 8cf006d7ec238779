package dev.parley.oslo.rpc;

import dev.parley.RpcException;
import dev.parley.oslo.driver.DeadLetterHeaders;
import dev.parley.oslo.driver.Delivery;
import dev.parley.oslo.driver.Driver;
import dev.parley.oslo.driver.OutboundMessage;
import dev.parley.oslo.driver.RedeliveryHeaders;
import dev.parley.oslo.message.MessageSummary;
import dev.parley.oslo.options.OsloOptions;
import dev.parley.oslo.topology.Exchange;
import dev.parley.oslo.topology.Queue;
import dev.parley.spi.Timers;
import java.time.Instant;
import java.util.Date;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Handles requests that cannot be served: malformed ones, and, with acknowledgement after the work, those that returned
 * too often, since they may crash the server. They are rejected, as in oslo.messaging, so that the broker drops them or
 * dead-letters them by its own policy; or they are moved unchanged to the configured dead letter queue, with headers
 * for their origin and the reason. Safe for use by any thread.
 *
 * <p>A quorum queue counts how many times a message returned; a classic queue only sets a flag. There the message
 * carries its count: it is published to its queue again with the count in a header, then acknowledged.
 */
final class DeadLetters {
    private static final Logger log = LoggerFactory.getLogger(DeadLetters.class);

    private static final long CONFIRM_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Driver driver;
    private final @Nullable Queue queue;
    private final int limit;

    DeadLetters(Driver driver, OsloOptions options) {
        this.driver = driver;
        String name = options.deadLetterQueue();
        this.queue = name == null ? null : new Queue(name, true, false, Map.of(), Exchange.DEFAULT, name);
        this.limit = options.deliveryLimit();
    }

    /**
     * Handles a message that is not a valid request, or exceeds a limit.
     *
     * @param request what could be read of it
     * @param answered whether its caller is sent the error
     */
    void malformed(Delivery delivery, MessageSummary request, boolean answered, RpcException error) {
        log.warn(
                "rejected a request{} in queue {}, {}: {}",
                request.method() == null ? "" : " for " + request.method(),
                delivery.queue(),
                request.replyQueue() == null
                        ? "whose reply queue, if it has one, cannot be read"
                        : (answered ? "with an error reply to queue " : "of the client with reply queue ")
                                + request.replyQueue(),
                error.getMessage());
        deadLetter(delivery, DeadLetterHeaders.REJECTED, String.valueOf(error.getMessage()));
    }

    /**
     * Checks how many times a request returned. If the result is {@code false}, it must not run, and is settled here.
     *
     * @param method for the log
     */
    boolean mayRun(Delivery delivery, String method) {
        int returns = delivery.returns();
        if (limit == 0 || returns == 0) {
            return true;
        } else if (returns > limit) {
            log.warn("dead-lettered a request for {}: it returned {} times unacknowledged", method, returns);
            deadLetter(delivery, DeadLetterHeaders.DELIVERY_LIMIT, "returned " + returns + " times unacknowledged");
            return false;
        } else if (!delivery.isCounted()) {
            move(delivery, delivery.queue(), Map.of(RedeliveryHeaders.RETURNS, returns), false);
            return false;
        }
        return true;
    }

    private void deadLetter(Delivery delivery, String reason, String error) {
        Queue letters = queue;
        if (letters == null) {
            delivery.reject();
            return;
        }
        // Not on this thread, which delivers messages: declaring waits for the broker.
        Thread.ofVirtual().name("parley-dead-letter").start(() -> {
            try {
                driver.declare(letters);
                Map<String, Object> headers = Map.of(
                        DeadLetterHeaders.ORIGIN,
                        delivery.queue(),
                        DeadLetterHeaders.REASON,
                        reason,
                        DeadLetterHeaders.ERROR,
                        error,
                        DeadLetterHeaders.TIME,
                        Date.from(Instant.now()));
                move(delivery, letters.name(), headers, true);
            } catch (RpcException e) {
                retry(delivery, e);
            }
        });
    }

    private void move(Delivery delivery, String to, Map<String, Object> headers, boolean keep) {
        OutboundMessage message = OutboundMessage.builder(
                        Exchange.DEFAULT, to, delivery.body(), System.nanoTime() + CONFIRM_NANOS)
                .mandatory(true)
                .forwarding(delivery, headers, keep)
                .build();
        message.confirmed().whenComplete((nothing, error) -> {
            if (error == null) {
                delivery.acknowledge();
            } else {
                retry(delivery, error);
            }
        });
        driver.publish(message);
    }

    private static void retry(Delivery delivery, Throwable error) {
        log.warn("failed to move a message of queue {}, retrying: {}", delivery.queue(), error.getMessage());
        Timers.after(RETRY_NANOS, delivery::requeue);
    }
}
