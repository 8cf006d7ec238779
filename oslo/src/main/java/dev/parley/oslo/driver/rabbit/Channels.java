package dev.parley.oslo.driver.rabbit;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Helpers for channels and connections of the client library. Safe for use by any thread. */
final class Channels {
    private static final Logger log = LoggerFactory.getLogger(Channels.class);

    private Channels() {}

    /**
     * Opens a channel. Blocks.
     *
     * @throws IOException also if the connection has as many channels as the broker allows
     */
    static Channel open(Connection connection) throws IOException {
        Channel channel = connection.createChannel();
        if (channel == null) {
            throw new IOException("the broker allows no more channels");
        }
        return channel;
    }

    /** Closes a channel if it is open, and only logs a failure. Blocks. */
    static void closeQuietly(Channel channel) {
        try {
            if (channel.isOpen()) {
                channel.close();
            }
        } catch (IOException | TimeoutException | ShutdownSignalException e) {
            log.debug("failed to close a channel", e);
        }
    }

    /** Closes a connection, by force if it does not close in time. Blocks. */
    static void abort(Connection connection, int millis) {
        // While a writer is blocked by the broker, the client library cannot close, whatever timeout it is given.
        Thread closing = Thread.ofVirtual().name("parley-amqp-close").start(() -> connection.abort(millis));
        try {
            if (!closing.join(Duration.ofMillis(millis))) {
                BatchingFrameHandler.of(connection).forceClose();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            BatchingFrameHandler.of(connection).forceClose();
        }
    }

    /**
     * The shutdown signal with the broker's reason, from anywhere in the chain of causes; {@code null} if there is
     * none.
     */
    static @Nullable ShutdownSignalException shutdownSignal(Throwable error) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof ShutdownSignalException signal) {
                return signal;
            }
        }
        return null;
    }
}
