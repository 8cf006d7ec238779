package dev.parley.broker.channel;

import java.util.concurrent.atomic.LongAdder;

/** What the channels of a broker did since it was built. Thread-safe. */
public final class ChannelCounters {
    final LongAdder published = new LongAdder();
    final LongAdder confirmed = new LongAdder();
    final LongAdder returned = new LongAdder();
    final LongAdder delivered = new LongAdder();
    final LongAdder acknowledged = new LongAdder();

    /** Messages received from publishers. */
    public long published() {
        return published.sum();
    }

    /** Publisher confirms sent. */
    public long confirmed() {
        return confirmed.sum();
    }

    /** Mandatory messages that were returned because no queue got them. */
    public long returned() {
        return returned.sum();
    }

    /** Messages sent to consumers and in response to basic.get. */
    public long delivered() {
        return delivered.sum();
    }

    /** Acknowledgements received. */
    public long acknowledged() {
        return acknowledged.sum();
    }
}
