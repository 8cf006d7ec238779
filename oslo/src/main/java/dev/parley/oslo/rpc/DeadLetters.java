package dev.parley.oslo.rpc;

import dev.parley.RpcException;
import dev.parley.oslo.driver.DeadLetterHeaders;
import dev.parley.oslo.driver.Delivery;
import dev.parley.oslo.driver.Driver;
import dev.parley.oslo.driver.MessageMover;
import dev.parley.oslo.message.MessageSummary;
import dev.parley.oslo.options.OsloOptions;
import dev.parley.oslo.topology.Queue;
import dev.parley.spi.PeerLog;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Handles requests that cannot be served: malformed ones, and, with acknowledgement after the work, those that returned
 * too often, since they may crash the server. They are rejected, as in oslo.messaging, so that the broker drops them or
 * dead-letters them by its own policy; or they are moved unchanged to the configured dead letter queue, with headers
 * for their origin and the reason. Safe for use by any thread.
 */
final class DeadLetters {
    private static final PeerLog faults = new PeerLog(LoggerFactory.getLogger(DeadLetters.class));

    private final MessageMover mover;
    private final @Nullable Queue queue;
    private final int limit;

    DeadLetters(Driver driver, OsloOptions options) {
        this.mover = new MessageMover(driver, options.topology().quorum());
        String name = options.deadLetterQueue();
        this.queue = name == null ? null : MessageMover.deadLetterQueue(name);
        this.limit = options.deliveryLimit();
    }

    /**
     * Handles a message that is not a valid request, or exceeds a limit.
     *
     * @param request what could be read of it
     * @param answered whether its caller is sent the error
     */
    void malformed(Delivery delivery, MessageSummary request, boolean answered, RpcException error) {
        faults.warn(
                null,
                "rejected {} in queue {}, {}: {}",
                request.method() == null ? "a request" : "a request for " + request.method(),
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
            faults.warn(null, "dead-lettered a request for {}: it returned {} times unacknowledged", method, returns);
            deadLetter(delivery, DeadLetterHeaders.DELIVERY_LIMIT, "returned " + returns + " times unacknowledged");
            return false;
        } else if (!delivery.isCounted()) {
            mover.count(delivery, returns);
            return false;
        }
        return true;
    }

    private void deadLetter(Delivery delivery, String reason, String error) {
        if (queue == null) {
            delivery.reject();
        } else {
            mover.deadLetter(delivery, queue, reason, error);
        }
    }
}
