package dev.parley.internal.client;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How a call ended, and who is to be told, in the order in which they asked. Thread-safe. */
final class Completion {
    private static final Logger log = LoggerFactory.getLogger(Completion.class);

    private @Nullable List<Consumer<? super @Nullable Throwable>> actions = new ArrayList<>(2);
    private @Nullable Throwable outcome;

    /** Runs an action once the call is over; at once if it is. */
    void onComplete(Consumer<? super @Nullable Throwable> action) {
        Throwable known;
        synchronized (this) {
            if (actions != null) {
                actions.add(action);
                return;
            }
            known = outcome;
        }
        run(action, known);
    }

    /** The call is over, with an error or {@code null}; what comes later is ignored. */
    void complete(@Nullable Throwable error) {
        List<Consumer<? super @Nullable Throwable>> registered;
        synchronized (this) {
            if (actions == null) {
                return;
            }
            registered = actions;
            actions = null;
            outcome = error;
        }
        registered.forEach(action -> run(action, error));
    }

    private static void run(Consumer<? super @Nullable Throwable> action, @Nullable Throwable error) {
        try {
            action.accept(error);
        } catch (RuntimeException e) {
            log.warn("an action of onComplete failed", e);
        }
    }
}
