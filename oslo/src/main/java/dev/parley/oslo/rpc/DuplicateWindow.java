package dev.parley.oslo.rpc;

import java.util.LinkedHashSet;

/** The ids of the last messages. Thread-safe. */
final class DuplicateWindow {
    private final int size;
    private final LinkedHashSet<String> ids = new LinkedHashSet<>();

    DuplicateWindow(int size) {
        this.size = size;
    }

    /** {@code false} if it is there already. */
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
