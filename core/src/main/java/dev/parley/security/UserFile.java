package dev.parley.security;

import java.nio.file.Path;
import java.security.Principal;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The users of a file, each with the hash of a password: lines {@code NAME:$pbkdf2-sha256$ROUNDS$SALT$HASH}, or with
 * {@code sha512}, as {@link #entry} and the command {@code parley password} make them. Blank lines and those that begin
 * with {@code #} are left out. {@link #reload} reads the file anew. Thread-safe.
 */
public final class UserFile implements Authenticator {
    private final Path file;
    private volatile Content content;

    /**
     * What the file has.
     *
     * @param nobody takes as long to check as the slowest hash of a user, and no password matches
     */
    private record Content(Map<String, PasswordHash> users, PasswordHash nobody) {}

    private UserFile(Path file) {
        this.file = file;
        this.content = read(file);
    }

    /**
     * Reads a file.
     *
     * @throws dev.parley.InvalidTargetException if it cannot be read, or a line is malformed or has a password that is
     *     not hashed; the message names the line, and shows no secret
     */
    public static UserFile of(Path file) {
        return new UserFile(Objects.requireNonNull(file, "file"));
    }

    /**
     * The line of a user, with a new salt and 600,000 rounds.
     *
     * @throws IllegalArgumentException if the name is empty, or has a colon or a line end, or begins with {@code #}
     */
    public static String entry(String name, String password) {
        return entry(name, password, PasswordHash.ROUNDS);
    }

    static String entry(String name, String password, int rounds) {
        Objects.requireNonNull(password, "password");
        if (name.isBlank() || !name.strip().equals(name) || name.startsWith("#") || name.matches("(?s).*[:\\r\\n].*")) {
            throw new IllegalArgumentException(
                    "the name of a user must not be empty, have a colon or spaces around it, or begin with #");
        }
        return name + ":" + PasswordHash.of(password, rounds).encode();
    }

    private static Content read(Path file) {
        Map<String, PasswordHash> users = new HashMap<>();
        Lines.read(file, false, (name, hash) -> {
            if (users.put(name, PasswordHash.parse(hash)) != null) {
                throw new IllegalArgumentException("the user " + name + " has a line already");
            }
        });
        int rounds =
                users.values().stream().mapToInt(PasswordHash::rounds).max().orElse(PasswordHash.ROUNDS);
        return new Content(users, PasswordHash.of("", 1).withRounds(rounds));
    }

    @Override
    public Set<Class<? extends Credentials>> accepts() {
        return Set.of(Credentials.Password.class);
    }

    @Override
    public @Nullable Principal authenticate(Credentials credentials) {
        if (!(credentials instanceof Credentials.Password given)) {
            return null;
        }
        Content current = content;
        PasswordHash known = current.users().get(given.user());
        // For an unknown user too, so that the duration does not tell which users there are.
        boolean matches = (known == null ? current.nobody() : known).matches(given.password());
        return matches && known != null ? new User(given.user()) : null;
    }

    @Override
    public void reload() {
        content = read(file);
    }

    @Override
    public String toString() {
        return "UserFile[" + file + "]";
    }
}
