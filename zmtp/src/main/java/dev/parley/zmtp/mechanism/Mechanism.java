package dev.parley.zmtp.mechanism;

import dev.parley.zmtp.security.ZmtpSecurity;
import java.security.Principal;
import org.jspecify.annotations.Nullable;

/** The security handshake of one connection. Confined to its event loop. */
public abstract class Mechanism {
    final Handshaking connection;
    final byte[] metadata;

    Mechanism(Handshaking connection, byte[] metadata) {
        this.connection = connection;
        this.metadata = metadata;
    }

    /**
     * The handshake of a new connection.
     *
     * @param metadata the properties of this side
     */
    public static Mechanism of(ZmtpSecurity security, Handshaking connection, byte[] metadata) {
        return switch (security) {
            case ZmtpSecurity.None none -> new NullMechanism(connection, metadata);
            case ZmtpSecurity.PlainClient client -> new PlainClient(client, connection, metadata);
            case ZmtpSecurity.PlainServer server -> new PlainServer(server, connection, metadata);
            case ZmtpSecurity.CurveClient client -> new CurveClient(client, connection, metadata);
            case ZmtpSecurity.CurveServer server -> new CurveServer(server, connection, metadata);
        };
    }

    /** The name in the greeting. */
    public abstract String name();

    /** Whether this side is the mechanism's server. */
    public abstract boolean isServer();

    /** The greetings have been exchanged, and name the same mechanism. */
    public void start() {}

    /** A command of the handshake was received; not ERROR. */
    public abstract void received(byte[] command);

    /** What seals the frames once the handshake is complete; {@code null} if nothing does. */
    public @Nullable FrameCipher cipher() {
        return null;
    }

    /** What the reason may be if the peer closes the connection now, to be appended to a message; empty if unknown. */
    public String hint() {
        return "";
    }

    final void established(byte[] peerMetadata, int offset, @Nullable Principal caller) {
        connection.established(peerMetadata, offset, caller);
    }

    /** Ends the connection because of an unexpected command. */
    final void unexpected(byte[] command, String expected) {
        connection.refuse("expected the command " + expected + " but found " + Commands.quotedName(command));
    }

    final void malformed(String command) {
        connection.refuse("malformed command " + command);
    }
}
