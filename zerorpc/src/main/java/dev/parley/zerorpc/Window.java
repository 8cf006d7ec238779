package dev.parley.zerorpc;

/**
 * What a receiver has granted: one item at first; then, whenever less than half of the window is outstanding, as many as fill it. Since Node takes a grant for the
 * whole of its credit, each is large enough by itself to reach the next. Not thread-safe.
 */
final class Window {
    private final int size;
    private int outstanding = 1;
    private boolean begun;

    Window(int size) {
        this.size = size;
    }

    /** To be called when the consumer wants an item: how many to grant first, 0 for none. */
    int beforeTaking() {
        if (!begun) {
            begun = true;
            return 0;
        }
        if (outstanding >= size / 2) {
            return 0;
        }
        int grant = size - outstanding;
        outstanding = size;
        return grant;
    }

    /** To be called when the consumer has got an item. */
    void taken() {
        outstanding--;
    }
}
