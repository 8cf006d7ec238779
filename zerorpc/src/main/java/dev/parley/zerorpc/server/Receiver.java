package dev.parley.zerorpc.server;

import dev.parley.zerorpc.event.Event;

/** The server's side of one connection. Its methods are called on the event loop. */
interface Receiver {
    /**
     * An event arrived, perhaps a malformed one.
     *
     * @param envelope the frames that lead to its sender through brokers in between; empty for a peer
     */
    void received(Event event, byte[][] envelope);

    /** The connection is lost. */
    void end(String reason);
}
