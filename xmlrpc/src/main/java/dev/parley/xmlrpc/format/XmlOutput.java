package dev.parley.xmlrpc.format;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.exc.StreamWriteException;

/** UTF-8 text with XML's escapes, in a buffer in front of a stream. Not thread-safe. */
public final class XmlOutput {
    /** Characters below 128 that can be written as they are. */
    private static final boolean[] PLAIN = new boolean[128];

    private static final byte[] LT = ascii("&lt;");
    private static final byte[] GT = ascii("&gt;");
    private static final byte[] AMP = ascii("&amp;");
    private static final byte[] CR = ascii("&#13;");

    static {
        Arrays.fill(PLAIN, ' ', 128, true);
        PLAIN['\t'] = true;
        PLAIN['\n'] = true;
        PLAIN['<'] = false;
        PLAIN['>'] = false;
        PLAIN['&'] = false;
    }

    private final OutputStream out;
    private final byte[] buffer;
    private int size;

    XmlOutput(OutputStream out, byte[] buffer) {
        this.out = out;
        this.buffer = buffer;
    }

    /** The bytes of a text that is ASCII. */
    public static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Bytes that are markup already. */
    public void markup(byte[] bytes) {
        if (bytes.length > buffer.length - size) {
            drain();
            if (bytes.length > buffer.length) {
                try {
                    out.write(bytes);
                } catch (IOException e) {
                    throw JacksonIOException.construct(e);
                }
                return;
            }
        }
        System.arraycopy(bytes, 0, buffer, size, bytes.length);
        size += bytes.length;
    }

    /** Characters that are known to be ASCII without markup, such as digits. */
    void digits(String text) {
        for (int i = 0; i < text.length(); i++) {
            put((byte) text.charAt(i));
        }
    }

    void integer(int value) {
        if (value >= 0 && value < 10) {
            put((byte) ('0' + value));
        } else {
            digits(Integer.toString(value));
        }
    }

    void bytes(byte[] bytes, int from, int to) {
        int pos = from;
        while (pos < to) {
            if (size == buffer.length) {
                drain();
            }
            int part = Math.min(to - pos, buffer.length - size);
            System.arraycopy(bytes, pos, buffer, size, part);
            size += part;
            pos += part;
        }
    }

    /**
     * Text, escaped.
     *
     * @throws StreamWriteException for a character that XML 1.0 has no way to write
     */
    public void text(CharSequence text, XmlRpcGenerator generator) {
        int length = text.length();
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c < 128) {
                if (PLAIN[c]) {
                    put((byte) c);
                } else {
                    special(c, i, generator);
                }
            } else if (c < 0x800) {
                put((byte) (0xC0 | c >> 6));
                put((byte) (0x80 | c & 0x3F));
            } else if (Character.isSurrogate(c)) {
                if (!Character.isHighSurrogate(c) || i + 1 == length || !Character.isLowSurrogate(text.charAt(i + 1))) {
                    throw forbidden(c, i, generator);
                }
                int point = Character.toCodePoint(c, text.charAt(++i));
                put((byte) (0xF0 | point >> 18));
                put((byte) (0x80 | point >> 12 & 0x3F));
                put((byte) (0x80 | point >> 6 & 0x3F));
                put((byte) (0x80 | point & 0x3F));
            } else if (c >= 0xFFFE) {
                throw forbidden(c, i, generator);
            } else {
                put((byte) (0xE0 | c >> 12));
                put((byte) (0x80 | c >> 6 & 0x3F));
                put((byte) (0x80 | c & 0x3F));
            }
        }
    }

    private void special(char c, int index, XmlRpcGenerator generator) {
        switch (c) {
            case '<' -> markup(LT);
            case '>' -> markup(GT);
            case '&' -> markup(AMP);
            case '\r' -> markup(CR); // as it is, every reader would take it for a line feed
            default -> throw forbidden(c, index, generator);
        }
    }

    private static StreamWriteException forbidden(char c, int index, XmlRpcGenerator generator) {
        return new StreamWriteException(
                generator,
                String.format(
                        "the text has the character U+%04X at index %d, which XML cannot carry; send it as binary data (byte[])",
                        (int) c, index));
    }

    private void put(byte b) {
        if (size == buffer.length) {
            drain();
        }
        buffer[size++] = b;
    }

    /** Empties the buffer into the stream. */
    void drain() {
        try {
            out.write(buffer, 0, size);
        } catch (IOException e) {
            throw JacksonIOException.construct(e);
        }
        size = 0;
    }

    int buffered() {
        return size;
    }

    OutputStream target() {
        return out;
    }

    byte[] buffer() {
        return buffer;
    }
}
