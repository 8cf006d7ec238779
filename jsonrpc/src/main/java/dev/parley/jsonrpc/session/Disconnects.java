package dev.parley.jsonrpc.session;

import dev.parley.spi.Guard;

/** Runs what users want done when a connection is lost, each action on a virtual thread. Stateless and thread-safe. */
public final class Disconnects {
    private Disconnects() {}

    /** Runs an action. */
    public static void run(Runnable action) {
        Guard.start("parley-disconnect", action);
    }
}
