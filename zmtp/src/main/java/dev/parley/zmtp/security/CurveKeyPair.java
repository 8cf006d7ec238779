package dev.parley.zmtp.security;

import dev.parley.InvalidTargetException;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Objects;
import org.bouncycastle.math.ec.rfc7748.X25519;

/**
 * A secret key of CURVE and its public key. {@code toString()} shows the public key only. Immutable.
 *
 * <p>A server needs a key pair; its clients need the public key. A client needs a key pair where the server accepts
 * certain clients only.
 */
public final class CurveKeyPair {
    private static final SecureRandom RANDOM = new SecureRandom();

    private final byte[] secretKey;
    private final CurveKey publicKey;

    private CurveKeyPair(byte[] secretKey) {
        this.secretKey = secretKey;
        byte[] bytes = new byte[CurveKey.BYTES];
        X25519.generatePublicKey(secretKey, 0, bytes, 0);
        this.publicKey = CurveKey.of(bytes);
    }

    /** A new random pair. */
    public static CurveKeyPair generate() {
        byte[] bytes = new byte[CurveKey.BYTES];
        X25519.generatePrivateKey(RANDOM, bytes);
        return new CurveKeyPair(bytes);
    }

    /**
     * The pair of a secret key: 40 characters of Z85 or 64 hexadecimal digits.
     *
     * @throws IllegalArgumentException if the text is neither; the message does not show it
     */
    public static CurveKeyPair ofSecretKey(String secretKey) {
        return new CurveKeyPair(CurveKey.decode(Objects.requireNonNull(secretKey, "secretKey")));
    }

    /**
     * Reads a file with a secret key, as {@code zmq.auth.create_certificates} of pyzmq, CZMQ and {@link #write} make
     * it: {@code NAME.key_secret}.
     *
     * @throws InvalidTargetException if the file cannot be read, has no valid secret key, or a public key that does not
     *     belong to it
     */
    public static CurveKeyPair read(Path file) {
        return CurveCertificate.read(file).keyPair();
    }

    /**
     * Writes the certificate files {@code NAME.key}, with the public key, and {@code NAME.key_secret}, which its owner
     * alone may read where the file system has such permissions. Does not replace files.
     *
     * @param directory where, existing
     * @return the file with the secret key
     * @throws IOException if a file exists or cannot be written
     */
    public Path write(Path directory, String name) throws IOException {
        return CurveCertificate.write(this, directory, name);
    }

    /** The public key. */
    public CurveKey publicKey() {
        return publicKey;
    }

    /** A copy of the secret key's bytes, which belong into no log. */
    public byte[] secretKey() {
        return secretKey.clone();
    }

    /** The secret key in Z85, as ZeroMQ's libraries take it; it belongs into no log. */
    public String secretKeyText() {
        return Z85.encode(secretKey);
    }

    /** The public key alone. */
    @Override
    public String toString() {
        return "CurveKeyPair[publicKey=" + publicKey + "]";
    }
}
