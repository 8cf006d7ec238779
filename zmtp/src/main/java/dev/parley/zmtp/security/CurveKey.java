package dev.parley.zmtp.security;

import dev.parley.InvalidTargetException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A public key of CURVE: 32 bytes. Immutable. */
public final class CurveKey {
    /** The length of a key in bytes, public or secret. */
    public static final int BYTES = 32;

    private final byte[] bytes;

    private CurveKey(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * A key of these bytes.
     *
     * @throws IllegalArgumentException if they are not 32
     */
    public static CurveKey of(byte[] bytes) {
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException("a CURVE key has 32 bytes, not " + bytes.length);
        }
        return new CurveKey(bytes.clone());
    }

    /**
     * Reads a public key: 40 characters of Z85, as ZeroMQ writes keys, or 64 hexadecimal digits.
     *
     * @throws IllegalArgumentException if the text is neither
     */
    public static CurveKey parse(String text) {
        return new CurveKey(decode(Objects.requireNonNull(text, "text")));
    }

    /**
     * Reads the public key of a certificate file, as {@code zmq.auth.create_certificates} of pyzmq, CZMQ and
     * {@link CurveKeyPair#write} make it.
     *
     * @throws InvalidTargetException if the file cannot be read or has no valid public key
     */
    public static CurveKey read(Path file) {
        return CurveCertificate.read(file).publicKey();
    }

    /** The bytes of a key as text. The message of the exception does not show the text: it may be a secret. */
    static byte[] decode(String text) {
        byte[] bytes = null;
        if (text.length() == 40) {
            bytes = Z85.decode(text);
        } else if (text.length() == 64) {
            bytes = hex(text);
        }
        if (bytes == null) {
            throw new IllegalArgumentException(
                    "a CURVE key is 40 characters of Z85 or 64 hexadecimal digits, not these " + text.length()
                            + " characters");
        }
        return bytes;
    }

    private static byte @Nullable [] hex(String text) {
        try {
            return HexFormat.of().parseHex(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** A copy of the key's bytes. */
    public byte[] bytes() {
        return bytes.clone();
    }

    /** The key in hexadecimal digits, for addresses: some characters of Z85 have a meaning in a URL. */
    public String hex() {
        return HexFormat.of().formatHex(bytes);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof CurveKey key && Arrays.equals(bytes, key.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** The key in Z85, as ZeroMQ writes it. */
    @Override
    public String toString() {
        return Z85.encode(bytes);
    }
}
