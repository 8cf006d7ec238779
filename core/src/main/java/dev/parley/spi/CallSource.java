package dev.parley.spi;

/**
 * Where a wire's calls come from, such as one connection: the {@link Dispatcher} serves the sources that wait in turn,
 * and lets none of them run more than its share of the calls. Thread-safe. Needs no closing.
 */
public interface CallSource {
    /**
     * Accepts a call. It runs, waits for its turn, or fails at once with {@link dev.parley.OverloadedException} if too
     * many wait already. The outcome reaches the call by exactly one of {@link ServerCall#reply},
     * {@link ServerCall#stream} and {@link ServerCall#fail}, on this thread or another, possibly before this method
     * returns. A call that is cancelled or whose deadline passes while it waits fails without being run.
     *
     * @return {@code false} if a call of this source waits: the wire must stop reading from the source until its
     *     {@code resume} runs
     */
    boolean dispatch(ServerCall call);

    /**
     * Tells whether the wire has read calls that it has not dispatched yet, since there is no room for them: until it
     * has none, {@link dev.parley.RpcServer#await} waits for them. At first it has none. To be called before they are
     * kept, and after the last of them has been dispatched or dropped.
     */
    void keepsCalls(boolean keeps);

    /**
     * From now on a call of this source waits however many others do, instead of being refused: for calls that were
     * accepted before the source or the server stopped, and for sources that have a bound of their own.
     */
    void refuseNone();
}
