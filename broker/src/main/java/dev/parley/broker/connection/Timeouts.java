package dev.parley.broker.connection;

import dev.parley.broker.amqp.AmqpException;
import dev.parley.broker.amqp.ReplyCode;
import dev.parley.broker.limit.Limits;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends a connection whose handshake, or one of whose frames or messages, is not complete in time, and channels that do
 * not acknowledge in time. Used on the connection's event loop.
 */
final class Timeouts {
    private static final Logger log = LoggerFactory.getLogger(Timeouts.class);
    private static final int CHECKS = 4;
    /** As often as RabbitMQ checks for acknowledgements that are late. */
    private static final long MAX_CHECK_MILLIS = 60_000;

    private final Connection connection;
    private final ChannelTable channels;
    private final Limits limits;
    private @Nullable Future<?> timer;
    private @Nullable Future<?> acknowledgements;
    private long frames;
    private long frameSince;

    Timeouts(Connection connection, ChannelTable channels, Limits limits) {
        this.connection = connection;
        this.channels = channels;
        this.limits = limits;
    }

    /** The connection was accepted. */
    void start() {
        timer = connection
                .socket()
                .eventLoop()
                .schedule(this::handshakeOverdue, limits.handshakeTimeout().toMillis(), TimeUnit.MILLISECONDS);
    }

    private void handshakeOverdue() {
        log.debug("{} exceeded the handshake timeout", connection);
        connection.drop();
    }

    /** The handshake is complete. */
    void opened() {
        end();
        long nanos = Math.max(1_000_000, limits.messageTimeout().toNanos() / CHECKS);
        frameSince = System.nanoTime();
        timer = connection.socket().eventLoop().scheduleWithFixedDelay(this::check, nanos, nanos, TimeUnit.NANOSECONDS);
        startAcknowledgements();
    }

    private void startAcknowledgements() {
        long timeout = limits.consumerTimeout().toMillis();
        // A consumer may have a timeout of its own, even where there is none by default.
        long millis = timeout == 0 ? MAX_CHECK_MILLIS : Math.clamp(timeout / CHECKS, 1, MAX_CHECK_MILLIS);
        acknowledgements = connection
                .socket()
                .eventLoop()
                .scheduleWithFixedDelay(this::checkAcknowledgements, millis, millis, TimeUnit.MILLISECONDS);
    }

    private void checkAcknowledgements() {
        channels.checkAcknowledgements(System.nanoTime(), (error, channel) -> connection.fail(error, channel, 0, 0));
        connection.output().flush();
    }

    private void check() {
        long now = System.nanoTime();
        // While this side does not read it is not the client that takes time.
        boolean reads = !connection.blocking().isNotReading();
        Duration timeout = limits.messageTimeout();
        boolean overdue = channels.hasOverdue(now, timeout.toNanos(), reads);
        long received = connection.decoder().frames();
        if (!connection.decoder().isWithinFrame() || received != frames || !reads) {
            frames = received;
            frameSince = now;
        } else {
            overdue |= now - frameSince >= timeout.toNanos();
        }
        if (overdue) {
            connection.close(AmqpException.hard(
                    ReplyCode.RESOURCE_ERROR, "a message was not complete within " + timeout.toMillis() + " ms"));
        }
    }

    void end() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
        if (acknowledgements != null) {
            acknowledgements.cancel(false);
        }
    }
}
