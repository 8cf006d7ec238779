package dev.parley.oslo.rpc;

import dev.parley.Address;
import dev.parley.oslo.driver.Driver;
import dev.parley.oslo.options.OsloOptions;
import dev.parley.oslo.options.VirtualHost;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reloads the options of an address that has changed. Thread-safe. */
final class Reset {
    private static final Logger log = LoggerFactory.getLogger(Reset.class);

    private Reset() {}

    /**
     * Reads the options of an address and gives them to the driver. Names those in the log that have changed, but stay
     * as they were.
     *
     * @param built the address with which the client or server was built, and its options
     * @throws dev.parley.InvalidTargetException if the address is unusable; nothing changes then
     */
    static OsloOptions of(Address current, Address built, OsloOptions original, Driver driver) {
        OsloOptions options = OsloOptions.of(current);
        driver.reset(current);
        List<String> fixed = new ArrayList<>();
        note(fixed, "the virtual host", VirtualHost.of(built.path()), VirtualHost.of(current.path()));
        note(fixed, "control_exchange", original.controlExchange(), options.controlExchange());
        note(fixed, "attributes of exchanges and queues", original.topology(), options.topology());
        note(fixed, "names of queues", original.queueNames(), options.queueNames());
        note(fixed, "rabbit_qos_prefetch_count", original.prefetch(), options.prefetch());
        note(fixed, "kombu_compression", original.compression(), options.compression());
        note(fixed, "acknowledge", original.acknowledge(), options.acknowledge());
        note(fixed, "duplicate_window", original.duplicateWindow(), options.duplicateWindow());
        if (!fixed.isEmpty()) {
            log.warn("changed, but used only by a client or server that is built anew: {}", String.join(", ", fixed));
        }
        return options;
    }

    private static void note(List<String> fixed, String name, @Nullable Object before, @Nullable Object now) {
        if (!Objects.equals(before, now)) {
            fixed.add(name);
        }
    }
}
