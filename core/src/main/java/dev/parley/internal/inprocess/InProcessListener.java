package dev.parley.internal.inprocess;

import dev.parley.Address;
import dev.parley.ConnectionLostException;
import dev.parley.spi.CallSource;
import dev.parley.spi.Dispatcher;
import dev.parley.spi.Listener;
import dev.parley.spi.ServerContext;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** A server that clients of the same JVM find by its name. Thread-safe. */
final class InProcessListener implements Listener {
    private static final ConcurrentMap<String, InProcessListener> BY_NAME = new ConcurrentHashMap<>();

    private final String name;
    private final Address address;
    private final ServerContext context;
    private final Set<InProcessCall> calls = ConcurrentHashMap.newKeySet();

    InProcessListener(String name, Address address, ServerContext context) {
        this.name = name;
        this.address = address;
        this.context = context;
    }

    void start() {
        if (BY_NAME.putIfAbsent(name, this) != null) {
            throw new ConnectionLostException("cannot listen on " + address + ": another server listens there");
        }
    }

    static @Nullable InProcessListener named(String name) {
        return BY_NAME.get(name);
    }

    Dispatcher dispatcher() {
        return context.dispatcher();
    }

    JsonMapper mapper() {
        return context.values().json();
    }

    /** The source of the calls of one client. There is nothing to read: its bound on pending calls limits what waits. */
    CallSource source() {
        CallSource source = dispatcher().source(() -> {});
        source.refuseNone();
        return source;
    }

    /** Takes a call. */
    void serve(InProcessCall call, CallSource source) {
        calls.add(call);
        source.dispatch(call);
    }

    /** A call is over. */
    void over(InProcessCall call) {
        calls.remove(call);
    }

    @Override
    public Address address() {
        return address;
    }

    @Override
    public void stop() {
        BY_NAME.remove(name, this);
    }

    @Override
    public void close() {
        stop();
        for (InProcessCall call : calls) {
            call.lost();
        }
    }
}
