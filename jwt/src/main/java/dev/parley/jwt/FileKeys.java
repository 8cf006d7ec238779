package dev.parley.jwt;

import dev.parley.InvalidTargetException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The keys of a file, read when it is made and at {@link #reload}. Thread-safe. */
final class FileKeys implements KeySource {
    /** A file of more bytes than this has no keys. */
    private static final int MAX_BYTES = 1 << 20;

    private final Path file;
    private final boolean secret;
    private volatile List<VerificationKey> keys;

    /**
     * Reads a file.
     *
     * @param secret whether it is a shared secret, not a JWK set or PEM
     * @throws InvalidTargetException if it cannot be used; the message shows no secret
     */
    FileKeys(Path file, boolean secret) {
        this.file = file;
        this.secret = secret;
        this.keys = read(file, secret);
    }

    private static List<VerificationKey> read(Path file, boolean secret) {
        String text;
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new InvalidTargetException(file + " has more than " + MAX_BYTES + " bytes");
            }
            text = new String(bytes, StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw new InvalidTargetException(file + " cannot be read: " + e, e);
        }
        try {
            return secret ? List.of(KeyReader.secret(text)) : KeyReader.read(text);
        } catch (IllegalArgumentException e) {
            throw new InvalidTargetException(file + ": " + e.getMessage());
        }
    }

    @Override
    public List<VerificationKey> keys() {
        return keys;
    }

    @Override
    public List<VerificationKey> newerKeys() {
        return keys;
    }

    @Override
    public void reload() {
        keys = read(file, secret);
    }

    @Override
    public String toString() {
        return file.toString();
    }
}
