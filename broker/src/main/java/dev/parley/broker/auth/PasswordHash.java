package dev.parley.broker.auth;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Set;

/**
 * A password as RabbitMQ keeps it: four octets of salt, then the digest of salt and password. Immutable; its text shows
 * neither.
 */
public final class PasswordHash {
    /** RabbitMQ's default algorithm. */
    public static final String SHA256 = "rabbit_password_hashing_sha256";

    private static final String SHA512 = "rabbit_password_hashing_sha512";
    private static final String MD5 = "rabbit_password_hashing_md5";
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int SALT = 4;

    private final String algorithm;
    private final byte[] octets;

    private PasswordHash(String algorithm, byte[] octets) {
        this.algorithm = algorithm;
        this.octets = octets;
    }

    /** Hashes a password. */
    public static PasswordHash of(String password) {
        byte[] salt = new byte[SALT];
        RANDOM.nextBytes(salt);
        return new PasswordHash(SHA256, digest(SHA256, salt, password));
    }

    /** No password: nobody can log in with one. */
    public static PasswordHash none() {
        return new PasswordHash(SHA256, new byte[0]);
    }

    /**
     * Reads what {@link #text()} returns.
     *
     * @param algorithm as RabbitMQ names it: {@link #SHA256}, or with {@code sha512} or {@code md5} at its end
     * @throws IllegalArgumentException if the algorithm is unknown, or the text not Base64
     */
    public static PasswordHash parse(String algorithm, String text) {
        javaName(algorithm);
        return new PasswordHash(algorithm, Base64.getDecoder().decode(text));
    }

    /** Whether an algorithm is known. */
    public static boolean isAlgorithm(String algorithm) {
        return Set.of(SHA256, SHA512, MD5).contains(algorithm);
    }

    private static String javaName(String algorithm) {
        return switch (algorithm) {
            case SHA256 -> "SHA-256";
            case SHA512 -> "SHA-512";
            case MD5 -> "MD5";
            default -> throw new IllegalArgumentException("unknown hashing algorithm '" + algorithm + "'");
        };
    }

    private static byte[] digest(String algorithm, byte[] salt, String password) {
        try {
            MessageDigest digest = MessageDigest.getInstance(javaName(algorithm));
            digest.update(salt);
            byte[] hash = digest.digest(password.getBytes(StandardCharsets.UTF_8));
            byte[] octets = Arrays.copyOf(salt, SALT + hash.length);
            System.arraycopy(hash, 0, octets, SALT, hash.length);
            return octets;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Whether this is the password. Compares in constant time. */
    boolean matches(String password) {
        byte[] salt = Arrays.copyOf(octets, SALT);
        return MessageDigest.isEqual(octets, digest(algorithm, salt, password));
    }

    /** The name of the algorithm in RabbitMQ. */
    public String algorithm() {
        return algorithm;
    }

    /** Salt and digest in Base64; empty if there is no password. */
    public String text() {
        return Base64.getEncoder().encodeToString(octets);
    }

    @Override
    public String toString() {
        return "***";
    }
}
