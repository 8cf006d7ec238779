package dev.parley.security;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.concurrent.Semaphore;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * The hash of a password by PBKDF2 with SHA-256 or SHA-512, in the form that passlib and others write:
 * {@code $pbkdf2-sha256$ROUNDS$SALT$HASH}, Base64 with a dot for the plus and without padding. Immutable.
 */
final class PasswordHash {
    /** What OWASP recommends for PBKDF2 with SHA-256. */
    static final int ROUNDS = 600_000;

    /** A hash with more rounds than this would stop the server. */
    private static final int MAX_ROUNDS = 10_000_000;

    private static final int SALT_BYTES = 16;
    private static final Pattern FORM =
            Pattern.compile("\\$pbkdf2-(sha256|sha512)\\$([0-9]{1,9})\\$([A-Za-z0-9./]*)\\$([A-Za-z0-9./]+)");
    private static final SecureRandom RANDOM = new SecureRandom();

    /** Half of the processors at most hash, so that the other half can serve. Fair. */
    private static final Semaphore PROCESSORS =
            new Semaphore(Math.max(1, Runtime.getRuntime().availableProcessors() / 2), true);

    private final String digest;
    private final int rounds;
    private final byte[] salt;
    private final byte[] hash;

    private PasswordHash(String digest, int rounds, byte[] salt, byte[] hash) {
        this.digest = digest;
        this.rounds = rounds;
        this.salt = salt;
        this.hash = hash;
    }

    /** A hash of a password with a new salt. */
    static PasswordHash of(String password, int rounds) {
        byte[] salt = new byte[SALT_BYTES];
        RANDOM.nextBytes(salt);
        return new PasswordHash("sha256", rounds, salt, derive("sha256", password, salt, rounds, 32));
    }

    /**
     * Reads a hash.
     *
     * @throws IllegalArgumentException if it is not of this form; the message does not contain it
     */
    static PasswordHash parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw new IllegalArgumentException(problem(text));
        }
        int rounds = Integer.parseInt(form.group(2));
        if (rounds < 1 || rounds > MAX_ROUNDS) {
            throw new IllegalArgumentException("the number of rounds must be from 1 to " + MAX_ROUNDS);
        }
        byte[] hash = decode(form.group(4));
        if (hash.length < 16) {
            throw new IllegalArgumentException("the hash is too short");
        }
        return new PasswordHash(form.group(1), rounds, decode(form.group(3)), hash);
    }

    private static String problem(String text) {
        String expected = "; expected is $pbkdf2-sha256$ROUNDS$SALT$HASH, as 'parley password FILE NAME' makes it";
        return (text.matches("\\$2[abxy]?\\$.*")
                        ? "bcrypt is not supported"
                        : text.startsWith("$") || text.startsWith("{")
                                ? "this kind of hash is not supported"
                                : "the password is not hashed")
                + expected;
    }

    int rounds() {
        return rounds;
    }

    /** Whether this is the hash of the password. Takes long. */
    boolean matches(String password) {
        return MessageDigest.isEqual(hash, derive(digest, password, salt, rounds, hash.length));
    }

    /** This hash, which is of no known password, with other rounds: takes as long as another one. */
    PasswordHash withRounds(int other) {
        return new PasswordHash(digest, other, salt, hash);
    }

    /** The text that {@link #parse} reads. */
    String encode() {
        return "$pbkdf2-" + digest + "$" + rounds + "$" + encode(salt) + "$" + encode(hash);
    }

    private static byte[] derive(String digest, String password, byte[] salt, int rounds, int length) {
        PROCESSORS.acquireUninterruptibly();
        PBEKeySpec spec = new PBEKeySpec(
                password.toCharArray(), salt.length == 0 ? new byte[1] : salt, Math.max(1, rounds), length * 8);
        try {
            String algorithm = digest.equals("sha256") ? "PBKDF2WithHmacSHA256" : "PBKDF2WithHmacSHA512";
            return SecretKeyFactory.getInstance(algorithm).generateSecret(spec).getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java runtime has PBKDF2 with " + digest, e);
        } finally {
            spec.clearPassword();
            PROCESSORS.release();
        }
    }

    private static byte[] decode(String text) {
        return Base64.getDecoder().decode(text.replace('.', '+'));
    }

    private static String encode(byte[] bytes) {
        return Base64.getEncoder().withoutPadding().encodeToString(bytes).replace('+', '.');
    }

    /** Does not show the hash. */
    @Override
    public String toString() {
        return "PasswordHash[pbkdf2-" + digest + ", " + rounds + " rounds]";
    }
}
