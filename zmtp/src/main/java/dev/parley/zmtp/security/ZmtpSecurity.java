package dev.parley.zmtp.security;

import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * The security mechanism of a socket, and whether it acts as the mechanism's client or server. That does not depend on
 * which side binds. Both sides must use the same mechanism. Immutable; no {@code toString()} shows a secret.
 */
public sealed interface ZmtpSecurity {
    /** No security: anybody may connect, and everything is sent in the clear. The default. */
    static ZmtpSecurity none() {
        return None.NONE;
    }

    /**
     * PLAIN as client: a user name and password, which are sent in the clear.
     *
     * @throws IllegalArgumentException if one of them has more than 255 bytes
     */
    static ZmtpSecurity plainClient(String user, String password) {
        return new PlainClient(user, password);
    }

    /** PLAIN as server. */
    static ZmtpSecurity plainServer(LoginCheck check) {
        return new PlainServer(check);
    }

    /**
     * CURVE as client: everything is encrypted, and only the server that has the secret key can be talked to.
     *
     * @param serverKey the server's public key
     * @param keys the client's own keys
     */
    static ZmtpSecurity curveClient(CurveKey serverKey, CurveKeyPair keys) {
        return new CurveClient(serverKey, keys);
    }

    /**
     * CURVE as server.
     *
     * @param keys the server's keys
     * @param check decides by the public key of a client, whose secret key the client has proved to have
     */
    static ZmtpSecurity curveServer(CurveKeyPair keys, LoginCheck check) {
        return new CurveServer(keys, check);
    }

    /** See {@link ZmtpSecurity#none}. */
    record None() implements ZmtpSecurity {
        private static final None NONE = new None();
    }

    /**
     * See {@link ZmtpSecurity#plainClient}.
     *
     * @param user the user's name
     * @param password the password
     */
    record PlainClient(String user, String password) implements ZmtpSecurity {
        /** Checks their lengths. */
        public PlainClient {
            check(user, "user");
            check(password, "password");
        }

        private static void check(String text, String name) {
            int bytes = Objects.requireNonNull(text, name).getBytes(StandardCharsets.UTF_8).length;
            if (bytes > 255) {
                throw new IllegalArgumentException("the " + name + " has " + bytes + " bytes; PLAIN allows 255");
            }
        }

        @Override
        public String toString() {
            return "PlainClient[user=" + user + "]";
        }
    }

    /**
     * See {@link ZmtpSecurity#plainServer}.
     *
     * @param check decides who may connect
     */
    record PlainServer(LoginCheck check) implements ZmtpSecurity {
        /** Checks that it is there. */
        public PlainServer {
            Objects.requireNonNull(check, "check");
        }
    }

    /**
     * See {@link ZmtpSecurity#curveClient}.
     *
     * @param serverKey the server's public key
     * @param keys the client's own keys
     */
    record CurveClient(CurveKey serverKey, CurveKeyPair keys) implements ZmtpSecurity {
        /** Checks that both are there. */
        public CurveClient {
            Objects.requireNonNull(serverKey, "serverKey");
            Objects.requireNonNull(keys, "keys");
        }
    }

    /**
     * See {@link ZmtpSecurity#curveServer}.
     *
     * @param keys the server's keys
     * @param check decides who may connect
     */
    record CurveServer(CurveKeyPair keys, LoginCheck check) implements ZmtpSecurity {
        /** Checks that both are there. */
        public CurveServer {
            Objects.requireNonNull(keys, "keys");
            Objects.requireNonNull(check, "check");
        }
    }
}
