package dev.parley.jsonrpc.session;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs what users want done when a connection is lost, each action on a virtual thread. Stateless and thread-safe. */
public final class Disconnects {
    private static final Logger log = LoggerFactory.getLogger(Disconnects.class);

    private Disconnects() {}

    /** Runs an action. */
    public static void run(Runnable action) {
        Thread.ofVirtual().name("parley-disconnect").start(() -> {
            try {
                action.run();
            } catch (RuntimeException | Error e) {
                log.warn("an action of onDisconnect failed", e);
            }
        });
    }
}
