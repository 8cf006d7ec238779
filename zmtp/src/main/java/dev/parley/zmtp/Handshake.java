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
    private static final int MECHANISM_AT = 12;
    private static final int MECHANISM_BYTES = 20;
    private static final int AS_SERVER_AT = 32;

    private Handshake() {}

    /** Our greeting, of ZMTP 3.1. */
    static byte[] greeting(String mechanism, boolean asServer) {
        byte[] greeting = new byte[GREETING_BYTES];
        greeting[0] = (byte) 0xff;
        greeting[8] = 1;
        greeting[9] = 0x7f;
        greeting[10] = 3;
        greeting[11] = 1;
        System.arraycopy(mechanism.getBytes(StandardCharsets.US_ASCII), 0, greeting, MECHANISM_AT, mechanism.length());
        greeting[AS_SERVER_AT] = (byte) (asServer ? 1 : 0);
        return greeting;
    }

    /** The properties of a socket that it tells its peers. */
    static byte[] metadata(SocketType type) {
        String name = type.name();
        byte[] metadata = new byte[12 + 4 + name.length() + (type.hasIdentity() ? 9 + 4 : 0)];
        int at = put(metadata, 0, "Socket-Type");
        metadata[at + 3] = (byte) name.length();
        System.arraycopy(name.getBytes(StandardCharsets.US_ASCII), 0, metadata, at + 4, name.length());
        if (type.hasIdentity()) {
            put(metadata, at + 4 + name.length(), "Identity");
        }
        return metadata;
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

    /**
     * The error in the part of a greeting that has arrived; {@code null} if there is none.
     *
     * @param expected our mechanism
     * @param asServer whether we are its server
     */
    static @Nullable String greetingError(ByteBuf greeting, String expected, boolean asServer) {
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
            String mechanism = greeting.toString(start + MECHANISM_AT, MECHANISM_BYTES, StandardCharsets.US_ASCII);
            int zero = mechanism.indexOf(0);
            mechanism = zero < 0 ? mechanism : mechanism.substring(0, zero);
            if (!mechanism.equals(expected)) {
                return "the peer's security mechanism is " + quoted(mechanism) + ", expected " + expected;
            }
            // libzmq always says that it is not the server.
            if (asServer && greeting.getByte(start + AS_SERVER_AT) == 1 && !expected.equals("NULL")) {
                return "both sides are servers of the security mechanism " + expected;
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

    /** The properties from this offset on, by their names in lower case; {@code null} if they are malformed. */
    static @Nullable Map<String, String> properties(byte[] ready, int offset) {
        Map<String, String> properties = new LinkedHashMap<>();
        int at = offset;
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

    /** Text from a peer for a log or an error message. */
    static String quoted(String text) {
        return "'" + PrintableText.line(text) + "'";
    }
}
