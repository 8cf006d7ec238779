package dev.parley.zmtp.security;

import org.jspecify.annotations.Nullable;

/** ZeroMQ's text form of binary data (RFC 32): five characters for four bytes. Stateless. */
final class Z85 {
    private static final String DIGITS =
            "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";

    private Z85() {}

    /** The text of bytes whose number is a multiple of four. */
    static String encode(byte[] bytes) {
        StringBuilder text = new StringBuilder(bytes.length / 4 * 5);
        for (int i = 0; i < bytes.length; i += 4) {
            long value = (bytes[i] & 0xffL) << 24
                    | (bytes[i + 1] & 0xffL) << 16
                    | (bytes[i + 2] & 0xffL) << 8
                    | bytes[i + 3] & 0xffL;
            for (long power = 85L * 85 * 85 * 85; power > 0; power /= 85) {
                text.append(DIGITS.charAt((int) (value / power % 85)));
            }
        }
        return text.toString();
    }

    /** The bytes of a text; {@code null} if it is not Z85. */
    static byte @Nullable [] decode(String text) {
        if (text.length() % 5 != 0) {
            return null;
        }
        byte[] bytes = new byte[text.length() / 5 * 4];
        for (int block = 0; block < text.length() / 5; block++) {
            long value = 0;
            for (int i = 5 * block; i < 5 * block + 5; i++) {
                int digit = DIGITS.indexOf(text.charAt(i));
                if (digit < 0) {
                    return null;
                }
                value = value * 85 + digit;
            }
            if (value > 0xffff_ffffL) {
                return null;
            }
            for (int i = 0; i < 4; i++) {
                bytes[4 * block + i] = (byte) (value >> 24 - 8 * i);
            }
        }
        return bytes;
    }
}
