package dev.parley.zmtp.mechanism;

import io.netty.util.concurrent.FastThreadLocal;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Seals and opens the frames of a connection: each is a MESSAGE of CURVE. The nonces of both directions count up, so
 * that nothing can be replayed, left out by half, or sent in another order. Confined to the connection's event loop.
 */
public final class FrameCipher {
    /** By how much a sealed frame is longer: the command's name, a nonce, a tag and the flags. */
    public static final int OVERHEAD = 33;

    /** The flag of a frame that others of the same message follow. */
    public static final int MORE = 1;
    /** The flag of a command. */
    public static final int COMMAND = 2;

    private static final byte[] NAME = "\7MESSAGE".getBytes(StandardCharsets.US_ASCII);
    private static final int NONCE = 8;
    private static final int TAG = 16;
    private static final int FLAGS = 32;

    /** Up to this length sealed frames are in the buffer of the thread. */
    private static final int BUFFER_BYTES = 17 << 10;

    private static final FastThreadLocal<byte[]> BUFFER = new FastThreadLocal<>() {
        @Override
        protected byte[] initialValue() {
            return new byte[BUFFER_BYTES];
        }
    };

    private final Salsa20Poly1305 sealing;
    private final Salsa20Poly1305 opening;
    private final byte[] flag = new byte[1];
    private long sent;
    private long received;
    private @Nullable String problem;

    /**
     * The cipher of one side.
     *
     * @param sent the last nonce that this side has used
     * @param received the last nonce that the peer has used
     */
    private FrameCipher(Salsa20Poly1305 sealing, Salsa20Poly1305 opening, long sent, long received) {
        this.sealing = sealing;
        this.opening = opening;
        this.sent = sent;
        this.received = received;
    }

    static FrameCipher ofClient(Box box, long sent, long received) {
        return new FrameCipher(box.cipher("CurveZMQMESSAGEC"), box.cipher("CurveZMQMESSAGES"), sent, received);
    }

    static FrameCipher ofServer(Box box, long sent, long received) {
        return new FrameCipher(box.cipher("CurveZMQMESSAGES"), box.cipher("CurveZMQMESSAGEC"), sent, received);
    }

    static void putLong(byte[] target, int at, long value) {
        for (int i = 0; i < 8; i++) {
            target[at + i] = (byte) (value >> 56 - 8 * i);
        }
    }

    static long getLong(byte[] source, int at) {
        long value = 0;
        for (int i = 0; i < 8; i++) {
            value = value << 8 | source[at + i] & 0xff;
        }
        return value;
    }

    /** An array for a sealed frame: one that later frames of the same thread use too, unless it is a large frame. */
    public static byte[] buffer(int length) {
        return length <= BUFFER_BYTES ? BUFFER.get() : new byte[length];
    }

    /**
     * Seals a part of an array as a frame.
     *
     * @param flags {@link #MORE}, {@link #COMMAND}, or 0
     * @return a {@link #buffer} that begins with the sealed frame, {@link #OVERHEAD} bytes longer than the part
     */
    public byte[] seal(byte[] plain, int at, int length, int flags) {
        byte[] sealed = buffer(OVERHEAD + length);
        System.arraycopy(NAME, 0, sealed, 0, NONCE);
        putLong(sealed, NONCE, ++sent);
        flag[0] = (byte) flags;
        sealing.begin(sealed, NONCE);
        sealing.crypt(flag, 0, 1, sealed, FLAGS);
        sealing.crypt(plain, at, length, sealed, OVERHEAD);
        sealing.tag(sealed, FLAGS, 1 + length, sealed, TAG);
        return sealed;
    }

    /** Opens a sealed frame at the beginning of an array; {@code null} if it has a {@link #problem}. */
    public byte @Nullable [] open(byte[] sealed, int length) {
        problem = problem(sealed, length);
        if (problem != null) {
            return null;
        }
        opening.begin(sealed, NONCE);
        if (!opening.hasTag(sealed, FLAGS, length - FLAGS, sealed, TAG)) {
            problem = "a MESSAGE that was not sealed with the keys of this connection, or was changed on its way";
            return null;
        }
        received = getLong(sealed, NONCE);
        opening.crypt(sealed, FLAGS, 1, flag, 0);
        byte[] plain = new byte[length - OVERHEAD];
        opening.crypt(sealed, OVERHEAD, plain.length, plain, 0);
        return plain;
    }

    private @Nullable String problem(byte[] sealed, int length) {
        for (int i = 0; i < NONCE; i++) {
            if (i >= length || sealed[i] != NAME[i]) {
                return "an unencrypted frame on a connection with CURVE";
            }
        }
        if (length < OVERHEAD) {
            return "a MESSAGE of " + length + " bytes, expected at least " + OVERHEAD;
        }
        return Long.compareUnsigned(getLong(sealed, NONCE), received) > 0
                ? null
                : "a MESSAGE whose nonce is not greater than the one before: it was replayed";
    }

    /** Why the last frame could not be opened. */
    public String problem() {
        return String.valueOf(problem);
    }

    /** The flags of the frame that was opened last. */
    public int flags() {
        return flag[0] & 0xff;
    }
}
