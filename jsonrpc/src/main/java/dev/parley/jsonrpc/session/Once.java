package dev.parley.jsonrpc.session;

import java.util.concurrent.atomic.AtomicBoolean;

/** Runs an action at most once. Thread-safe. */
public final class Once implements Runnable {
    private final AtomicBoolean done = new AtomicBoolean();
    private final Runnable action;

    public Once(Runnable action) {
        this.action = action;
    }

    @Override
    public void run() {
        if (done.compareAndSet(false, true)) {
            action.run();
        }
    }
}
