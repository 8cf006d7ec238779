package dev.parley.broker.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Map;

/**
 * A user with a password and grants by the name of the virtual host. Immutable.
 *
 * @param loopbackOnly whether the user can log in only from this machine
 * @param grants virtual hosts that are not among them cannot be opened
 */
public record User(String name, String password, boolean loopbackOnly, Map<String, Grant> grants) {
    /** Copies the grants. */
    public User {
        grants = Map.copyOf(grants);
    }

    /** Compares in constant time. */
    boolean hasPassword(String other) {
        return MessageDigest.isEqual(password.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
    }

    /** The name; the password stays out of logs. */
    @Override
    public String toString() {
        return name;
    }
}
