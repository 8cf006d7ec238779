package dev.parley.zmtp.mechanism;

import dev.parley.security.Credentials;
import dev.parley.zmtp.security.ZmtpSecurity;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import org.jspecify.annotations.Nullable;

/** PLAIN as server: checks the user name and password of HELLO. */
final class PlainServer extends LoginMechanism {
    private @Nullable Principal caller;

    PlainServer(ZmtpSecurity.PlainServer security, Handshaking connection, byte[] metadata) {
        super(security.check(), connection, metadata);
    }

    @Override
    public String name() {
        return "PLAIN";
    }

    @Override
    void next(byte[] command) {
        if (caller != null) {
            if (Commands.is(command, "INITIATE")) {
                connection.send(Commands.of("READY", metadata));
                established(command, 9, caller);
            } else {
                unexpected(command, "INITIATE");
            }
        } else if (!Commands.is(command, "HELLO")) {
            unexpected(command, "HELLO");
        } else {
            Credentials credentials = credentials(command);
            if (credentials == null) {
                malformed("HELLO");
            } else {
                check(credentials, known -> {
                    caller = known;
                    connection.send(Commands.of("WELCOME"));
                });
            }
        }
    }

    private static @Nullable Credentials credentials(byte[] hello) {
        int user = 6;
        int password = user < hello.length ? user + 1 + (hello[user] & 0xff) : hello.length;
        if (password >= hello.length || password + 1 + (hello[password] & 0xff) != hello.length) {
            return null;
        }
        return new Credentials.Password(
                new String(hello, user + 1, password - user - 1, StandardCharsets.UTF_8),
                new String(hello, password + 1, hello.length - password - 1, StandardCharsets.UTF_8));
    }
}
