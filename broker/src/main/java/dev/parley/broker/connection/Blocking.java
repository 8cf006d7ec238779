package dev.parley.broker.connection;

import dev.parley.broker.amqp.MethodWriter;
import dev.parley.broker.limit.Watermark;
import java.util.HashSet;
import java.util.Set;

/**
 * Why a connection is not read for now: it published while memory was short, it does not take what is written to it, or a test wants it so. The
 * client that can hear it is told of the first (connection.blocked). Used on the connection's event loop.
 */
public final class Blocking {
    private final Connection connection;
    private final Set<Watermark> awaited = new HashSet<>();
    private boolean outputFull;
    private boolean fault;
    private boolean ended;
    private volatile boolean blocked;

    public Blocking(Connection connection) {
        this.connection = connection;
    }

    /** Whether publishing is blocked; any thread. */
    public boolean blocked() {
        return blocked;
    }

    public void await(Watermark watermark) {
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

    public void released(Watermark watermark) {
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

    public void outputFull(boolean full) {
        outputFull = full;
        update();
    }

    public void fault(boolean stopped) {
        fault = stopped;
        update();
    }

    /** Whether silence of the client says nothing about it. */
    public boolean notReading() {
        return !connection.ctx().channel().config().isAutoRead();
    }

    /** Reads whatever the reasons: only the client's close-ok is of interest any more. */
    public void readOn() {
        ended = true;
        update();
    }

    public void end() {
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
