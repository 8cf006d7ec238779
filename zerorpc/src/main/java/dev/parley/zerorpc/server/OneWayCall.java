package dev.parley.zerorpc.server;

import dev.parley.RpcException;
import dev.parley.spi.PeerLog;
import dev.parley.spi.PrintableText;
import dev.parley.spi.ServerCall;
import dev.parley.zerorpc.event.Event;
import java.lang.reflect.Type;
import java.security.Principal;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.ObjectMapper;

/** A cast that a PULL or SUB socket has received: its outcome is told to nobody. Thread-safe as its base. */
final class OneWayCall extends ServerCall {
    private static final PeerLog faults = new PeerLog(LoggerFactory.getLogger(OneWayCall.class));

    private final PullSession session;
    private final Event request;
    private final AtomicBoolean released = new AtomicBoolean();

    OneWayCall(PullSession session, Event request) {
        this.session = session;
        this.request = request;
    }

    /** The size of the message, which is charged until the call has ended. */
    int bytes() {
        return request.bytes().length;
    }

    private void release() {
        if (released.compareAndSet(false, true)) {
            session.peer().memory().release(bytes());
        }
    }

    @Override
    public String method() {
        return request.name();
    }

    @Override
    public ObjectMapper mapper() {
        return session.shared().mapper();
    }

    @Override
    public JsonParser arguments() {
        return Requests.arguments(request, mapper());
    }

    @Override
    public long messageBytes() {
        return (long) bytes() - request.argsStart();
    }

    @Override
    public Map<String, @Nullable Object> context() {
        return Requests.context(request, mapper());
    }

    @Override
    public String wire() {
        return session.shared().scheme();
    }

    @Override
    public String remoteAddress() {
        return session.peer().toString();
    }

    @Override
    public @Nullable Principal principal() {
        return session.shared().caller(session.peer());
    }

    /** So that nobody collects the items of a stream, which nobody gets. */
    @Override
    public boolean streams() {
        return true;
    }

    @Override
    public void reply(@Nullable Object value, Type type) {
        release();
    }

    /** Takes no item, since a stream that nobody reads does not run, as in zerorpc for Python. */
    @Override
    public void stream(Iterator<? extends @Nullable Object> items) {
        release();
    }

    @Override
    public void fail(RpcException error) {
        faults.warn(
                session.peer(),
                "the cast of '{}' failed: {}",
                PrintableText.line(method()),
                PrintableText.line(error.toString()));
        release();
    }
}
