package dev.parley.oslo.rpc;

import dev.parley.DeliveryException;
import dev.parley.oslo.driver.Driver;
import dev.parley.oslo.driver.OutboundMessage;
import dev.parley.oslo.message.Codec;
import dev.parley.oslo.message.Request;
import dev.parley.oslo.options.OsloOptions;
import dev.parley.oslo.time.Timers;
import dev.parley.oslo.topology.Exchange;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends replies. One whose queue is not there is tried again every quarter of a second, since a caller that reconnects declares it anew, until its caller waits
 * no longer; that costs no thread. Thread-safe.
 */
final class ReplySender {
    private static final Logger log = LoggerFactory.getLogger(ReplySender.class);
    private static final long AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final int REMEMBERED = 200;

    private final Driver driver;
    private final Codec codec;
    private final Duration missingConsumerRetry;

    /** Queues that stayed away until the end, and when that was: replies to them are tried just once. */
    private final Map<String, Long> gone = Collections.synchronizedMap(new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
            return size() > REMEMBERED;
        }
    });

    ReplySender(Driver driver, Codec codec, OsloOptions options) {
        this.driver = driver;
        this.codec = codec;
        this.missingConsumerRetry = options.missingConsumerRetry();
    }

    /** Sends a reply and, to a caller that names no timeout of a call monitor, as those of before 2018, the ending after it. */
    void send(Request request, byte[] body, @Nullable Instant callerWaits) {
        String queue = request.replyQueue();
        if (queue != null) {
            send(queue, body, System.nanoTime(), until(queue, callerWaits));
            if (!request.timeoutTold()) {
                sendEnding(request, callerWaits);
            }
        }
    }

    /** Sends the ending alone. */
    void sendEnding(Request request, @Nullable Instant callerWaits) {
        String queue = request.replyQueue();
        String msgId = request.msgId();
        if (queue != null && msgId != null) {
            byte[] body = codec.reply(msgId, null, Object.class, null, true);
            send(queue, body, System.nanoTime(), until(queue, callerWaits));
        }
    }

    private long until(String queue, @Nullable Instant callerWaits) {
        long patience = missingConsumerRetry.toNanos();
        if (callerWaits != null) {
            Duration left = Duration.between(Instant.now(), callerWaits);
            patience = Math.min(patience, left.compareTo(missingConsumerRetry) > 0 ? patience : left.toNanos());
        }
        Long since = gone.get(queue);
        if (since != null && System.nanoTime() - since < missingConsumerRetry.toNanos()) {
            patience = 0;
        }
        return System.nanoTime() + Math.max(0, patience);
    }

    private void send(String queue, byte[] body, long since, long until) {
        // Waits for a lost connection as long as for a lost queue, and a moment at least: it may be just the one that
        // is being made.
        long deadline = Math.max(until, System.nanoTime() + TimeUnit.SECONDS.toNanos(5));
        OutboundMessage message = new OutboundMessage(Exchange.DEFAULT, queue, body, deadline)
                .mandatory(true)
                .repeatable();
        message.confirmed().whenComplete((nothing, error) -> {
            if (error == null) {
                gone.remove(queue);
            } else if (error instanceof DeliveryException && System.nanoTime() < until) {
                Timers.after(AGAIN_NANOS, () -> send(queue, body, since, until));
            } else {
                // A caller with little time says nothing of others that share his queue.
                long now = System.nanoTime();
                if (error instanceof DeliveryException && now - since >= missingConsumerRetry.toNanos()) {
                    gone.put(queue, now);
                }
                log.warn("a reply is lost, its caller waits no longer: {}", error.getMessage());
            }
        });
        driver.publish(message);
    }

    /** Sends an item of a stream. One that gets nowhere means that nobody reads. */
    void sendItem(Request request, byte[] body, Runnable taken, Runnable nobody) {
        String queue = request.replyQueue();
        if (queue != null) {
            long deadline = System.nanoTime() + missingConsumerRetry.toNanos();
            OutboundMessage message = new OutboundMessage(Exchange.DEFAULT, queue, body, deadline).mandatory(true);
            message.confirmed().whenComplete((nothing, error) -> {
                (error == null ? taken : nobody).run();
            });
            driver.publish(message);
        }
    }

    /** Tells the caller that the method still runs. */
    void signOfLife(Request request) {
        String queue = request.replyQueue();
        String msgId = request.msgId();
        Number timeout = request.timeout();
        if (queue != null && msgId != null && timeout != null) {
            byte[] body = codec.reply(msgId, null, Object.class, null, false);
            long useful = System.nanoTime() + (long) (timeout.doubleValue() * 1e9);
            driver.publish(new OutboundMessage(Exchange.DEFAULT, queue, body, useful).mandatory(true));
        }
    }
}
