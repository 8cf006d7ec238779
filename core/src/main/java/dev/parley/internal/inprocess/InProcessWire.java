package dev.parley.internal.inprocess;

import dev.parley.Address;
import dev.parley.Target;
import dev.parley.spi.AddressOptions;
import dev.parley.spi.ClientContext;
import dev.parley.spi.ClientTransport;
import dev.parley.spi.Listener;
import dev.parley.spi.ServerContext;
import dev.parley.spi.Wire;
import java.util.Set;

/** Calls within one JVM: {@code memory://name}, without options. Thread-safe. */
public final class InProcessWire implements Wire {
    static final String SCHEME = "memory";

    /** For {@link java.util.ServiceLoader}. */
    public InProcessWire() {}

    @Override
    public Set<String> schemes() {
        return Set.of(SCHEME);
    }

    @Override
    public Listener listen(Address address, Target target, ServerContext context) {
        InProcessListener listener = new InProcessListener(name(address), address, context);
        listener.start();
        return listener;
    }

    @Override
    public ClientTransport connect(Address address, ClientContext context) {
        return new InProcessTransport(name(address), address, context.values().json());
    }

    private static String name(Address address) {
        AddressOptions options = new AddressOptions(address);
        String name = address.host() + options.path();
        options.refuseOthers();
        return name;
    }
}
