package dev.parley.zmtp.mechanism;

import dev.parley.zmtp.security.CurveKey;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import org.bouncycastle.math.ec.rfc7748.X25519;
import org.jspecify.annotations.Nullable;

/**
 * NaCl's {@code crypto_box}, with the key that two key pairs share computed once, and its {@code crypto_secretbox}.
 * Nonces have 24 bytes. Immutable.
 */
final class Box {
    /** By how much a box is longer than what is in it. */
    static final int OVERHEAD = Salsa20Poly1305.TAG_BYTES;

    static final int NONCE_BYTES = 24;

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final byte[] ZERO_NONCE = new byte[16];

    private final byte[] key;

    private Box(byte[] key) {
        this.key = key;
    }

    /** The box between a secret key and another's public key; {@code null} if the public key is unusable. */
    static @Nullable Box of(byte[] secretKey, byte[] publicKey) {
        byte[] shared = new byte[CurveKey.BYTES];
        return X25519.calculateAgreement(secretKey, 0, publicKey, 0, shared, 0)
                ? new Box(Salsa20Poly1305.derive(shared, ZERO_NONCE))
                : null;
    }

    /** The secretbox of a key. */
    static Box ofKey(byte[] key) {
        return new Box(key.clone());
    }

    static byte[] random(int length) {
        byte[] bytes = new byte[length];
        RANDOM.nextBytes(bytes);
        return bytes;
    }

    /** A nonce of a prefix of 16 bytes and a counter. */
    static byte[] nonce(String prefix, long counter) {
        byte[] nonce = Arrays.copyOf(prefix.getBytes(StandardCharsets.US_ASCII), NONCE_BYTES);
        FrameCipher.putLong(nonce, 16, counter);
        return nonce;
    }

    /** A nonce of a prefix of 8 bytes and 16 bytes from another array. */
    static byte[] nonce(String prefix, byte[] source, int at) {
        byte[] nonce = Arrays.copyOf(prefix.getBytes(StandardCharsets.US_ASCII), NONCE_BYTES);
        System.arraycopy(source, at, nonce, 8, 16);
        return nonce;
    }

    byte[] seal(byte[] nonce, byte[] plain) {
        byte[] box = new byte[OVERHEAD + plain.length];
        Salsa20Poly1305 cipher = cipher(nonce);
        cipher.begin(nonce, 16);
        cipher.crypt(plain, 0, plain.length, box, OVERHEAD);
        cipher.tag(box, OVERHEAD, plain.length, box, 0);
        return box;
    }

    /** What is in a part of an array; {@code null} if it is not a box of this key and nonce. */
    byte @Nullable [] open(byte[] nonce, byte[] box, int at, int length) {
        int plain = length - OVERHEAD;
        if (plain < 0) {
            return null;
        }
        Salsa20Poly1305 cipher = cipher(nonce);
        cipher.begin(nonce, 16);
        if (!cipher.hasTag(box, at + OVERHEAD, plain, box, at)) {
            return null;
        }
        byte[] opened = new byte[plain];
        cipher.crypt(box, at + OVERHEAD, plain, opened, 0);
        return opened;
    }

    /** What seals many messages whose nonces begin with the same 16 bytes. */
    Salsa20Poly1305 cipher(byte[] nonce) {
        return new Salsa20Poly1305(Salsa20Poly1305.derive(key, nonce));
    }

    Salsa20Poly1305 cipher(String noncePrefix) {
        return cipher(noncePrefix.getBytes(StandardCharsets.US_ASCII));
    }
}
