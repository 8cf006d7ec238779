package dev.parley.jsonrpc.server;

import java.util.concurrent.atomic.AtomicBoolean;

/** Runs an action at most once. Thread-safe. */
final class Once implements Runnable {
    private final AtomicBoolean done = new AtomicBoolean();
    private final Runnable action;

    Once(Runnable action) {
        this.action = action;
    }

    @Override
    public void run() {
        if (done.compareAndSet(false, true)) {
            action.run();
        }
    }
}
