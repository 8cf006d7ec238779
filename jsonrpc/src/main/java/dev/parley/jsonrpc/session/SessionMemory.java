package dev.parley.jsonrpc.session;

import dev.parley.net.socket.ConnectionMemory;

/**
 * The memory that the messages of a session take: each is charged from its arrival until it has its response, or until
 * it has been passed on if it gets none. {@link #take}, {@link #keep} and {@link #checkPause} are called by one thread
 * at a time; the rest is thread-safe.
 */
final class SessionMemory {
    private final ConnectionMemory memory;
    private final Runnable onChange;
    /** How much of the message being taken is charged further on. */
    private int kept;

    private volatile boolean paused;

    /**
     * The memory of a session that holds nothing.
     *
     * @param onChange runs when {@link #isPaused} has changed
     */
    SessionMemory(ConnectionMemory memory, Runnable onChange) {
        this.memory = memory;
        this.onChange = onChange;
    }

    /** Charges a message that has arrived; {@code false} if there is no room. */
    boolean charge(int bytes) {
        return memory.charge(bytes);
    }

    /** Takes a message that was charged, and gives back what is not {@linkplain #keep kept}. */
    void take(byte[] message, Runnable action) {
        kept = 0;
        try {
            action.run();
        } finally {
            memory.release(message.length - kept);
        }
    }

    /** So many bytes of the message being taken stay charged until {@link #release}. */
    void keep(Incoming message, int bytes) {
        kept += bytes;
        message.size(bytes);
    }

    /** The message has its response. */
    void release(Incoming message) {
        memory.release(message.size());
    }

    /** Whether there is room for so many bytes. After the end nothing is refused for that reason. */
    boolean hasRoom(int bytes) {
        return memory.hasRoom(bytes);
    }

    /** Whether reading should pause, because memory is short and this connection holds much. */
    boolean isPaused() {
        return paused;
    }

    /** Pauses if it is time to. */
    void checkPause() {
        if (paused) {
            return;
        }
        // First, because the pause may end before the method returns.
        paused = true;
        if (memory.pause(this::resume)) {
            onChange.run();
        } else {
            paused = false;
        }
    }

    private void resume() {
        paused = false;
        onChange.run();
    }

    /** The session holds nothing any more. */
    void close() {
        memory.close();
    }
}
