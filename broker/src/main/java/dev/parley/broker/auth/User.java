package dev.parley.broker.auth;

import dev.parley.broker.Permissions;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Map;

/** Who may log in, and what he may do where. */
public record User(String name, String password, boolean loopbackOnly, Map<String, Permissions> permissions) {
    public boolean hasPassword(String tried) {
        return MessageDigest.isEqual(password.getBytes(StandardCharsets.UTF_8), tried.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String toString() {
        return name;
    }
}
