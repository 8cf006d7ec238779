package dev.parley.internal.server;

import dev.parley.ServiceDescription;
import dev.parley.spi.CallSource;
import dev.parley.spi.Dispatcher;
import dev.parley.spi.ServedMethod;
import java.util.List;

/** A dispatcher that passes everything on to another one, for others to change a part of that. Thread-safe. */
abstract class ForwardingDispatcher implements Dispatcher {
    final Dispatcher dispatcher;

    ForwardingDispatcher(Dispatcher dispatcher) {
        this.dispatcher = dispatcher;
    }

    @Override
    public CallSource source(Runnable resume) {
        return dispatcher.source(resume);
    }

    @Override
    public CallSource soleSource(Runnable resume) {
        return dispatcher.soleSource(resume);
    }

    @Override
    public int maxConcurrentCalls() {
        return dispatcher.maxConcurrentCalls();
    }

    @Override
    public int available() {
        return dispatcher.available();
    }

    @Override
    public boolean has(String method) {
        return dispatcher.has(method);
    }

    @Override
    public ServiceDescription describe() {
        return dispatcher.describe();
    }

    @Override
    public List<ServedMethod> methods() {
        return dispatcher.methods();
    }
}
