package dev.parley.zmtp.mechanism;

import java.security.Principal;
import org.jspecify.annotations.Nullable;

/** A connection whose handshake is in progress. Confined to its event loop, except for {@link #execute}. */
public interface Handshaking {
    /** Sends a command. */
    void send(byte[] command);

    /**
     * The handshake is complete.
     *
     * @param metadata what has the properties of the peer
     * @param offset where they begin
     * @param caller who the peer is; {@code null} if the mechanism does not say
     */
    void established(byte[] metadata, int offset, @Nullable Principal caller);

    /** Ends the connection, since the peer broke the protocol or may not connect. */
    void refuse(String reason);

    /** Runs a task on the event loop, unless the connection has ended. */
    void execute(Runnable task);

    /** The network address of the peer. */
    String peer();
}
