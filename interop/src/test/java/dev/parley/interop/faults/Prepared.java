package dev.parley.interop.faults;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.parley.interop.faults.Fault.Way;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/**
 * Logs errors alone, as thousands of connections are lost; and uses each wire once before, since the process keeps some
 * sockets and threads from then on. Thread-safe.
 */
final class Prepared implements BeforeAllCallback, AfterAllCallback {
    @Override
    public void beforeAll(ExtensionContext context) {
        set(Level.ERROR);
        CountedService service = new CountedService();
        for (FaultyWire wire : FaultyWire.values()) {
            try (FaultyWire.Peer peer = wire.serve(service, "")) {
                new Lanes(peer, service, new Tally()).length(Way.TO_SERVER);
            }
        }
    }

    @Override
    public void afterAll(ExtensionContext context) {
        set(null);
    }

    static void set(@Nullable Level level) {
        ((Logger) LoggerFactory.getLogger("dev.parley")).setLevel(level);
        ((Logger) LoggerFactory.getLogger("com.rabbitmq")).setLevel(level);
    }
}
