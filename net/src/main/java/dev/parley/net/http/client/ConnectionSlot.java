package dev.parley.net.http.client;

import org.jspecify.annotations.Nullable;

/** Room for one new connection, from the moment at which a call may open it until its first response. Thread-safe. */
final class ConnectionSlot {
    final long since = System.nanoTime();
    volatile @Nullable ClientConnection connection;

    boolean isConnecting() {
        return connection == null;
    }

    boolean isStarving(long now, long afterNanos) {
        ClientConnection opened = connection;
        return now - since >= afterNanos && (opened == null || !opened.hasReceived());
    }
}
