package dev.parley.zerorpc.channel;

/**
 * What a receiver grants: one item at first; then, whenever less than half of the window is outstanding, as many as
 * fill it. Since Node takes a grant for the whole of its credit, each is large enough to reach the next one. Not
 * thread-safe.
 */
public final class Window {
    private final int size;
    private int outstanding = 1;
    private boolean requested;

    /** A window of so many items, 2 or more. */
    public Window(int size) {
        this.size = size;
    }

    /**
     * The next item is wanted, so those before it have been consumed.
     *
     * @return how many items to grant now, 0 for none
     */
    public int requestItem() {
        if (!requested) {
            // The first item needs no grant.
            requested = true;
            return 0;
        }
        outstanding--;
        if (outstanding >= size / 2) {
            return 0;
        }
        int grant = size - outstanding;
        outstanding = size;
        return grant;
    }
}
