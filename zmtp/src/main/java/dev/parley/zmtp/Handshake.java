package dev.parley.zmtp;

import dev.parley.spi.PrintableText;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Encodes and decodes the greeting and the commands of ZMTP 3.1. Thread-safe. */
final class Handshake {
    /** The length of a greeting. */
    static final int GREETING_BYTES = 64;
    /** The maximum length of a command; READY with the longest identity has some 300 bytes. */
    static final int MAX_COMMAND_BYTES = 4096;

    private static final int SIGNATURE_BYTES = 10;
    private static final int MECHANISM_BYTES = 20;

    private Handshake() {}

    /** Our greeting: ZMTP 3.1, mechanism NULL, the same bytes as libzmq's. */
    static byte[] greeting() {
        byte[] greeting = new byte[GREETING_BYTES];
        greeting[0] = (byte) 0xff;
        greeting[8] = 1;
        greeting[9] = 0x7f;
        greeting[10] = 3;
        greeting[11] = 1;
        System.arraycopy("NULL".getBytes(StandardCharsets.US_ASCII), 0, greeting, 12, 4);
        return greeting;
    }

    /** Our READY command, in its frame. */
    static byte[] ready(SocketType type) {
        String name = type.name();
        byte[] body = new byte[6 + 12 + 4 + name.length() + (type.hasIdentity() ? 9 + 4 : 0)];
        int at = put(body, 0, "READY");
        at = put(body, at, "Socket-Type");
        body[at + 3] = (byte) name.length();
        System.arraycopy(name.getBytes(StandardCharsets.US_ASCII), 0, body, at + 4, name.length());
        if (type.hasIdentity()) {
            put(body, at + 4 + name.length(), "Identity");
        }
        return command(body);
    }

    /** An ERROR command, in its frame. */
    static byte[] error(String reason) {
        byte[] text = reason.getBytes(StandardCharsets.US_ASCII);
        int length = Math.min(text.length, 200);
        byte[] body = new byte[6 + 1 + length];
        put(body, 0, "ERROR");
        body[6] = (byte) length;
        System.arraycopy(text, 0, body, 7, length);
        return command(body);
    }

    /** A command in its frame. */
    static byte[] command(byte[] body) {
        boolean isLong = body.length > 255;
        byte[] frame = new byte[(isLong ? 9 : 2) + body.length];
        frame[0] = (byte) (isLong ? ZmtpDecoder.COMMAND | ZmtpDecoder.LONG : ZmtpDecoder.COMMAND);
        if (isLong) {
            frame[7] = (byte) (body.length >> 8);
            frame[8] = (byte) body.length;
        } else {
            frame[1] = (byte) body.length;
        }
        System.arraycopy(body, 0, frame, frame.length - body.length, body.length);
        return frame;
    }

    private static int put(byte[] target, int at, String name) {
        target[at] = (byte) name.length();
        System.arraycopy(name.getBytes(StandardCharsets.US_ASCII), 0, target, at + 1, name.length());
        return at + 1 + name.length();
    }

    /** The error in the part of a greeting that has arrived; {@code null} if there is none. */
    static @Nullable String greetingError(ByteBuf greeting) {
        int length = Math.min(greeting.readableBytes(), GREETING_BYTES);
        int start = greeting.readerIndex();
        if (length > 0 && greeting.getUnsignedByte(start) != 0xff
                || length >= SIGNATURE_BYTES && (greeting.getByte(start + 9) & 1) == 0) {
            return "the bytes are not a ZMTP greeting" + looksLike(greeting.getUnsignedByte(start));
        }
        if (length > SIGNATURE_BYTES && greeting.getUnsignedByte(start + 10) < 3) {
            return "unsupported version ZMTP " + greeting.getUnsignedByte(start + 10) + ", expected 3.0 or later";
        }
        if (length == GREETING_BYTES) {
            String mechanism = greeting.toString(start + 12, MECHANISM_BYTES, StandardCharsets.US_ASCII);
            int zero = mechanism.indexOf(0);
            mechanism = zero < 0 ? mechanism : mechanism.substring(0, zero);
            if (!mechanism.equals("NULL")) {
                return "unsupported security mechanism " + quoted(mechanism) + ", expected NULL";
            }
        }
        return null;
    }

    /** What begins with such a byte. */
    private static String looksLike(int first) {
        if (first == 0x16) {
            return " but TLS, which ZMTP does not have";
        }
        return first >= 'A' && first <= 'Z' ? " but text, such as HTTP" : "";
    }

    /** The name of a command; empty if it has none. */
    static String name(byte[] command) {
        int length = command.length == 0 ? 0 : command[0] & 0xff;
        return length >= command.length ? "" : new String(command, 1, length, StandardCharsets.US_ASCII);
    }

    /** The properties of a READY command, by their names in lower case; {@code null} if it is malformed. */
    static @Nullable Map<String, String> properties(byte[] ready) {
        Map<String, String> properties = new LinkedHashMap<>();
        int at = 6;
        while (at < ready.length) {
            int nameLength = ready[at] & 0xff;
            if (nameLength == 0 || at + 1 + nameLength + 4 > ready.length) {
                return null;
            }
            String name = new String(ready, at + 1, nameLength, StandardCharsets.US_ASCII);
            at += 1 + nameLength;
            int length = (ready[at] & 0xff) << 24
                    | (ready[at + 1] & 0xff) << 16
                    | (ready[at + 2] & 0xff) << 8
                    | ready[at + 3] & 0xff;
            at += 4;
            if (length < 0 || length > ready.length - at) {
                return null;
            }
            properties.put(name.toLowerCase(Locale.ROOT), new String(ready, at, length, StandardCharsets.ISO_8859_1));
            at += length;
        }
        return properties;
    }

    /** The reason of an ERROR command. */
    static String reason(byte[] error) {
        int length = error.length > 6 ? Math.min(error[6] & 0xff, error.length - 7) : 0;
        return quoted(new String(error, Math.min(7, error.length), length, StandardCharsets.US_ASCII));
    }

    /** Text from a peer for a log or an error message. */
    static String quoted(String text) {
        return "'" + PrintableText.line(text) + "'";
    }
}
