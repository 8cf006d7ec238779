package dev.parley.zmtp.mechanism;

/** NULL: both sides send READY. */
final class NullMechanism extends Mechanism {
    NullMechanism(Handshaking connection, byte[] metadata) {
        super(connection, metadata);
    }

    @Override
    public String name() {
        return "NULL";
    }

    @Override
    public boolean isServer() {
        return false;
    }

    @Override
    public void start() {
        connection.send(Commands.of("READY", metadata));
    }

    @Override
    public void received(byte[] command) {
        if (Commands.is(command, "READY")) {
            established(command, 6, null);
        } else {
            unexpected(command, "READY");
        }
    }
}
