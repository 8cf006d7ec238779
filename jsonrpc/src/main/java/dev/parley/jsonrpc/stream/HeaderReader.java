package dev.parley.jsonrpc.stream;

import dev.parley.spi.PrintableText;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the headers of the Language Server Protocol's base protocol: names in any case, lines ended by CRLF or by LF
 * alone. Confined to the connection's event loop.
 */
final class HeaderReader {
    /** How much of a line is quoted, in {@code char}s. */
    private static final int MAX_QUOTED = 60;

    /** The largest header, in bytes. */
    static final int MAX = 4096;

    private static final Logger log = LoggerFactory.getLogger(HeaderReader.class);

    private static final Pattern FIELD = Pattern.compile("(?i)content-(length|type)[ \\t]*:.*", Pattern.DOTALL);

    private final boolean tolerant;
    private boolean skipping;

    /**
     * A reader.
     *
     * @param tolerant whether lines before a header and unknown fields are skipped: servers that are child processes
     *     print logs there
     */
    HeaderReader(boolean tolerant) {
        this.tolerant = tolerant;
    }

    /** A header that is malformed, so that it is unknown where the next message starts. */
    static final class HeaderException extends Exception {
        HeaderException(String message) {
            super(message);
        }
    }

    /** Whether a line longer than a header is being skipped, so that what comes next is its rest. */
    boolean isSkipping() {
        return skipping;
    }

    /**
     * Reads a header and removes it from the buffer.
     *
     * @return the length of the body; -1 if the header is not complete
     */
    long read(ByteBuf in) throws HeaderException {
        while (true) {
            int limit = Math.min(in.readableBytes(), MAX);
            int line = find(in, 0, limit);
            if (tolerant && (skipping || (line >= 0 || limit == MAX) && !isField(in, line < 0 ? limit : line))) {
                skipping = line < 0;
                in.skipBytes(line < 0 ? limit : line + 1);
                if (in.isReadable()) {
                    continue;
                }
                return -1;
            }
            int end = end(in, line, limit);
            if (end >= 0) {
                String header = text(in, end);
                in.skipBytes(end);
                return length(header);
            }
            if (limit == MAX) {
                throw new HeaderException("the header is longer than " + MAX + " bytes");
            }
            return -1;
        }
    }

    private static boolean isField(ByteBuf in, int line) {
        String text = text(in, line);
        boolean field = FIELD.matcher(text).matches();
        if (!field) {
            log.debug("skipped a line before a header: {}", PrintableText.line(text, MAX_QUOTED));
        }
        return field;
    }

    /** Where the blank line ends that ends the header whose first line ends there; -1 if it has not come. */
    private static int end(ByteBuf in, int firstLine, int limit) {
        int line = firstLine;
        while (line >= 0) {
            int next = find(in, line + 1, limit);
            int length = next - line - 1;
            if (length == 0 || length == 1 && in.getByte(in.readerIndex() + line + 1) == '\r') {
                return next + 1;
            }
            line = next;
        }
        return -1;
    }

    /** The index of a line feed, counted from the reader index; -1 if there is none. */
    private static int find(ByteBuf in, int from, int limit) {
        int start = in.readerIndex();
        int found = in.indexOf(start + from, start + limit, (byte) '\n');
        return found < 0 ? -1 : found - start;
    }

    private static String text(ByteBuf in, int length) {
        return in.toString(in.readerIndex(), length, StandardCharsets.ISO_8859_1);
    }

    private long length(String header) throws HeaderException {
        long length = -1;
        for (String field : header.split("\\r?\\n")) {
            int colon = field.indexOf(':');
            String name = colon < 0 ? "" : field.substring(0, colon).strip().toLowerCase(Locale.ROOT);
            String value = field.substring(colon + 1).strip();
            if (name.equals("content-length") && length < 0 && value.matches("[0-9]{1,18}")) {
                length = Long.parseLong(value);
            } else if (name.equals("content-length") || (name.equals("content-type") ? !isUtf8(value) : !tolerant)) {
                throw new HeaderException("header \"" + PrintableText.line(field, MAX_QUOTED)
                        + "\"; it must be one Content-Length, and Content-Type with charset utf-8 if any");
            }
        }
        if (length < 0) {
            throw new HeaderException("the header has no Content-Length");
        }
        return length;
    }

    private static boolean isUtf8(String contentType) {
        String lower = contentType.toLowerCase(Locale.ROOT);
        int charset = lower.indexOf("charset=");
        // "utf8" is what early language servers wrote; the specification asks to take it.
        return charset < 0
                || lower.substring(charset + 8).replace("\"", "").strip().matches("utf-?8([;\\s].*)?");
    }
}
