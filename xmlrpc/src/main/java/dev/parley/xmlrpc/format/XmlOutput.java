package dev.parley.xmlrpc.format;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.exc.StreamWriteException;

/**
 * Writes XML to a stream through a buffer: markup, and text with its escapes, in UTF-8 or in ASCII with references to
 * the characters beyond it. A stream that fails throws {@link JacksonIOException}.
 *
 * <p>Not thread-safe.
 */
public final class XmlOutput {
    /** The characters below 128 that need no escape. */
    private static final boolean[] PLAIN = new boolean[128];

    private static final byte[] LT = ascii("&lt;");
    private static final byte[] GT = ascii("&gt;");
    private static final byte[] AMP = ascii("&amp;");
    private static final byte[] CR = ascii("&#13;");
    private static final byte[] LF = ascii("&#10;");

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
    private final boolean ascii;
    private int size;

    XmlOutput(OutputStream out, byte[] buffer, boolean ascii) {
        this.out = out;
        this.buffer = buffer;
        this.ascii = ascii;
    }

    /** The bytes of a text that is ASCII. */
    public static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Writes bytes that are XML already. */
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

    /** Writes text that is known to be ASCII and to need no escapes, such as digits. */
    void plain(String ascii) {
        for (int i = 0; i < ascii.length(); i++) {
            put((byte) ascii.charAt(i));
        }
    }

    /** Writes a number in decimal digits. */
    void integer(int value) {
        if (value >= 0 && value < 10) {
            put((byte) ('0' + value));
        } else {
            plain(Integer.toString(value));
        }
    }

    /** Writes bytes that need no escapes, of any length. */
    void bytes(byte[] bytes) {
        int pos = 0;
        while (pos < bytes.length) {
            if (size == buffer.length) {
                drain();
            }
            int part = Math.min(bytes.length - pos, buffer.length - size);
            System.arraycopy(bytes, pos, buffer, size, part);
            size += part;
            pos += part;
        }
    }

    /**
     * Writes text with escapes.
     *
     * @param generator the generator named in the error
     * @throws StreamWriteException for a character that XML 1.0 cannot carry
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
            } else if (Character.isSurrogate(c)) {
                if (!Character.isHighSurrogate(c) || i + 1 == length || !Character.isLowSurrogate(text.charAt(i + 1))) {
                    throw unwritable(c, i, generator);
                }
                beyondAscii(Character.toCodePoint(c, text.charAt(++i)));
            } else if (c >= 0xFFFE) {
                throw unwritable(c, i, generator);
            } else {
                beyondAscii(c);
            }
        }
    }

    private void beyondAscii(int point) {
        if (ascii) {
            plain("&#" + point + ";");
        } else if (point < 0x800) {
            put((byte) (0xC0 | point >> 6));
            put((byte) (0x80 | point & 0x3F));
        } else if (point < 0x10000) {
            put((byte) (0xE0 | point >> 12));
            put((byte) (0x80 | point >> 6 & 0x3F));
            put((byte) (0x80 | point & 0x3F));
        } else {
            put((byte) (0xF0 | point >> 18));
            put((byte) (0x80 | point >> 12 & 0x3F));
            put((byte) (0x80 | point >> 6 & 0x3F));
            put((byte) (0x80 | point & 0x3F));
        }
    }

    /**
     * Writes the name of a member. Line feeds in it are escaped, since a reader may take those around a name for
     * indentation.
     */
    void name(String name, XmlRpcGenerator generator) {
        int from = 0;
        for (int lf = name.indexOf('\n'); lf >= 0; lf = name.indexOf('\n', from)) {
            text(name.substring(from, lf), generator);
            markup(LF);
            from = lf + 1;
        }
        text(from == 0 ? name : name.substring(from), generator);
    }

    private void special(char c, int index, XmlRpcGenerator generator) {
        switch (c) {
            case '<' -> markup(LT);
            case '>' -> markup(GT);
            case '&' -> markup(AMP);
            case '\r' -> markup(CR); // readers turn an unescaped one into a line feed
            default -> throw unwritable(c, index, generator);
        }
    }

    private static StreamWriteException unwritable(char c, int index, XmlRpcGenerator generator) {
        return new StreamWriteException(
                generator,
                String.format(
                        "the text has the character U+%04X at index %d, which XML cannot carry;"
                                + " send it as binary data (byte[])",
                        (int) c, index));
    }

    private void put(byte b) {
        if (size == buffer.length) {
            drain();
        }
        buffer[size++] = b;
    }

    /** Writes the buffer to the stream, without flushing that. */
    void drain() {
        try {
            out.write(buffer, 0, size);
        } catch (IOException e) {
            throw JacksonIOException.construct(e);
        }
        size = 0;
    }

    /** The number of bytes in the buffer. */
    int buffered() {
        return size;
    }

    /** The buffer, to be given back when the document is complete. */
    byte[] buffer() {
        return buffer;
    }
}
