package dev.parley.broker.connection;

import dev.parley.broker.amqp.AmqpMethod;
import dev.parley.broker.amqp.MethodWriter;
import dev.parley.broker.limit.Watermark;
import io.netty.channel.EventLoop;
import java.util.HashSet;
import java.util.Set;

/**
 * Stops reading a connection while it publishes and memory is exceeded, while the client does not read what is written
 * to it, or while a test wants that. The client is notified of the first (connection.blocked) if it can handle that.
 * Used on the connection's event loop; {@link #isBlocked()} by any thread.
 */
final class Blocking {
    private final Connection connection;
    private final Set<Watermark> awaited = new HashSet<>();
    private boolean outputFull;
    private boolean fault;
    private boolean ended;
    private volatile boolean blocked;

    Blocking(Connection connection) {
        this.connection = connection;
    }

    /** Whether publishing is blocked. */
    boolean isBlocked() {
        return blocked;
    }

    /** Does not read until the watermark is no longer exceeded. */
    void await(Watermark watermark) {
        if (ended || !awaited.add(watermark)) {
            return;
        }
        if (!blocked) {
            blocked = true;
            if (connection.clientCan("connection.blocked")) {
                MethodWriter.connectionBlocked(connection.output().frame(), watermark.reason());
                connection.output().flush();
            }
        }
        update();
        watermark.await(connection);
    }

    /** A watermark is no longer exceeded, unless it was exceeded again in the meantime. */
    void released(Watermark watermark) {
        if (awaited.remove(watermark) && !ended) {
            if (watermark.exceeded()) {
                await(watermark);
                return;
            }
            if (awaited.isEmpty()) {
                blocked = false;
                if (connection.clientCan("connection.blocked")) {
                    MethodWriter.plain(connection.output().frame(), 0, AmqpMethod.CONNECTION_UNBLOCKED);
                    connection.output().flush();
                }
            }
            update();
        }
    }

    /** Sets whether the client does not read what is written to it. */
    void outputFull(boolean full) {
        outputFull = full;
        update();
    }

    /** Sets whether a test wants that nothing is read. */
    void fault(boolean stopped) {
        fault = stopped;
        update();
    }

    /** The same on any thread; returns when it is in effect. */
    void faultAnywhere(boolean stopped) {
        EventLoop loop = connection.socket().eventLoop();
        if (loop.inEventLoop()) {
            fault(stopped);
        } else {
            loop.submit(() -> fault(stopped)).awaitUninterruptibly();
        }
    }

    /** Whether nothing can be received, so that silence does not mean that the client is gone. */
    boolean isNotReading() {
        return !connection.socket().config().isAutoRead();
    }

    /** Reads from now on whatever the reasons: only connection.close-ok is expected. */
    void readOn() {
        ended = true;
        update();
    }

    /** Stops waiting: the connection has ended. */
    void end() {
        for (Watermark watermark : awaited) {
            watermark.forget(connection);
        }
        ended = true;
        blocked = false;
    }

    private void update() {
        connection.socket().config().setAutoRead(ended || (awaited.isEmpty() && !outputFull && !fault));
    }
}
