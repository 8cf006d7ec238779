package dev.parley.oslo.rpc;

import java.util.LinkedHashSet;

/** Remembers the ids of the last messages. Safe for use by any thread. */
final class DuplicateWindow {
    private final int size;
    private final LinkedHashSet<String> ids = new LinkedHashSet<>();

    /**
     * An empty window.
     *
     * @param size how many ids it remembers
     */
    DuplicateWindow(int size) {
        this.size = size;
    }

    /** Adds an id, and forgets the oldest one if there are too many. Returns {@code false} if it was there already. */
    synchronized boolean add(String id) {
        if (!ids.add(id)) {
            return false;
        }
        if (ids.size() > size) {
            ids.removeFirst();
        }
        return true;
    }

    synchronized void remove(String id) {
        ids.remove(id);
    }
}
