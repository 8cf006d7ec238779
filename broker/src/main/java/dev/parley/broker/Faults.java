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

    /**
     * Closes the socket of each connection in the midst of what its client sends: after so many octets more, counted from
     * now, or from the beginning of a connection to come. The octets before are handled. 0, the default, is for never.
     *
     * @throws IllegalArgumentException if it is negative
     */
    void cutAfterReceiving(long octets);

    /**
     * Closes the socket of each connection in the midst of what the broker sends, likewise. The octets before are sent.
     *
     * @throws IllegalArgumentException if it is negative
     */
    void cutAfterSending(long octets);

    /**
     * Loses the publisher confirms of the next messages, which are accepted all the same; default 0. Later messages of
     * the channel are confirmed one by one, since a confirm for several would make up for a lost one.
     *
     * @param messages for how many messages, of all connections together
     * @throws IllegalArgumentException if it is negative
     */
    void loseConfirms(int messages);

    /**
     * Sends the publisher confirms of the next messages twice; default 0.
     *
     * @param messages for how many messages, of all connections together
     * @throws IllegalArgumentException if it is negative
     */
    void duplicateConfirms(int messages);

    /** Switches off all faults. Connections that were dropped and channels that were stalled remain so. */
    void clear();
}
