package dev.parley.jsonrpc.stream;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the headers of the Language Server Protocol's base protocol: names in any case, lines ended by CRLF or by LF
 * alone. Confined to the connection's event loop.
 */
final class HeaderReader {
    /** The largest header, in bytes. */
    static final int MAX = 4096;

    private static final Logger log = LoggerFactory.getLogger(HeaderReader.class);

    private static final Pattern END = Pattern.compile("\\n\\r?\\n");
    private static final Pattern FIELD = Pattern.compile("(?i)content-(length|type)[ \\t]*:.*", Pattern.DOTALL);

    private final boolean tolerant;

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

    /**
     * Reads a header and removes it from the buffer.
     *
     * @return the length of the body; -1 if the header is not complete
     */
    long read(ByteBuf in) throws HeaderException {
        while (true) {
            int limit = Math.min(in.readableBytes(), MAX);
            String text = in.toString(in.readerIndex(), limit, StandardCharsets.ISO_8859_1);
            int line = text.indexOf('\n');
            if (tolerant && line >= 0 && !FIELD.matcher(text.substring(0, line)).matches()) {
                log.debug("skipped a line before a header: {}", printable(text.substring(0, line)));
                in.skipBytes(line + 1);
                continue;
            }
            Matcher end = END.matcher(text);
            if (!end.find()) {
                if (limit == MAX) {
                    throw new HeaderException("the header is longer than " + MAX + " bytes");
                }
                return -1;
            }
            in.skipBytes(end.end());
            return length(text.substring(0, end.start()));
        }
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
                throw new HeaderException("header \"" + printable(field)
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

    static String printable(String text) {
        String shown = text.length() > 60 ? text.substring(0, 60) + "…" : text;
        return shown.replaceAll("[^\\x20-\\x7e…]", "?");
    }
}
