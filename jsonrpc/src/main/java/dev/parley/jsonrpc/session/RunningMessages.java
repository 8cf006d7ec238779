package dev.parley.jsonrpc.session;

import dev.parley.spi.Timers;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;
import org.jspecify.annotations.Nullable;

/** The messages of one connection that have no response so far. Thread-safe. */
final class RunningMessages {
    private final Set<Incoming> messages = ConcurrentHashMap.newKeySet();
    private volatile @Nullable ScheduledFuture<?> interrupting;

    RunningMessages() {}

    void add(Incoming message) {
        messages.add(message);
    }

    void remove(Incoming message) {
        messages.remove(message);
    }

    /** The peer cancels its call of this id. */
    void cancel(String id) {
        messages.forEach(message -> message.cancel(id));
    }

    /** Interrupts what runs after so long. */
    void interruptAfter(Duration timeout) {
        interrupting = Timers.after(timeout.toNanos(), this::interrupt);
    }

    /** Interrupts what runs now, but for notifications. */
    void interrupt() {
        ScheduledFuture<?> timer = interrupting;
        if (timer != null) {
            timer.cancel(false);
        }
        for (Incoming message : messages) {
            if (!message.isNotification()) {
                message.cancel();
            }
        }
    }
}
