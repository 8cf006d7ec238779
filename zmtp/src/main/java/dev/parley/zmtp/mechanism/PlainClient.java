package dev.parley.zmtp.mechanism;

import dev.parley.zmtp.security.ZmtpSecurity;

/** PLAIN as client: sends HELLO with user name and password, waits for WELCOME, sends INITIATE, waits for READY. */
final class PlainClient extends Mechanism {
    private final ZmtpSecurity.PlainClient login;
    private boolean welcomed;

    PlainClient(ZmtpSecurity.PlainClient login, Handshaking connection, byte[] metadata) {
        super(connection, metadata);
        this.login = login;
    }

    @Override
    public String name() {
        return "PLAIN";
    }

    @Override
    public boolean isServer() {
        return false;
    }

    @Override
    public void start() {
        connection.send(Commands.of("HELLO", Commands.shortText(login.user()), Commands.shortText(login.password())));
    }

    @Override
    public void received(byte[] command) {
        if (!welcomed) {
            if (!Commands.is(command, "WELCOME")) {
                unexpected(command, "WELCOME");
            } else if (command.length != 8) {
                malformed("WELCOME");
            } else {
                welcomed = true;
                connection.send(Commands.of("INITIATE", metadata));
            }
        } else if (Commands.is(command, "READY")) {
            established(command, 6, null);
        } else {
            unexpected(command, "READY");
        }
    }
}
