package dev.parley.zerorpc.channel;

import dev.parley.InvalidTargetException;
import dev.parley.security.Authenticator;
import dev.parley.security.Credentials;
import dev.parley.security.User;
import dev.parley.zmtp.security.CurveKey;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Principal;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Accepts the clients whose public certificates are in a folder, as the {@code location} of pyzmq's
 * {@code configure_curve} is one: each is known by the name of its file without {@code .key}. Thread-safe.
 */
final class ClientKeys implements Authenticator {
    /** Instead of a folder: accepts every client, known by its key. */
    static final String ANY = "any";

    private static final String SUFFIX = ".key";

    private final String location;
    private volatile Map<String, User> users;

    /**
     * Reads the certificates.
     *
     * @param location {@link #ANY}, a folder, or the certificate of the only client
     * @throws InvalidTargetException if one cannot be read
     */
    ClientKeys(String location) {
        this.location = location;
        this.users = read(location);
    }

    private static Map<String, User> read(String location) {
        Map<String, User> users = new HashMap<>();
        if (location.equals(ANY)) {
            return users;
        }
        Path path = Path.of(location);
        if (!Files.isDirectory(path)) {
            add(users, path);
            return users;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(path, "*" + SUFFIX)) {
            files.forEach(file -> add(users, file));
        } catch (IOException | DirectoryIteratorException e) {
            throw new InvalidTargetException("client_keys=" + location + " cannot be read: " + e, e);
        }
        return users;
    }

    private static void add(Map<String, User> users, Path file) {
        String name = String.valueOf(file.getFileName());
        String key = CurveKey.read(file).toString();
        users.put(key, new User(name.endsWith(SUFFIX) ? name.substring(0, name.length() - SUFFIX.length()) : name));
    }

    @Override
    public Set<Class<? extends Credentials>> accepts() {
        return Set.of(Credentials.PublicKey.class);
    }

    @Override
    public @Nullable Principal authenticate(Credentials credentials) {
        if (!(credentials instanceof Credentials.PublicKey given)) {
            return null;
        }
        return location.equals(ANY) ? new User(given.key()) : users.get(given.key());
    }

    @Override
    public void reload() {
        users = read(location);
    }
}
