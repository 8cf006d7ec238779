package dev.parley.broker;

import dev.parley.broker.amqp.MethodWriter;
import java.util.HashSet;
import java.util.Set;

/**
 * Why a connection is not read for now: it published while memory was short, it does not take what is written to it, or a test wants it so. The
 * client that can hear it is told of the first (connection.blocked). Used on the connection's event loop.
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

    /** Whether publishing is blocked; any thread. */
    boolean blocked() {
        return blocked;
    }

    void await(Watermark watermark) {
        if (ended || !awaited.add(watermark)) {
            return;
        }
        if (!blocked) {
            blocked = true;
            if (connection.handshake().clientCan("connection.blocked")) {
                MethodWriter.connectionBlocked(connection.output().frame(), watermark.reason());
                connection.output().flush();
            }
        }
        update();
        watermark.await(connection);
    }

    void released(Watermark watermark) {
        if (awaited.remove(watermark) && !ended) {
            if (watermark.exceeded()) {
                await(watermark);
                return;
            }
            if (awaited.isEmpty()) {
                blocked = false;
                if (connection.handshake().clientCan("connection.blocked")) {
                    MethodWriter.plain(connection.output().frame(), 0, 10, 61);
                    connection.output().flush();
                }
            }
            update();
        }
    }

    void outputFull(boolean full) {
        outputFull = full;
        update();
    }

    void fault(boolean stopped) {
        fault = stopped;
        update();
    }

    /** Whether silence of the client says nothing about it. */
    boolean notReading() {
        return !connection.ctx().channel().config().isAutoRead();
    }

    /** Reads whatever the reasons: only the client's close-ok is of interest any more. */
    void readOn() {
        ended = true;
        update();
    }

    void end() {
        for (Watermark watermark : awaited) {
            watermark.forget(connection);
        }
        ended = true;
        blocked = false;
    }

    private void update() {
        connection.ctx().channel().config().setAutoRead(ended || (awaited.isEmpty() && !outputFull && !fault));
    }
}
