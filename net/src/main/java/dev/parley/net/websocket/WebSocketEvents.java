package dev.parley.net.websocket;

import org.jspecify.annotations.Nullable;

/**
 * Is told what happens to one {@link WebSocket}, on its event loop, in order; must not block. An exception thrown here
 * closes the connection with code 1011.
 */
public interface WebSocketEvents {
    /** The connection is open. */
    void opened(WebSocket socket);

    /**
     * A whole message has arrived.
     *
     * @param message its bytes, valid UTF-8 if the peer sent it as text; the receiver's own
     */
    void received(byte[] message);

    /** {@link WebSocket#isWritable()} has changed. */
    void writabilityChanged();

    /** The server stops: the connection should be closed once what it has accepted is done. Servers only. */
    void stopping();

    /**
     * The connection has ended, or this side has sent a close and receives no more. Nothing follows.
     *
     * @param cause why; {@code null} if this side closed it, or the peer did without a word
     */
    void lost(@Nullable Throwable cause);
}
