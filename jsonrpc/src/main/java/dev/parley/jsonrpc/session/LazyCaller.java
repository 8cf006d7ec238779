package dev.parley.jsonrpc.session;

import dev.parley.RpcClient;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The client that calls the peer of a session, made when it is first asked for. Thread-safe. */
final class LazyCaller {
    private final Session session;
    private final MessageHandler handler;
    private final OutgoingWriter writer;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable RpcClient client; // Guarded by lock.
    private @Nullable SessionCaller transport; // Guarded by lock.
    private boolean lost; // Guarded by lock.

    LazyCaller(Session session, MessageHandler handler, OutgoingWriter writer) {
        this.session = session;
        this.handler = handler;
        this.writer = writer;
    }

    RpcClient client() {
        lock.lock();
        try {
            if (client == null) {
                SessionCaller made = new SessionCaller(session, writer);
                transport = made;
                client = handler.caller(made);
                if (lost) {
                    made.lost();
                }
            }
            return client;
        } finally {
            lock.unlock();
        }
    }

    /** The connection has ended. */
    void lost() {
        SessionCaller told;
        lock.lock();
        try {
            lost = true;
            told = transport;
        } finally {
            lock.unlock();
        }
        if (told != null) {
            told.lost();
        }
    }
}
