package dev.parley.oslo.rpc;

import dev.parley.DeliveryException;
import dev.parley.RpcException;
import dev.parley.oslo.driver.Driver;
import dev.parley.oslo.driver.OutboundMessage;
import dev.parley.oslo.message.Codec;
import dev.parley.oslo.message.Failure;
import dev.parley.oslo.message.MessageSummary;
import dev.parley.oslo.message.Request;
import dev.parley.oslo.options.OsloOptions;
import dev.parley.oslo.topology.Exchange;
import dev.parley.spi.PeerLog;
import dev.parley.spi.Timers;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Sends replies. A reply whose queue does not exist is retried every quarter of a second until the caller's deadline,
 * since a caller that reconnects declares its queue again; no thread waits for that. Safe for use by any thread.
 */
final class ReplySender {
    private static final PeerLog faults = new PeerLog(LoggerFactory.getLogger(ReplySender.class));
    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final int MAX_MISSING_QUEUES = 200;

    private final Driver driver;
    private final Codec codec;
    private volatile Duration missingConsumerRetry;

    /**
     * Queues that did not appear within the retry time, and when that was known: replies to them are tried only once.
     */
    private final Map<String, Long> missingQueues = Collections.synchronizedMap(new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
            return size() > MAX_MISSING_QUEUES;
        }
    });

    ReplySender(Driver driver, Codec codec, OsloOptions options) {
        this.driver = driver;
        this.codec = codec;
        this.missingConsumerRetry = options.missingConsumerRetry();
    }

    /** Uses the options from now on. */
    void reset(OsloOptions options) {
        missingConsumerRetry = options.missingConsumerRetry();
    }

    /**
     * Sends a reply and then, to a caller from before 2018, whose request has no {@code _timeout}, the ending.
     *
     * @param callerDeadline when the caller stops waiting, {@code null} if unknown
     */
    void send(Request request, byte[] body, @Nullable Instant callerDeadline) {
        String queue = request.replyQueue();
        if (queue != null) {
            send(queue, body, System.nanoTime(), until(queue, callerDeadline));
            if (!request.hasTimeout()) {
                sendEnding(request, callerDeadline);
            }
        }
    }

    /**
     * Sends the error of a request that cannot be served, if its caller is known.
     *
     * @param callerDeadline when the caller stops waiting, {@code null} if unknown
     */
    void sendError(MessageSummary request, RpcException error, @Nullable Instant callerDeadline) {
        String queue = request.replyQueue();
        String msgId = request.msgId();
        if (queue != null && msgId != null) {
            String failure = Failure.encodeBriefly(error, codec);
            byte[] body = codec.reply(msgId, null, Object.class, failure, request.hasTimeout());
            send(queue, body, System.nanoTime(), until(queue, callerDeadline));
            if (!request.hasTimeout()) {
                byte[] ending = codec.reply(msgId, null, Object.class, null, true);
                send(queue, ending, System.nanoTime(), until(queue, callerDeadline));
            }
        }
    }

    /** Sends only the ending. */
    void sendEnding(Request request, @Nullable Instant callerDeadline) {
        String queue = request.replyQueue();
        String msgId = request.msgId();
        if (queue != null && msgId != null) {
            byte[] body = codec.reply(msgId, null, Object.class, null, true);
            send(queue, body, System.nanoTime(), until(queue, callerDeadline));
        }
    }

    private long until(String queue, @Nullable Instant callerDeadline) {
        long retry = missingConsumerRetry.toNanos();
        if (callerDeadline != null) {
            Duration left = Duration.between(Instant.now(), callerDeadline);
            retry = Math.min(retry, left.compareTo(missingConsumerRetry) > 0 ? retry : left.toNanos());
        }
        Long since = missingQueues.get(queue);
        if (since != null && System.nanoTime() - since < missingConsumerRetry.toNanos()) {
            retry = 0;
        }
        return System.nanoTime() + Math.max(0, retry);
    }

    private void send(String queue, byte[] body, long since, long until) {
        // Waits for a lost connection as long as for a missing queue, but at least a moment: it may be about to come
        // back.
        long deadline = Math.max(until, System.nanoTime() + TimeUnit.SECONDS.toNanos(5));
        OutboundMessage message = OutboundMessage.builder(Exchange.DEFAULT, queue, body, deadline)
                .mandatory(true)
                .repeatable()
                .build();
        message.confirmed().whenComplete((nothing, error) -> {
            if (error == null) {
                missingQueues.remove(queue);
            } else if (error instanceof DeliveryException && System.nanoTime() < until) {
                Timers.after(RETRY_NANOS, () -> send(queue, body, since, until));
            } else {
                // A short deadline of one caller says nothing about other callers that share its queue.
                long now = System.nanoTime();
                if (error instanceof DeliveryException && now - since >= missingConsumerRetry.toNanos()) {
                    missingQueues.put(queue, now);
                }
                faults.warn(null, "dropping a reply: {}", error.getMessage());
            }
        });
        driver.publish(message);
    }

    /**
     * Sends an item of a stream.
     *
     * @param onConfirmed run when the broker has the item
     * @param onLost run if it could not be delivered, which means that the reader is gone
     */
    void sendItem(Request request, byte[] body, Runnable onConfirmed, Runnable onLost) {
        String queue = request.replyQueue();
        if (queue != null) {
            long deadline = System.nanoTime() + missingConsumerRetry.toNanos();
            OutboundMessage message = OutboundMessage.builder(Exchange.DEFAULT, queue, body, deadline)
                    .mandatory(true)
                    .build();
            message.confirmed().whenComplete((nothing, error) -> {
                (error == null ? onConfirmed : onLost).run();
            });
            driver.publish(message);
        }
    }

    /** Sends a heartbeat to the caller's call monitor: the method is still running. */
    void sendHeartbeat(Request request) {
        String queue = request.replyQueue();
        String msgId = request.msgId();
        Number timeout = request.timeout();
        if (queue != null && msgId != null && timeout != null) {
            byte[] body = codec.reply(msgId, null, Object.class, null, false);
            long deadline = System.nanoTime() + (long) (timeout.doubleValue() * 1e9);
            driver.publish(OutboundMessage.builder(Exchange.DEFAULT, queue, body, deadline)
                    .mandatory(true)
                    .build());
        }
    }
}
