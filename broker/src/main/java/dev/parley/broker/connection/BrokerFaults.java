package dev.parley.broker.connection;

import dev.parley.broker.channel.ConfirmFaults;
import java.time.Duration;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The faults that a broker is asked for, for tests of clients. Those that last apply to the connections that exist and to
 * those to come. Thread-safe.
 */
public final class BrokerFaults {
    private final BrokerCore broker;
    private volatile boolean refusing;
    private volatile boolean notReading;
    private volatile Duration delay = Duration.ZERO;
    private volatile @Nullable Cut cutReceiving;
    private volatile @Nullable Cut cutSending;
    private final ConfirmFaults confirms = new ConfirmFaults();

    BrokerFaults(BrokerCore broker) {
        this.broker = broker;
    }

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

    /** Whether new connections are closed as soon as they are accepted. */
    public boolean isRefusing() {
        return refusing;
    }

    /** Sets whether new connections are closed as soon as they are accepted. */
    public void refuseConnections(boolean refuse) {
        refusing = refuse;
    }

    /** Whether the broker does not read what clients send. */
    public boolean isNotReading() {
        return notReading;
    }

    /** Sets whether the broker does not read what clients send. */
    public void stopReading(boolean stop) {
        notReading = stop;
        broker.connections().forEach(connection -> connection.stopReading(stop));
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
    public long cutAfterReceiving() {
        return Cut.octets(cutReceiving);
    }

    /** Sets after how many received octets, from now on, each connection is cut; 0 for none. */
    public void cutAfterReceiving(long octets) {
        cutReceiving = Cut.after(octets);
    }

    @Nullable
    Cut cutSending() {
        return cutSending;
    }

    /** After how many sent octets each connection is cut; 0 for none. */
    public long cutAfterSending() {
        return Cut.octets(cutSending);
    }

    /** Sets after how many sent octets, from now on, each connection is cut; 0 for none. */
    public void cutAfterSending(long octets) {
        cutSending = Cut.after(octets);
    }

    /** What becomes of publisher confirms. */
    public ConfirmFaults confirms() {
        return confirms;
    }

    /** Whether the broker behaves as if its memory limit were exceeded. */
    public boolean isMemoryAlarm() {
        return broker.memory().isForced();
    }

    /** Sets whether the broker behaves as if its memory limit were exceeded. */
    public void memoryAlarm(boolean alarm) {
        broker.memory().force(alarm);
    }

    /** Closes the sockets of these connections; returns how many. */
    public int dropConnections(Predicate<Connection> which) {
        int dropped = 0;
        for (Connection connection : broker.connections()) {
            if (which.test(connection)) {
                connection.drop();
                dropped++;
            }
        }
        return dropped;
    }

    /** Makes all channels that are open lose what is published on them; returns how many they are. */
    public int stallChannels() {
        return broker.connections().stream().mapToInt(Connection::stallChannels).sum();
    }

    /** Switches off what lasts. */
    public void clear() {
        refuseConnections(false);
        stopReading(false);
        delay(Duration.ZERO);
        memoryAlarm(false);
        cutAfterReceiving(0);
        cutAfterSending(0);
        confirms.lose(0);
        confirms.duplicate(0);
    }
}
