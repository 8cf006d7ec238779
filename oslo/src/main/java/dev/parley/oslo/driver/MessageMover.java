package dev.parley.oslo.driver;

import dev.parley.RpcException;
import dev.parley.oslo.topology.Exchange;
import dev.parley.oslo.topology.Queue;
import dev.parley.spi.Guard;
import dev.parley.spi.Timers;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves deliveries, body and properties unchanged, to another queue: published there, confirmed by the broker, then
 * acknowledged here. If that fails, the delivery goes back to its queue after a second. Safe for use by any thread;
 * nothing blocks except {@link #drain}.
 *
 * <p>A quorum queue counts how many times a message returned; a classic queue only sets a flag. There the message
 * carries its count: it is moved to its own queue with the count in a header.
 *
 * <p>A message that is to wait first is moved to a queue <code>QUEUE.retry.MILLISECONDS</code>, from which the broker
 * itself moves it back to its queue when its time has come. Such a queue expires when it is no longer used. With a
 * broker that cannot do that, the delivery is held here, unacknowledged.
 */
public final class MessageMover {
    private static final Logger log = LoggerFactory.getLogger(MessageMover.class);

    /** Headers have to fit into one frame, whose size may be as small as 4096 bytes. */
    private static final int MAX_ERROR_CHARS = 1000;

    private static final long CONFIRM_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** How long a queue for waiting messages is declared before it is used the next time. */
    private static final long DECLARED_NANOS = TimeUnit.MINUTES.toNanos(1);

    /** A queue expires with the messages in it, so it must live much longer than they wait. */
    private static final long MIN_EXPIRY_MILLIS = TimeUnit.MINUTES.toMillis(10);

    /** The maximum delay; RabbitMQ allows a queue some 49 days. */
    public static final Duration MAX_DELAY = Duration.ofDays(7);

    private final Driver driver;
    private final boolean quorum;
    private final ConcurrentMap<String, Long> declared = new ConcurrentHashMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition settled = lock.newCondition();
    private int moving; // Guarded by lock.

    /**
     * A mover.
     *
     * @param quorum whether queues for waiting messages are quorum queues
     */
    public MessageMover(Driver driver, boolean quorum) {
        this.driver = driver;
        this.quorum = quorum;
    }

    /** The dead-letter queue of this name: durable, and on the default exchange. */
    public static Queue deadLetterQueue(String name) {
        return new Queue(name, true, false, Map.of(), Exchange.DEFAULT, name);
    }

    /**
     * Moves a delivery to a dead-letter queue, with its origin and these explanations in its headers.
     *
     * @param reason a word, such as {@link DeadLetterHeaders#REJECTED}
     */
    public void deadLetter(Delivery delivery, Queue letters, String reason, String error) {
        String text = error.length() > MAX_ERROR_CHARS ? error.substring(0, MAX_ERROR_CHARS) + "…" : error;
        Map<String, Object> headers = Map.of(
                DeadLetterHeaders.ORIGIN,
                delivery.queue(),
                DeadLetterHeaders.REASON,
                reason,
                DeadLetterHeaders.ERROR,
                text,
                DeadLetterHeaders.TIME,
                Date.from(Instant.now()));
        declareAndMove(delivery, letters, headers, true);
    }

    /** Moves a delivery to the end of its own queue, with this count of returns. */
    public void count(Delivery delivery, int returns) {
        begin();
        move(delivery, delivery.queue(), Map.of(RedeliveryHeaders.RETURNS, returns), false);
    }

    /**
     * Moves a delivery to the end of its own queue after a delay, with this count of returns.
     *
     * @param delay at most {@link #MAX_DELAY}
     */
    public void delay(Delivery delivery, Duration delay, int returns) {
        long millis = delay.toMillis();
        if (millis <= 0) {
            count(delivery, returns);
        } else if (driver.canDelay()) {
            declareAndMove(
                    delivery, retryQueue(delivery.queue(), millis), Map.of(RedeliveryHeaders.RETURNS, returns), false);
        } else {
            Timers.after(delay.toNanos(), () -> count(delivery, returns));
        }
    }

    /** The queue in which messages of another queue wait. */
    private Queue retryQueue(String queue, long millis) {
        String name = queue + ".retry." + millis;
        Map<String, Object> arguments = Map.of(
                "x-dead-letter-exchange",
                "",
                "x-dead-letter-routing-key",
                queue,
                "x-message-ttl",
                millis,
                "x-expires",
                2 * millis + MIN_EXPIRY_MILLIS);
        if (quorum) {
            // Then the broker itself moves messages with confirms.
            arguments = new HashMap<>(arguments);
            arguments.put("x-queue-type", "quorum");
            arguments.put("x-dead-letter-strategy", "at-least-once");
            arguments.put("x-overflow", "reject-publish");
        }
        return new Queue(name, true, false, arguments, Exchange.DEFAULT, name);
    }

    private void declareAndMove(Delivery delivery, Queue to, Map<String, Object> headers, boolean keep) {
        begin();
        Long since = declared.get(to.name());
        if (since != null && System.nanoTime() - since < DECLARED_NANOS) {
            move(delivery, to.name(), headers, keep);
            return;
        }
        // Not on this thread, which may deliver messages: declaring waits for the broker.
        Guard.start(
                "parley-dead-letter",
                () -> {
                    try {
                        driver.declare(to);
                        declared.put(to.name(), System.nanoTime());
                        move(delivery, to.name(), headers, keep);
                    } catch (RpcException e) {
                        retry(delivery, to.name(), e);
                    }
                },
                error -> retry(delivery, to.name(), error));
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
                end();
            } else {
                retry(delivery, to, error);
            }
        });
        driver.publish(message);
    }

    private void retry(Delivery delivery, String to, Throwable error) {
        log.warn("failed to move a message of queue {}, retrying: {}", delivery.queue(), error.getMessage());
        declared.remove(to);
        Timers.after(RETRY_NANOS, () -> {
            delivery.requeue();
            end();
        });
    }

    private void begin() {
        lock.lock();
        try {
            moving++;
        } finally {
            lock.unlock();
        }
    }

    private void end() {
        lock.lock();
        try {
            moving--;
            settled.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until what is being moved is settled, but no longer than the timeout. */
    public void drain(Duration timeout) {
        long left = timeout.toNanos();
        lock.lock();
        try {
            while (moving > 0 && left > 0) {
                left = settled.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }
}
