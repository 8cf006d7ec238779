/**
 * A client's TCP connection from the accepted socket to its end: handshake, heartbeats, blocking, and the dispatch of
 * frames to channels.
 *
 * <p>A connection lives on one event loop. What other threads may read of it is immutable or volatile; what they may
 * ask of it goes through its outbox or is executed on that loop.
 */
@NullMarked
package dev.parley.broker.connection;

import org.jspecify.annotations.NullMarked;
