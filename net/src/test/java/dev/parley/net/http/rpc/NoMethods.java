package dev.parley.net.http.rpc;

import dev.parley.ServiceDescription;
import dev.parley.spi.CallSource;
import dev.parley.spi.Dispatcher;
import dev.parley.spi.ServedMethod;
import java.util.List;

/** The dispatcher of a server without methods. */
final class NoMethods implements Dispatcher {
    @Override
    public CallSource source(Runnable resume) {
        throw new UnsupportedOperationException("no calls");
    }

    @Override
    public CallSource soleSource(Runnable resume) {
        throw new UnsupportedOperationException("no calls");
    }

    @Override
    public int maxConcurrentCalls() {
        return 1;
    }

    @Override
    public int available() {
        return 1;
    }

    @Override
    public boolean has(String method) {
        return false;
    }

    @Override
    public ServiceDescription describe() {
        return new ServiceDescription("none", List.of());
    }

    @Override
    public List<ServedMethod> methods() {
        return List.of();
    }
}
