package dev.parley.zmtp.mechanism;

import org.bouncycastle.crypto.engines.Salsa20Engine;
import org.bouncycastle.crypto.macs.Poly1305;
import org.bouncycastle.crypto.params.KeyParameter;
import org.bouncycastle.crypto.params.ParametersWithIV;
import org.bouncycastle.util.Arrays;

/**
 * NaCl's secretbox below its first 16 bytes of nonce, which {@link #derive} makes part of the key: Salsa20, whose first
 * 32 bytes are the key of Poly1305. Not thread-safe.
 */
final class Salsa20Poly1305 {
    static final int TAG_BYTES = 16;

    private static final byte[] ZEROS = new byte[32];
    /** "expand 32-byte k" in words. */
    private static final int[] CONSTANTS = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};

    private final Salsa20Engine engine = new Salsa20Engine();
    private final Poly1305 poly1305 = new Poly1305();
    private final byte[] macKey = new byte[32];
    private final byte[] tag = new byte[TAG_BYTES];

    /** With a key of 32 bytes. */
    Salsa20Poly1305(byte[] key) {
        engine.init(true, new ParametersWithIV(new KeyParameter(key), new byte[8]));
    }

    /** HSalsa20: a key from a key of 32 bytes and the 16 bytes of a nonce from its beginning. */
    static byte[] derive(byte[] key, byte[] nonce) {
        int[] in = new int[16];
        for (int i = 0; i < 4; i++) {
            in[5 * i] = CONSTANTS[i];
            in[1 + i] = word(key, 4 * i);
            in[6 + i] = word(nonce, 4 * i);
            in[11 + i] = word(key, 16 + 4 * i);
        }
        int[] out = new int[16];
        Salsa20Engine.salsaCore(20, in, out);
        byte[] derived = new byte[32];
        for (int i = 0; i < 4; i++) {
            // Salsa20's core adds its input, HSalsa20 does not.
            put(derived, 4 * i, out[5 * i] - in[5 * i]);
            put(derived, 16 + 4 * i, out[6 + i] - in[6 + i]);
        }
        return derived;
    }

    private static int word(byte[] bytes, int at) {
        return bytes[at] & 0xff | (bytes[at + 1] & 0xff) << 8 | (bytes[at + 2] & 0xff) << 16 | bytes[at + 3] << 24;
    }

    private static void put(byte[] bytes, int at, int word) {
        for (int i = 0; i < 4; i++) {
            bytes[at + i] = (byte) (word >> 8 * i);
        }
    }

    /** Begins a message, with the last 8 bytes of its nonce, which must not be used twice. */
    void begin(byte[] nonce, int at) {
        engine.init(true, new ParametersWithIV(null, nonce, at, 8));
        engine.processBytes(ZEROS, 0, 32, macKey, 0);
    }

    /** Encrypts or decrypts the next bytes of the message. */
    void crypt(byte[] in, int at, int length, byte[] out, int outAt) {
        engine.processBytes(in, at, length, out, outAt);
    }

    /** Writes the tag of the encrypted message, whole. */
    void tag(byte[] in, int at, int length, byte[] out, int outAt) {
        poly1305.init(new KeyParameter(macKey));
        poly1305.update(in, at, length);
        poly1305.doFinal(out, outAt);
    }

    /** Whether the tag is that of the encrypted message; in constant time. */
    boolean hasTag(byte[] in, int at, int length, byte[] expected, int expectedAt) {
        tag(in, at, length, tag, 0);
        return Arrays.constantTimeAreEqual(TAG_BYTES, tag, 0, expected, expectedAt);
    }
}
