package dev.parley.jsonrpc.session;

import dev.parley.ArgumentStyle;
import dev.parley.ServiceDescription;
import dev.parley.spi.ClientCall;
import dev.parley.spi.ClientTransport;
import dev.parley.spi.ResponseListener;
import dev.parley.spi.StartedCall;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.ObjectMapper;

/** Calls the peer of a session for as long as its connection lasts. Thread-safe. */
final class SessionCaller implements ClientTransport {
    private final Session session;
    private final OutgoingWriter writer;
    private final List<Runnable> onDisconnect = new ArrayList<>(); // Guarded by this.
    private boolean lost; // Guarded by this.

    SessionCaller(Session session, OutgoingWriter writer) {
        this.session = session;
        this.writer = writer;
    }

    @Override
    public ArgumentStyle argumentStyle() {
        return writer.requests().argumentStyle();
    }

    @Override
    public ObjectMapper mapper() {
        return writer.requests().mapper();
    }

    @Override
    public boolean isReady() {
        return session.isOpen();
    }

    @Override
    public Object connection() {
        return session;
    }

    @Override
    public boolean isReading() {
        return session.isReading();
    }

    @Override
    public StartedCall start(ClientCall call, ResponseListener listener) {
        return session.send(writer.single(call, listener));
    }

    @Override
    public boolean batches() {
        return !writer.requests().version1();
    }

    @Override
    public StartedCall startBatch(List<ClientCall> calls, List<ResponseListener> listeners) {
        return session.send(writer.batch(calls, listeners));
    }

    @Override
    public ServiceDescription describe(PeerCaller caller) {
        return PeerDescription.read(caller);
    }

    @Override
    public void onDisconnect(Runnable action) {
        synchronized (this) {
            if (!lost) {
                onDisconnect.add(action);
                return;
            }
        }
        Disconnects.run(action);
    }

    /** The connection has ended. */
    void lost() {
        List<Runnable> actions;
        synchronized (this) {
            lost = true;
            actions = List.copyOf(onDisconnect);
            onDisconnect.clear();
        }
        actions.forEach(Disconnects::run);
    }

    /** The connection is not this client's. */
    @Override
    public void close() {}
}
