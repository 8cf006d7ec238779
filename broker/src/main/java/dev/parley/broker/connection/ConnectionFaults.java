package dev.parley.broker.connection;

import dev.parley.broker.channel.ConfirmFaults;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The faults that all connections of a broker are subject to, those to come included. Thread-safe. */
public final class ConnectionFaults {
    private volatile boolean refusing;
    private volatile boolean notReading;
    private volatile Duration delay = Duration.ZERO;
    private volatile @Nullable Cut cutReceiving;
    private volatile @Nullable Cut cutSending;
    private final ConfirmFaults confirms = new ConfirmFaults();

    /** When connections are cut. Compared by identity: each one is counted from the time it was asked for. */
    static final class Cut {
        private final long octets;

        private Cut(long octets) {
            this.octets = octets;
        }

        /** After so many octets from now on, or of a connection to come. */
        long octets() {
            return octets;
        }

        private static @Nullable Cut after(long octets) {
            return octets == 0 ? null : new Cut(octets);
        }

        private static long octets(@Nullable Cut cut) {
            return cut == null ? 0 : cut.octets;
        }
    }

    /** Whether new connections are closed at once. */
    public boolean isRefusing() {
        return refusing;
    }

    /** Sets whether new connections are closed at once. */
    public void refuse(boolean refuse) {
        refusing = refuse;
    }

    /** Whether new connections are not read. */
    public boolean isNotReading() {
        return notReading;
    }

    /** Sets whether new connections are not read; for those that exist see {@link Connection#stopReading}. */
    public void stopReading(boolean stop) {
        notReading = stop;
    }

    /** By how much everything received is delayed. */
    public Duration delay() {
        return delay;
    }

    /** Sets by how much everything received is delayed; zero is not at all. */
    public void delay(Duration time) {
        delay = time;
    }

    @Nullable
    Cut cutReceiving() {
        return cutReceiving;
    }

    /** After how many received octets each connection is cut; 0 for none. */
    public long octetsReceivedBeforeCut() {
        return Cut.octets(cutReceiving);
    }

    /** Sets after how many received octets, from now on, each connection is cut; 0 for none. */
    public void cutReceiving(long octets) {
        cutReceiving = Cut.after(octets);
    }

    @Nullable
    Cut cutSending() {
        return cutSending;
    }

    /** After how many sent octets each connection is cut; 0 for none. */
    public long octetsSentBeforeCut() {
        return Cut.octets(cutSending);
    }

    /** Sets after how many sent octets, from now on, each connection is cut; 0 for none. */
    public void cutSending(long octets) {
        cutSending = Cut.after(octets);
    }

    /** What becomes of publisher confirms. */
    public ConfirmFaults confirms() {
        return confirms;
    }
}
