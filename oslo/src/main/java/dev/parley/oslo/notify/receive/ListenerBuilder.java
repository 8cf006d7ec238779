package dev.parley.oslo.notify.receive;

import dev.parley.oslo.notify.NotificationListener;

/** Builds listeners. */
public final class ListenerBuilder {
    private ListenerBuilder() {}

    /** A new builder. */
    @SuppressWarnings("DoNotCallSuggester")
    public static NotificationListener.Builder of(String address) {
        throw new UnsupportedOperationException(address);
    }
}
