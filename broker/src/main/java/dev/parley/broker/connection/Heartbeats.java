package dev.parley.broker.connection;

import dev.parley.broker.amqp.MethodWriter;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends a heartbeat each half interval in which nothing else was written, and closes a connection that was silent for two whole intervals, as
 * RabbitMQ does. Used on the connection's event loop.
 */
public final class Heartbeats {
    private static final Logger LOG = LoggerFactory.getLogger(Heartbeats.class);

    private final Connection connection;
    private final int seconds;
    private final @Nullable Future<?> sender;
    private final @Nullable Future<?> monitor;
    private long framesSeen;
    private boolean heard = true;
    private int silentIntervals;

    public Heartbeats(Connection connection, int seconds) {
        this.connection = connection;
        this.seconds = seconds;
        if (seconds > 0) {
            var loop = connection.ctx().executor();
            sender = loop.scheduleAtFixedRate(this::send, seconds * 500L, seconds * 500L, TimeUnit.MILLISECONDS);
            monitor = loop.scheduleAtFixedRate(this::check, seconds, seconds, TimeUnit.SECONDS);
        } else {
            sender = null;
            monitor = null;
        }
    }

    public int seconds() {
        return seconds;
    }

    public void received() {
        heard = true;
    }

    private void send() {
        long frames = connection.output().frames();
        if (frames == framesSeen) {
            MethodWriter.heartbeat(connection.output().frame());
            connection.output().flush();
        }
        framesSeen = connection.output().frames();
    }

    private void check() {
        if (heard || connection.blocking().notReading()) {
            heard = false;
            silentIntervals = 0;
        } else if (++silentIntervals == 2) {
            LOG.debug("{} missed heartbeats from its client, timeout {} s", connection, seconds);
            connection.ctx().close();
        }
    }

    public void stop() {
        if (sender != null && monitor != null) {
            sender.cancel(false);
            monitor.cancel(false);
        }
    }
}
