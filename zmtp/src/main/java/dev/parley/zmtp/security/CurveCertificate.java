package dev.parley.zmtp.security;

import dev.parley.InvalidTargetException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The certificate files of pyzmq and CZMQ: keys in Z85, as text. Immutable; shows no secret in messages. */
final class CurveCertificate {
    private static final Pattern KEY = Pattern.compile("(?m)^\\s*(public|secret)-key\\s*=\\s*\"([^\"]*)\"");
    /** A certificate has some 500 bytes; other files are not read whole. */
    private static final int MAX_BYTES = 64 << 10;

    private final Path file;
    private final @Nullable String publicKey;
    private final @Nullable String secretKey;

    private CurveCertificate(Path file, @Nullable String publicKey, @Nullable String secretKey) {
        this.file = file;
        this.publicKey = publicKey;
        this.secretKey = secretKey;
    }

    static CurveCertificate read(Path file) {
        String text;
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new InvalidTargetException(file + " is too large for a CURVE certificate");
            }
            text = Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new InvalidTargetException("the CURVE certificate " + file + " cannot be read: " + e, e);
        }
        String publicKey = null;
        String secretKey = null;
        Matcher keys = KEY.matcher(text);
        while (keys.find()) {
            if (keys.group(1).equals("public")) {
                publicKey = keys.group(2);
            } else {
                secretKey = keys.group(2);
            }
        }
        return new CurveCertificate(file, publicKey, secretKey);
    }

    CurveKey publicKey() {
        if (publicKey == null) {
            throw new InvalidTargetException(file + " has no public-key = \"…\": it is not a CURVE certificate");
        }
        try {
            return CurveKey.parse(publicKey);
        } catch (IllegalArgumentException e) {
            throw new InvalidTargetException(file + " has a malformed public-key: " + e.getMessage(), e);
        }
    }

    CurveKeyPair keyPair() {
        if (secretKey == null) {
            throw new InvalidTargetException(
                    file + " has no secret-key = \"…\": the file with the secret key ends in .key_secret");
        }
        CurveKeyPair pair;
        try {
            pair = CurveKeyPair.ofSecretKey(secretKey);
        } catch (IllegalArgumentException e) {
            throw new InvalidTargetException(file + " has a malformed secret-key: " + e.getMessage(), e);
        }
        if (publicKey != null && !publicKey().equals(pair.publicKey())) {
            throw new InvalidTargetException(file + " has a public-key that does not belong to its secret-key");
        }
        return pair;
    }

    static Path write(CurveKeyPair pair, Path directory, String name) throws IOException {
        if (name.isEmpty() || !Path.of(name).equals(Path.of(name).getFileName())) {
            throw new IOException("'" + name + "' is not the name of a file");
        }
        Path secret = directory.resolve(name + ".key_secret");
        create(secret, true, "Secret certificate: keep it secret", pair.publicKey(), pair.secretKeyText());
        create(directory.resolve(name + ".key"), false, "Public certificate", pair.publicKey(), null);
        return secret;
    }

    private static void create(Path file, boolean secret, String title, CurveKey publicKey, @Nullable String secretKey)
            throws IOException {
        boolean posix = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
        FileAttribute<?>[] owner = secret && posix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
        String text = "#   ZeroMQ CURVE " + title + "\n\nmetadata\ncurve\n    public-key = \"" + publicKey + "\"\n"
                + (secretKey == null ? "" : "    secret-key = \"" + secretKey + "\"\n");
        try (var channel =
                Files.newByteChannel(file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), owner)) {
            channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1)));
        }
    }
}
