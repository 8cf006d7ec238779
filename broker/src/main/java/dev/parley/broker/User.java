package dev.parley.broker;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Map;

/** Who may log in, and what he may do where. */
record User(String name, String password, boolean loopbackOnly, Map<String, Permissions> permissions) {
    boolean hasPassword(String tried) {
        return MessageDigest.isEqual(password.getBytes(StandardCharsets.UTF_8), tried.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String toString() {
        return name;
    }
}
