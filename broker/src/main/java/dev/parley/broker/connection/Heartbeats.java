package dev.parley.broker.connection;

import dev.parley.broker.amqp.MethodWriter;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends a heartbeat after each half interval in which nothing else was written, and closes a connection that was silent
 * for two whole intervals, as RabbitMQ does. Used on the connection's event loop.
 */
final class Heartbeats {
    private static final Logger log = LoggerFactory.getLogger(Heartbeats.class);

    private final Connection connection;
    private final int seconds;
    private @Nullable Future<?> sender;
    private @Nullable Future<?> monitor;
    private long framesSeen;
    private boolean received = true;
    private int silentIntervals;

    /** Creates it for an interval in seconds; 0 is no heartbeats. */
    Heartbeats(Connection connection, int seconds) {
        this.connection = connection;
        this.seconds = seconds;
    }

    /** Starts the timers, unless there are no heartbeats. */
    void start() {
        if (seconds > 0) {
            var loop = connection.socket().eventLoop();
            sender = loop.scheduleAtFixedRate(this::send, seconds * 500L, seconds * 500L, TimeUnit.MILLISECONDS);
            monitor = loop.scheduleAtFixedRate(this::check, seconds, seconds, TimeUnit.SECONDS);
        }
    }

    /** The client sent something. */
    void received() {
        received = true;
    }

    private void send() {
        if (connection.output().frames() == framesSeen) {
            MethodWriter.heartbeat(connection.output().frame());
            connection.output().flush();
        }
        framesSeen = connection.output().frames();
    }

    private void check() {
        if (received || connection.blocking().isNotReading()) {
            received = false;
            silentIntervals = 0;
        } else if (++silentIntervals == 2) {
            log.debug("{} missed heartbeats from the client, interval {} s", connection, seconds);
            connection.drop();
        }
    }

    void stop() {
        if (sender != null && monitor != null) {
            sender.cancel(false);
            monitor.cancel(false);
        }
    }
}
