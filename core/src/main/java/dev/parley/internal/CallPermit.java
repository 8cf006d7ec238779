package dev.parley.internal;

import org.jspecify.annotations.Nullable;

/**
 * The permit of the served call that a thread runs. The call lends it while it waits for a result from its own caller,
 * who may have to be served first. Used by the thread of the call only.
 */
public interface CallPermit {
    /** The permits of the calls that can call their callers. */
    ThreadLocal<@Nullable CallPermit> CURRENT = new ThreadLocal<>();

    /** The connection that the call came on; {@code null} if its caller cannot be called. */
    @Nullable
    Object connection();

    /**
     * Lends the permit to other calls; {@link #takeBack} must follow.
     *
     * @throws dev.parley.OverloadedException if too many calls have lent theirs
     */
    void lend();

    /** Takes a permit again, at once. */
    void takeBack();
}
