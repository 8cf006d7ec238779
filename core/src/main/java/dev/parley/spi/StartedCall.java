package dev.parley.spi;

import org.jspecify.annotations.Nullable;

/** A call that a {@link ClientTransport} has started. Thread-safe. */
public interface StartedCall {
    /** A call of which nothing is left to cancel. */
    StartedCall NONE = () -> {};

    /**
     * Cancels it: what still comes is dropped, and the peer is told where the protocol can. Does nothing when the call
     * is over. Must not block.
     */
    void cancel();

    /**
     * The call is about to time out: the transport may look for the reason now, so that {@link #explanation} knows it
     * at the deadline. Called at most once. Must not block. By default nothing.
     */
    default void expiring() {}

    /**
     * Why there is no response, as far as the transport knows, for the message of the timeout, such as {@code queue
     * 'test' has no consumer}; {@code null}, the default, if it knows nothing. Must not block.
     */
    default @Nullable String explanation() {
        return null;
    }

    /**
     * Runs the exchange on this thread, if the transport {@linkplain ClientTransport#blocks blocks}; when it returns
     * the listener has the outcome. Called once.
     */
    default void run() {}

    /**
     * The reader of a stream wants its next item: called once before each item is taken, on the reader's thread, so the
     * n-th time n - 1 items have been consumed. The wire's flow control goes by it. By default nothing.
     */
    default void requestItem() {}
}
