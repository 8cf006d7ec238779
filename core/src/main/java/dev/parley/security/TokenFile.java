package dev.parley.security;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.Principal;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The bearer tokens of a file, each with the name of who has it: lines {@code NAME:sha256:HASH}, where the hash of the
 * token, by SHA-256, is hexadecimal, as {@link #entry} and the command {@code parley token} make them. A name may have
 * several tokens. Blank lines and those that begin with {@code #} are left out. {@link #reload} reads the file anew.
 * Thread-safe.
 *
 * <p>A fast hash is enough, since tokens are long and random; passwords belong into a {@link UserFile}.
 */
public final class TokenFile implements Authenticator {
    private static final String PREFIX = "sha256:";
    private static final int TOKEN_BYTES = 32;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Path file;
    private volatile Map<String, User> users;

    private TokenFile(Path file) {
        this.file = file;
        this.users = read(file);
    }

    /**
     * Reads a file.
     *
     * @throws dev.parley.InvalidTargetException if it cannot be read, or a line is malformed or has a token that is not
     *     hashed; the message names the line, and shows no secret
     */
    public static TokenFile of(Path file) {
        return new TokenFile(Objects.requireNonNull(file, "file"));
    }

    /** A new random token of 256 bits, which fits into an HTTP header field. */
    public static String newToken() {
        byte[] bytes = new byte[TOKEN_BYTES];
        RANDOM.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /**
     * The line of a token.
     *
     * @param name who has it
     * @throws IllegalArgumentException if the name is empty, or has a colon or a line end, or begins with {@code #}
     */
    public static String entry(String name, String token) {
        if (name.isBlank() || !name.strip().equals(name) || name.startsWith("#") || name.matches("(?s).*[:\\r\\n].*")) {
            throw new IllegalArgumentException(
                    "the name must not be empty, have a colon or spaces around it, or begin with #");
        }
        return name + ":" + PREFIX + hash(token);
    }

    private static Map<String, User> read(Path file) {
        Map<String, User> users = new HashMap<>();
        Lines.read(file, false, (name, value) -> {
            String hash = value.toLowerCase(Locale.ROOT);
            if (!hash.matches(PREFIX + "[0-9a-f]{64}")) {
                throw new IllegalArgumentException("the token is not hashed; expected is NAME:sha256:HASH with 64"
                        + " hexadecimal digits, as 'parley token FILE NAME' makes it");
            }
            if (users.put(hash.substring(PREFIX.length()), new User(name)) != null) {
                throw new IllegalArgumentException("the token of " + name + " has a line already");
            }
        });
        return users;
    }

    private static String hash(String token) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }

    @Override
    public Set<Class<? extends Credentials>> accepts() {
        return Set.of(Credentials.Token.class);
    }

    @Override
    public @Nullable Principal authenticate(Credentials credentials) {
        // The hash is looked up, so that the duration tells nothing about a token: who can choose it cannot its hash.
        return credentials instanceof Credentials.Token given ? users.get(hash(given.value())) : null;
    }

    @Override
    public void reload() {
        users = read(file);
    }

    @Override
    public String toString() {
        return "TokenFile[" + file + "]";
    }
}
