package dev.parley.security;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Objects;

/**
 * What a caller proves its identity with. Immutable; no {@code toString()} shows a secret.
 *
 * <p>Further kinds may be added, so that a {@code switch} needs a {@code default}.
 */
public sealed interface Credentials {
    /**
     * A user name and password: HTTP's Basic authentication.
     *
     * @param user the user's name
     * @param password the password, perhaps empty
     */
    record Password(String user, String password) implements Credentials {
        /** Checks that both are there. */
        public Password {
            Objects.requireNonNull(user, "user");
            Objects.requireNonNull(password, "password");
        }

        @Override
        public String toString() {
            return "Password[user=" + user + "]";
        }
    }

    /**
     * A bearer token: HTTP's {@code Authorization: Bearer}.
     *
     * @param value the token
     */
    record Token(String value) implements Credentials {
        /** Checks that it is there. */
        public Token {
            Objects.requireNonNull(value, "value");
        }

        @Override
        public String toString() {
            return "Token[]";
        }
    }

    /**
     * The certificate of a TLS client, which the server's TLS context has verified.
     *
     * @param chain the client's own certificate first, then those of its authorities
     */
    record Certificate(List<X509Certificate> chain) implements Credentials {
        /**
         * Makes a copy of the list.
         *
         * @throws IllegalArgumentException if the chain is empty
         */
        public Certificate {
            chain = List.copyOf(chain);
            if (chain.isEmpty()) {
                throw new IllegalArgumentException("a chain has at least one certificate");
            }
        }

        @Override
        public String toString() {
            return "Certificate[subject=" + chain.getFirst().getSubjectX500Principal() + "]";
        }
    }

    /**
     * A public key, whose secret key the caller has proved to have: CURVE of ZeroMQ.
     *
     * @param key the key as text, as the wire's protocol writes it: 40 characters of Z85 for CURVE
     */
    record PublicKey(String key) implements Credentials {
        /** Checks that it is there. */
        public PublicKey {
            Objects.requireNonNull(key, "key");
        }
    }

    /** None: the caller has not said who it is. */
    record None() implements Credentials {}
}
