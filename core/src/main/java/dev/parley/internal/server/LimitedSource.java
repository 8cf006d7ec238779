package dev.parley.internal.server;

import java.security.Principal;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** Where the calls of a {@link ConcurrencyLimiter} come from, which makes it. Thread-safe as said there. */
final class LimitedSource {
    final Share share;
    final boolean sole;
    final Runnable resume;
    volatile boolean refusesNone;
    final AtomicBoolean keepsCalls = new AtomicBoolean();
    volatile @Nullable Known known;
    int queued; // Guarded by the limiter's lock.

    record Known(Principal principal, Share share) {}

    LimitedSource(Share share, boolean sole, Runnable resume) {
        this.share = share;
        this.sole = sole;
        this.refusesNone = sole;
        this.resume = resume;
    }

    /** Its further calls are queued even if the queue is full. */
    void refuseNone() {
        refusesNone = true;
    }

    boolean refusesNone() {
        return refusesNone;
    }
}
