package dev.parley.broker.connection;

import io.netty.util.concurrent.EventExecutor;

/** Makes the event loops of the brokers fail, as they do when there is no memory left. */
public final class LoopFailures {
    private LoopFailures() {}

    /** Escapes an event loop, which fails when it logs it. */
    private static final class Unprintable extends RuntimeException {
        @Override
        public String getMessage() {
            throw new OutOfMemoryError("no room for a message");
        }
    }

    /** Lets all of them fail. */
    public static void failAll() {
        for (EventExecutor loop : EventLoops.shared()) {
            loop.execute(() -> {
                throw new Unprintable();
            });
        }
    }
}
