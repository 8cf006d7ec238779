package dev.parley.oslo;

import dev.parley.Address;
import dev.parley.Target;
import dev.parley.oslo.driver.Driver;
import dev.parley.oslo.driver.memory.MemoryDriver;
import dev.parley.oslo.driver.rabbit.RabbitDriver;
import dev.parley.oslo.options.OsloOptions;
import dev.parley.oslo.rpc.OsloListener;
import dev.parley.oslo.rpc.OsloTransport;
import dev.parley.spi.ClientContext;
import dev.parley.spi.ClientTransport;
import dev.parley.spi.Listener;
import dev.parley.spi.ServerContext;
import dev.parley.spi.Wire;
import java.util.Set;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * oslo.messaging RPC: over AMQP 0-9-1 with scheme {@code rabbit} or its alias {@code kombu}, within this JVM with
 * scheme {@code memory}, or Python's {@code fake} and {@code kombu+memory}. Safe for use by any thread.
 *
 * <p>The address is oslo.messaging's transport URL,
 * {@code rabbit://user:password@host:5672,user:password@host2:5672/virtual_host?option=value}; its options are those of
 * group {@code oslo_messaging_rabbit}. Peers with the same host and path in a {@code memory} address reach each other;
 * values go through JSON there too.
 */
public final class OsloWire implements Wire {
    private static final String FAKE = "fake";
    private static final String KOMBU_MEMORY = "kombu+memory";

    /** For {@link java.util.ServiceLoader}. */
    public OsloWire() {}

    @Override
    public Set<String> schemes() {
        return Set.of("rabbit", "kombu", "memory", FAKE, KOMBU_MEMORY);
    }

    @Override
    public boolean brokered() {
        return true;
    }

    @Override
    public Listener listen(Address address, Target target, ServerContext context) {
        OsloOptions options = OsloOptions.of(address);
        Driver driver = driver(address, options, context.tls(), false);
        try {
            OsloListener listener = new OsloListener(address, target, options, driver, context);
            listener.start();
            return listener;
        } catch (RuntimeException e) {
            driver.close();
            throw e;
        }
    }

    @Override
    public ClientTransport connect(Address address, ClientContext context) {
        OsloOptions options = OsloOptions.of(address);
        Driver driver = driver(address, options, context.tls(), true);
        try {
            OsloTransport transport = new OsloTransport(address, options, driver, context);
            transport.start();
            return transport;
        } catch (RuntimeException e) {
            driver.close();
            throw e;
        }
    }

    private static Driver driver(Address address, OsloOptions options, @Nullable SSLContext tls, boolean daemon) {
        return switch (address.scheme()) {
            case "memory" -> new MemoryDriver(address.host() + address.path());
            // As in Python, all transports of the process share one, whatever else the URL says.
            case FAKE, KOMBU_MEMORY -> new MemoryDriver(address.scheme());
            default -> new RabbitDriver(address, options, tls, daemon);
        };
    }
}
