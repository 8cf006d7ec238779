package dev.parley.broker.connection;

import java.time.Duration;

/** The faults that all connections of a broker are subject to, those to come included. Thread-safe. */
public final class ConnectionFaults {
    private volatile boolean refusing;
    private volatile boolean notReading;
    private volatile Duration delay = Duration.ZERO;

    /** Whether new connections are closed at once. */
    boolean isRefusing() {
        return refusing;
    }

    /** Sets whether new connections are closed at once. */
    public void refuse(boolean refuse) {
        refusing = refuse;
    }

    /** Whether new connections are not read. */
    boolean isNotReading() {
        return notReading;
    }

    /** Sets whether new connections are not read; for those that exist see {@link Connection#stopReading}. */
    public void stopReading(boolean stop) {
        notReading = stop;
    }

    /** By how much everything received is delayed. */
    Duration delay() {
        return delay;
    }

    /** Sets by how much everything received is delayed; zero is not at all. */
    public void delay(Duration time) {
        delay = time;
    }
}
