package dev.parley.oslo.driver.rabbit;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import dev.parley.Address;
import dev.parley.ConnectionLostException;
import dev.parley.RpcException;
import dev.parley.oslo.driver.OutboundMessage;
import dev.parley.oslo.message.Compression;
import dev.parley.oslo.options.OsloOptions;
import dev.parley.spi.Backoff;
import dev.parley.spi.Timers;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes messages with confirms, on a connection of its own that it opens in the background and opens again as often
 * as necessary.
 *
 * <p>The messages of one queue stay in order: after a lost connection or channel everything that is not confirmed is
 * published again before what follows. A message fails only when its deadline has passed or the broker refuses it
 * finally; without a broker all of them wait. The number of waiting messages is for the caller to limit. Thread-safe.
 */
public final class OrderedPublisher implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(OrderedPublisher.class);
    private static final String PURPOSE = "notifications";
    private static final int CLOSE_MILLIS = 5_000;
    private static final long SWEEP_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    /** How long a confirm may take, at least, before its channel is replaced and the messages are sent again. */
    private static final long STUCK_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final long WARN_AGAIN_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final Connector connector;
    private final Declarations declarations;
    private final Backoff backoff;
    private final @Nullable Compression compression;
    private final OrderedBacklog backlog = new OrderedBacklog();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final OrderedChannel.Owner owner = new Owner();
    private final ScheduledTasks tasks = new ScheduledTasks();
    private volatile @Nullable Connection connection;
    private volatile @Nullable PublishChannel channel;
    private volatile @Nullable OrderedChannel writer;
    private volatile @Nullable RpcException problem;
    private volatile boolean blocked;
    private volatile boolean progress;
    private final AtomicInteger cautious = new AtomicInteger(); // How many messages are published one at a time.
    private volatile boolean closed;
    private long warnedNanos; // For the thread.

    /**
     * A publisher, not started yet.
     *
     * @param tls the TLS context to use instead of the files that the options name
     * @throws dev.parley.InvalidTargetException if a TLS file cannot be used
     */
    public OrderedPublisher(Address address, OsloOptions options, @Nullable SSLContext tls) {
        connector = new Connector(address, options, tls);
        declarations = new Declarations(connector, options.topology());
        backoff = options.reconnectBackoff();
        compression = options.compression();
    }

    private final class Owner implements OrderedChannel.Owner {
        @Override
        public boolean mayWrite() {
            return !blocked && !closed;
        }

        @Override
        public boolean isCautious() {
            return cautious.get() > 0;
        }
    }

    /** The two periodic tasks. */
    private static final class ScheduledTasks {
        private @Nullable ScheduledFuture<?> sweep; // Guarded by this.
        private @Nullable ScheduledFuture<?> check; // Guarded by this.

        synchronized void start(Runnable sweeper, Runnable checker) {
            sweep = Timers.every(SWEEP_NANOS, sweeper);
            check = Timers.every(STUCK_NANOS, checker);
        }

        synchronized void stop() {
            if (sweep != null) {
                sweep.cancel(false);
            }
            if (check != null) {
                check.cancel(false);
            }
        }
    }

    /** Starts to connect. Returns at once. */
    public void start() {
        tasks.start(() -> backlog.expire(problem), this::replaceStuckChannel);
        Thread.ofPlatform().daemon().name("parley-amqp-" + PURPOSE + "-publish").start(this::run);
    }

    /** Publishes a message after all earlier ones of its queue. Never blocks; the message reports the outcome. */
    public void publish(OutboundMessage message) {
        message.confirmed().whenComplete((nothing, error) -> {
            if (error == null) {
                progress = true;
                cautious.getAndUpdate(left -> Math.max(0, left - 1));
            }
        });
        backlog.add(message);
        if (closed) {
            backlog.failAll();
        }
    }

    /** Whether there is a connection, and the broker accepts messages. */
    public boolean isConnected() {
        return connection != null && !blocked;
    }

    private void run() {
        int failures = 0;
        while (!closed) {
            Connector.Connected connected = null;
            progress = false;
            try {
                connected = connector.connect(PURPOSE, true);
                if (failures > 0) {
                    log.info("the broker connection for {} is open", PURPOSE);
                }
                problem = null;
                serve(connected.connection());
                if (!closed) {
                    ShutdownSignalException reason = connected.connection().getCloseReason();
                    throw new ConnectionLostException(
                            "lost the connection: " + (reason == null ? "closed" : reason.getMessage()), reason);
                }
            } catch (InterruptedException e) {
                return; // Nothing interrupts this thread, which is our own.
            } catch (IOException | TimeoutException | ShutdownSignalException e) {
                failed(new ConnectionLostException("lost the connection: " + e.getMessage(), e));
            } catch (RpcException e) {
                failed(e);
            } catch (RuntimeException | Error e) {
                // Also an error such as a lack of threads or of memory: no other thread would go on.
                failed(new ConnectionLostException("failed to publish " + PURPOSE + ": " + e, e));
            } finally {
                if (connected != null) {
                    connector.leave(connected.host());
                    connection = null;
                    Channels.abort(connected.connection(), CLOSE_MILLIS);
                }
            }
            failures = progress ? 0 : failures + 1;
            pause(failures);
        }
    }

    private void failed(RpcException error) {
        if (!closed) {
            RpcException before = problem;
            problem = error;
            String text = String.valueOf(error.getMessage());
            // A broker can be down for long.
            if (before == null
                    || !text.equals(before.getMessage())
                    || System.nanoTime() - warnedNanos > WARN_AGAIN_NANOS) {
                warnedNanos = System.nanoTime();
                log.warn("no broker connection for {}, trying again: {}", PURPOSE, text);
            } else {
                log.debug("no broker connection for {}, trying again: {}", PURPOSE, text);
            }
        }
    }

    private void pause(int failures) {
        try {
            // Returns early when this is closed.
            closing.await(backoff.pauseNanos(failures), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Publishes on a connection until it is lost or this is closed. */
    private void serve(Connection fresh) throws IOException, TimeoutException, InterruptedException {
        blocked = false;
        fresh.addShutdownListener(cause -> backlog.wakeUp());
        fresh.addBlockedListener(
                reason -> {
                    log.warn("the broker has blocked the publishing of {}: {}", PURPOSE, reason);
                    blocked = true;
                },
                () -> {
                    log.info("the broker has unblocked the publishing of {}", PURPOSE);
                    blocked = false;
                    backlog.wakeUp();
                });
        connection = fresh;
        int failures = 0;
        while (!closed && fresh.isOpen()) {
            OrderedChannel fruitful = new OrderedChannel(backlog, declarations, owner);
            progress = false;
            writer = fruitful;
            fruitful.run(fresh, compression, opened -> channel = opened);
            judge(fruitful);
            failures = progress ? 0 : failures + 1;
            if (!closed && fresh.isOpen() && failures > 1) {
                pause(failures);
            }
        }
    }

    /** If one message has made the broker close the channel, finds out which one, since it must not stop the others. */
    private void judge(OrderedChannel ended) {
        List<OutboundMessage> suspects = ended.suspects();
        if (suspects.size() == 1) {
            suspects.getFirst().fail(ended.verdict());
            progress = true;
        } else if (suspects.size() > 1) {
            log.warn(
                    "the broker closed the channel for {}: {}",
                    PURPOSE,
                    ended.verdict().getMessage());
            cautious.set(suspects.size());
        }
    }

    private void replaceStuckChannel() {
        PublishChannel current = channel;
        OrderedChannel writing = writer;
        if (current != null && writing != null && isConnected() && current.isStuck()) {
            log.info("the broker refuses or does not confirm {}; continuing on a new channel", PURPOSE);
            writing.end();
        }
    }

    /** Closes the connection; what is not confirmed fails. Blocks for a few seconds at most. */
    @Override
    public void close() {
        closed = true;
        closing.countDown();
        tasks.stop();
        OrderedChannel writing = writer;
        if (writing != null) {
            writing.end();
        }
        Connection open = connection;
        if (open != null) {
            Channels.abort(open, CLOSE_MILLIS);
        }
        backlog.failAll();
    }
}
