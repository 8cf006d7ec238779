package dev.parley.spi;

import dev.parley.security.Credentials;
import dev.parley.security.ExpiringPrincipal;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Credentials that have been accepted lately, by a keyed hash, so that memory holds no secret and nobody can choose what
 * collides. Thread-safe.
 */
final class AcceptedLogins {
    private static final int MAX_ENTRIES = 10_000;
    private static final String ALGORITHM = "HmacSHA256";

    private final long timeNanos;
    private final SecretKeySpec secret;
    /** The oldest first. Guarded by this. */
    private final Map<String, Remembered> entries = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Remembered> eldest) {
            return size() > MAX_ENTRIES;
        }
    };

    /** Counts how often all was forgotten. Guarded by this. */
    private long generation;

    private record Remembered(Principal caller, long nanos) {}

    AcceptedLogins(Duration time) {
        this.timeNanos = time.toNanos();
        byte[] random = new byte[32];
        new SecureRandom().nextBytes(random);
        this.secret = new SecretKeySpec(random, ALGORITHM);
    }

    /** What credentials are remembered by; {@code null} if they are not remembered. */
    @Nullable
    String key(Credentials credentials) {
        if (timeNanos == 0) {
            return null;
        }
        return switch (credentials) {
            case Credentials.Password given -> hash("p" + given.user().length(), given.user() + given.password());
            case Credentials.Token given -> hash("t", given.value());
            default -> null;
        };
    }

    private String hash(String kind, String text) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(secret);
            return HexFormat.of().formatHex(mac.doFinal((kind + ":" + text).getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java runtime has " + ALGORITHM, e);
        }
    }

    synchronized @Nullable Principal find(@Nullable String key) {
        if (key == null) {
            return null;
        }
        Remembered found = entries.get(key);
        if (found == null) {
            return null;
        }
        if (System.nanoTime() - found.nanos() > timeNanos || hasExpired(found.caller())) {
            entries.remove(key);
            return null;
        }
        return found.caller();
    }

    private static boolean hasExpired(Principal caller) {
        return caller instanceof ExpiringPrincipal expiring && !Instant.now().isBefore(expiring.expiresAt());
    }

    synchronized long generation() {
        return generation;
    }

    /** Remembers credentials, unless all has been forgotten since this generation. */
    synchronized void add(@Nullable String key, Principal caller, long since) {
        if (key != null && since == generation) {
            entries.put(key, new Remembered(caller, System.nanoTime()));
        }
    }

    synchronized void forget() {
        generation++;
        entries.clear();
    }
}
