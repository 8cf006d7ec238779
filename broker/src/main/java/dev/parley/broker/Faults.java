package dev.parley.broker;

import java.time.Duration;
import java.util.function.Predicate;

/**
 * Faults between a client and its broker, on demand, for tests of clients. Unless a method says otherwise, a fault
 * applies to the connections that exist and to those to come, until it is switched off or {@linkplain #clear()
 * cleared}. Thread-safe.
 */
public interface Faults {
    /** Closes the sockets of all connections without connection.close, as a broken network does; returns how many. */
    int dropConnections();

    /**
     * Closes the sockets of the connections that the predicate selects, as {@link #dropConnections()}; returns how
     * many.
     */
    int dropConnections(Predicate<ConnectionInfo> which);

    /**
     * Makes every channel that is open now lose what is published on it, neither routed nor confirmed, for the rest of
     * its life, as a channel of a RabbitMQ cluster can after the loss of a node. Channels opened later are not
     * affected. Returns how many channels are.
     */
    int stallChannels();

    /** Sets whether new connections are closed as soon as they are accepted. Default: false. */
    void refuseConnections(boolean refuse);

    /** Sets whether the broker stops reading what clients send; it still sends heartbeats. Default: false. */
    void stopReading(boolean stop);

    /**
     * Delays everything clients send by this time. Default: zero.
     *
     * @throws IllegalArgumentException if it is negative
     */
    void delay(Duration delay);

    /** Sets whether the broker behaves as if its memory limit were exceeded: publishers are blocked. Default: false. */
    void memoryAlarm(boolean alarm);

    /** Switches off all faults. Connections that were dropped and channels that were stalled remain so. */
    void clear();
}
