package dev.parley.broker.channel;

import java.util.concurrent.atomic.AtomicInteger;

/** How many of the next publisher confirms of a broker are lost, and how many are sent twice. Thread-safe. */
public final class ConfirmFaults {
    private final AtomicInteger lost = new AtomicInteger();
    private final AtomicInteger duplicated = new AtomicInteger();

    /** So many of the next confirms are not sent. */
    public void lose(int count) {
        lost.set(count);
    }

    /** So many of the next confirms, those that are lost apart, are sent twice. */
    public void duplicate(int count) {
        duplicated.set(count);
    }

    /** How many confirms are still to be lost. */
    public int lost() {
        return lost.get();
    }

    /** How many confirms are still to be sent twice. */
    public int duplicated() {
        return duplicated.get();
    }

    /** Whether the next confirm is as it should be. */
    boolean isOff() {
        return lost.get() == 0 && duplicated.get() == 0;
    }

    /** How often the next confirm is sent. */
    int times() {
        if (take(lost)) {
            return 0;
        }
        return take(duplicated) ? 2 : 1;
    }

    private static boolean take(AtomicInteger count) {
        return count.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
    }
}
