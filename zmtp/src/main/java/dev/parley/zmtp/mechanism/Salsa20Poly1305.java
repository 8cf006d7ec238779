package dev.parley.zmtp.mechanism;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.bouncycastle.crypto.engines.Salsa20Engine;
import org.bouncycastle.crypto.macs.Poly1305;
import org.bouncycastle.crypto.params.KeyParameter;
import org.bouncycastle.util.Arrays;

/**
 * NaCl's secretbox below its first 16 bytes of nonce, which {@link #derive} makes part of the key: Salsa20, whose first
 * 32 bytes are the key of Poly1305. Not thread-safe.
 *
 * <p>Blocks are computed by the core of Bouncy Castle's engine. The engine around it takes as long again for a short
 * message, since it is made for streams: it sets up its key and parameters anew and goes byte by byte.
 */
final class Salsa20Poly1305 {
    static final int TAG_BYTES = 16;

    private static final int BLOCK_BYTES = 64;
    private static final int ROUNDS = 20;
    /** "expand 32-byte k" in words. */
    private static final int[] CONSTANTS = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};

    private static final VarHandle WORDS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private final Poly1305 poly1305 = new Poly1305();
    private final int[] input;
    private final int[] words = new int[16];
    private final byte[] block = new byte[BLOCK_BYTES];
    /** How much of the block has been used. */
    private int used;

    private final byte[] macKey = new byte[32];
    private final byte[] tag = new byte[TAG_BYTES];

    /** With a key of 32 bytes. */
    Salsa20Poly1305(byte[] key) {
        input = input(key);
    }

    /** The input of the core: constants and key, with room for a nonce and a counter. */
    private static int[] input(byte[] key) {
        int[] in = new int[16];
        for (int i = 0; i < 4; i++) {
            in[5 * i] = CONSTANTS[i];
            in[1 + i] = word(key, 4 * i);
            in[11 + i] = word(key, 16 + 4 * i);
        }
        return in;
    }

    /** HSalsa20: a key from a key of 32 bytes and the 16 bytes of a nonce from its beginning. */
    static byte[] derive(byte[] key, byte[] nonce) {
        int[] in = input(key);
        for (int i = 0; i < 4; i++) {
            in[6 + i] = word(nonce, 4 * i);
        }
        int[] out = new int[16];
        Salsa20Engine.salsaCore(ROUNDS, in, out);
        byte[] derived = new byte[32];
        for (int i = 0; i < 4; i++) {
            // Salsa20's core adds its input, HSalsa20 does not.
            put(derived, 4 * i, out[5 * i] - in[5 * i]);
            put(derived, 16 + 4 * i, out[6 + i] - in[6 + i]);
        }
        return derived;
    }

    private static int word(byte[] bytes, int at) {
        return (int) WORDS.get(bytes, at);
    }

    private static void put(byte[] bytes, int at, int word) {
        WORDS.set(bytes, at, word);
    }

    /** Begins a message, with the last 8 bytes of its nonce, which must not be used twice. */
    void begin(byte[] nonce, int at) {
        input[6] = word(nonce, at);
        input[7] = word(nonce, at + 4);
        input[8] = 0;
        input[9] = 0;
        nextBlock();
        System.arraycopy(block, 0, macKey, 0, macKey.length);
        used = macKey.length;
    }

    private void nextBlock() {
        Salsa20Engine.salsaCore(ROUNDS, input, words);
        for (int i = 0; i < words.length; i++) {
            put(block, 4 * i, words[i]);
        }
        used = 0;
        // A message of more than 2^32 blocks does not fit into an array.
        input[8]++;
    }

    /** Encrypts or decrypts the next bytes of the message. */
    void crypt(byte[] in, int at, int length, byte[] out, int outAt) {
        for (int done = 0; done < length; ) {
            if (used == BLOCK_BYTES) {
                nextBlock();
            }
            int count = Math.min(length - done, BLOCK_BYTES - used);
            for (int i = 0; i < count; i++) {
                out[outAt + done + i] = (byte) (in[at + done + i] ^ block[used + i]);
            }
            used += count;
            done += count;
        }
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
