package dev.parley.oslo.notify.receive;

import dev.parley.oslo.notify.ListenerCounts;
import java.util.concurrent.atomic.LongAdder;

/** Counts what happens to notifications. Thread-safe. */
record Tally(LongAdder handled, LongAdder requeued, LongAdder deadLettered, LongAdder dropped) {
    Tally() {
        this(new LongAdder(), new LongAdder(), new LongAdder(), new LongAdder());
    }

    ListenerCounts counts() {
        return new ListenerCounts(handled.sum(), requeued.sum(), deadLettered.sum(), dropped.sum());
    }
}
