package dev.parley.internal.server;

import dev.parley.ServiceDescription;
import dev.parley.spi.CallSource;
import dev.parley.spi.Dispatcher;
import dev.parley.spi.ServedMethod;
import java.util.List;
import java.util.function.Predicate;

/**
 * A dispatcher that describes those methods alone that a caller may call. Thread-safe.
 *
 * @param permitted by qualified name
 */
record VisibleMethods(Dispatcher dispatcher, Predicate<String> permitted) implements Dispatcher {
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
        ServiceDescription all = dispatcher.describe();
        return new ServiceDescription(
                all.name(),
                all.methods().stream()
                        .filter(method -> permitted.test(method.qualifiedName()))
                        .toList());
    }

    /** The same list as that of the dispatcher if the caller may call all of it. */
    @Override
    public List<ServedMethod> methods() {
        List<ServedMethod> all = dispatcher.methods();
        List<ServedMethod> visible = all.stream()
                .filter(method -> permitted.test(method.description().qualifiedName()))
                .toList();
        return visible.size() == all.size() ? all : visible;
    }
}
