package dev.parley.broker.auth;

/** What a client logs in with. Immutable; no text of them shows a password. */
public sealed interface Credentials {
    /** They cannot be read, so that they are those of nobody. */
    Credentials MALFORMED = new Malformed();

    /** A name and a password. */
    record Password(String name, String password) implements Credentials {
        /** The name; the password stays out of logs. */
        @Override
        public String toString() {
            return name;
        }
    }

    /** The distinguished name of a TLS client certificate that was verified. */
    record Certificate(String distinguishedName) implements Credentials {}

    /** Nothing that can be read. */
    record Malformed() implements Credentials {}
}
