package dev.parley.xmlrpc.format;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.exc.StreamReadException;

/**
 * Decodes the bytes of a document by the rules of XML 1.0, appendix F: the encoding is given by a byte order mark, else
 * by the pattern of the first bytes, else by the XML declaration, else it is UTF-8. A mark and a declaration are found
 * behind leading white space too. Bytes that are malformed in the encoding are an error and never replaced.
 * Thread-safe.
 */
final class XmlEncoding {
    /** The XML declaration is searched for in this many bytes. */
    private static final int DECLARATION_BYTES = 256;

    private XmlEncoding() {}

    /**
     * Decodes a document.
     *
     * @param fallback the charset that the message around the document tells, for one that tells none itself and is not
     *     UTF-8
     * @return the characters, in an array that may be longer
     * @throws StreamReadException if the encoding is unknown, contradicts the bytes, or does not fit them
     */
    static CharBuffer decode(byte[] bytes, int offset, int length, @Nullable Charset fallback) {
        int first = length > 0 ? bytes[offset] & 0xFF : -1;
        int second = length > 1 ? bytes[offset + 1] & 0xFF : -1;
        int third = length > 2 ? bytes[offset + 2] & 0xFF : -1;
        if (first == 0xEF && second == 0xBB && third == 0xBF) {
            return decodeAs(bytes, offset + 3, length - 3, StandardCharsets.UTF_8);
        }
        if (first == 0xFF && second == 0xFE) {
            return decodeAs(bytes, offset + 2, length - 2, StandardCharsets.UTF_16LE);
        }
        if (first == 0xFE && second == 0xFF) {
            return decodeAs(bytes, offset + 2, length - 2, StandardCharsets.UTF_16BE);
        }
        if (first == '<' && second == 0) {
            return decodeAs(bytes, offset, length, StandardCharsets.UTF_16LE);
        }
        if (first == 0 && second == '<') {
            return decodeAs(bytes, offset, length, StandardCharsets.UTF_16BE);
        }
        int start = offset;
        int stop = offset + length;
        while (start < stop && XmlCursor.isBlank((char) bytes[start])) {
            start++;
        }
        boolean marked = stop - start >= 3
                && bytes[start] == (byte) 0xEF
                && bytes[start + 1] == (byte) 0xBB
                && bytes[start + 2] == (byte) 0xBF;
        Charset declared = marked ? StandardCharsets.UTF_8 : declared(bytes, start, stop - start);
        try {
            return decodeAs(bytes, offset, length, declared == null ? StandardCharsets.UTF_8 : declared);
        } catch (StreamReadException e) {
            if (declared != null || fallback == null || fallback.equals(StandardCharsets.UTF_8)) {
                throw e;
            }
            return decodeAs(bytes, offset, length, fallback);
        }
    }

    /** The encoding in the XML declaration; {@code null} if there is none. */
    private static @Nullable Charset declared(byte[] bytes, int offset, int length) {
        if (length < 6 || bytes[offset] != '<' || bytes[offset + 1] != '?' || bytes[offset + 2] != 'x') {
            return null;
        }
        String head = new String(bytes, offset, Math.min(length, DECLARATION_BYTES), StandardCharsets.ISO_8859_1);
        int end = head.indexOf("?>");
        int at = head.indexOf("encoding");
        if (at < 0 || end < at) {
            return null;
        }
        int quote = at + "encoding".length();
        while (quote < end && head.charAt(quote) != '"' && head.charAt(quote) != '\'') {
            quote++;
        }
        int close = head.indexOf(head.charAt(quote), quote + 1);
        if (close < 0 || close > end) {
            return null; // the scanner reports the broken declaration
        }
        String name = head.substring(quote + 1, close);
        Charset charset;
        try {
            charset = Charset.forName(name);
        } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
            throw new StreamReadException(
                    null, "unknown encoding '" + name + "' in the XML declaration; every peer reads UTF-8", e);
        }
        String canonical = charset.name().toUpperCase(Locale.ROOT);
        if (canonical.startsWith("UTF-16") || canonical.startsWith("UTF-32")) {
            throw new StreamReadException(
                    null, "the XML declaration says that the encoding is " + name + ", but the bytes are not");
        }
        return charset;
    }

    private static CharBuffer decodeAs(byte[] bytes, int offset, int length, Charset charset) {
        CharsetDecoder decoder = charset.newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer in = ByteBuffer.wrap(bytes, offset, length);
        CharBuffer out = CharBuffer.allocate((int) Math.ceil(length * (double) decoder.maxCharsPerByte()) + 1);
        CoderResult result = decoder.decode(in, out, true);
        if (!result.isError()) {
            result = decoder.flush(out);
        }
        if (result.isError()) {
            int at = in.position();
            throw new StreamReadException(
                    null,
                    String.format(
                            Locale.ROOT,
                            "byte 0x%02X at offset %d is not valid %s;"
                                    + " the XML declaration must give the encoding if it is not UTF-8",
                            bytes[at],
                            at - offset,
                            charset.name()));
        }
        return out.flip();
    }
}
