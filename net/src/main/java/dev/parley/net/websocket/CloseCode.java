package dev.parley.net.websocket;

/** The codes of closing handshakes that Parley sends (RFC 6455 §7.4.1). */
public final class CloseCode {
    /** The connection has done its work. */
    public static final int NORMAL = 1000;

    /** The server stops. */
    public static final int GOING_AWAY = 1001;

    /** The peer breaks the protocol. */
    public static final int PROTOCOL_ERROR = 1002;

    /** A text is not UTF-8, or a compressed message is malformed. */
    public static final int INVALID_DATA = 1007;

    /** A message takes too long. */
    public static final int POLICY_VIOLATION = 1008;

    /** A message exceeds a limit. */
    public static final int TOO_BIG = 1009;

    /** This side failed. */
    public static final int INTERNAL_ERROR = 1011;

    /** This side has no memory for a message, the peer may try again later. */
    public static final int TRY_AGAIN_LATER = 1013;

    private CloseCode() {}
}
