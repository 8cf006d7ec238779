package dev.parley.internal.server;

import dev.parley.ServiceDescription;
import dev.parley.spi.Dispatcher;
import dev.parley.spi.ServedMethod;
import java.util.List;
import java.util.function.Predicate;

/** A dispatcher that describes those methods alone that a caller may call. Thread-safe. */
final class VisibleMethods extends ForwardingDispatcher {
    private final Predicate<String> permitted;

    /**
     * The methods of a dispatcher that are permitted.
     *
     * @param permitted by qualified name
     */
    VisibleMethods(Dispatcher dispatcher, Predicate<String> permitted) {
        super(dispatcher);
        this.permitted = permitted;
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
