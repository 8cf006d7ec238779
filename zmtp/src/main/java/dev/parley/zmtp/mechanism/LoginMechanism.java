package dev.parley.zmtp.mechanism;

import dev.parley.security.Credentials;
import dev.parley.spi.Login;
import dev.parley.zmtp.security.LoginCheck;
import java.security.Principal;
import java.util.function.Consumer;

/** The server of a mechanism with credentials. Refuses by the status codes of ZAP, as libzmq does. */
abstract class LoginMechanism extends Mechanism {
    private final LoginCheck check;
    private boolean checking;

    LoginMechanism(LoginCheck check, Handshaking connection, byte[] metadata) {
        super(connection, metadata);
        this.check = check;
    }

    @Override
    public final boolean isServer() {
        return true;
    }

    @Override
    public final void received(byte[] command) {
        if (checking) {
            connection.refuse("unexpected command " + Commands.quotedName(command) + " before its login was decided");
        } else {
            next(command);
        }
    }

    /** A command was received, while no login is being checked. */
    abstract void next(byte[] command);

    /** Checks credentials, and goes on with who has them or ends the connection. */
    final void check(Credentials credentials, Consumer<Principal> accepted) {
        checking = true;
        check.check(credentials, connection.peer())
                .whenComplete((login, error) -> connection.execute(() -> {
                    checking = false;
                    if (login instanceof Login.Accepted known) {
                        accepted.accept(known.caller());
                    } else if (login instanceof Login.Refused) {
                        connection.send(Commands.error("400"));
                        connection.refuse("the credentials are wrong: " + credentials);
                    } else {
                        connection.send(Commands.error("300"));
                        connection.refuse("the credentials cannot be checked now");
                    }
                }));
    }
}
