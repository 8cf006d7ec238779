package dev.parley.broker;

import java.time.Duration;
import java.util.function.Predicate;

/**
 * What can go wrong between a client and its broker, on demand, for tests of clients. Every switch works on the connections there are and on those
 * to come, until it is switched back or {@linkplain #clear() cleared}. Thread-safe.
 */
public interface Faults {
    /** Cuts every connection without a word, as a broken network does; returns how many. */
    int dropConnections();

    /** Cuts the connections chosen; returns how many. */
    int dropConnections(Predicate<ConnectionInfo> which);

    /**
     * Lets every channel that is open now swallow what it publishes, neither routed nor confirmed, for the rest of its life, as a channel of a RabbitMQ cluster
     * can after one of its nodes was lost. Channels opened later are sound. Returns how many.
     */
    int stallChannels();

    /** Whether new connections are cut as soon as they are made. */
    void refuseConnections(boolean refuse);

    /** Whether the broker stops reading what clients send; heartbeats go on being sent. */
    void stopReading(boolean stop);

    /** Delays everything clients send by this time; zero, the default, is none. */
    void delay(Duration delay);

    /** Whether the broker behaves as if its memory limit were exceeded: publishers are blocked. */
    void memoryAlarm(boolean alarm);

    /** Switches all faults off. */
    void clear();
}
