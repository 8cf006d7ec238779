package dev.parley.net.http;

import dev.parley.spi.Decoding;
import java.io.IOException;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Inflates one content in gzip or deflate. Nothing may follow its end but zeros, with which some programs pad. Confined
 * to the thread that decodes the message.
 */
final class ContentInflater implements AutoCloseable {
    /** How many gzip members a content may have: programs that compress in parallel make one of each 64 KiB or more. */
    static final int MAX_MEMBERS = 10_000;

    private static final int TRAILER = 8;

    private final byte[] data;
    private final InflatedContent out;
    private final Inflater inflater;

    /**
     * An inflater.
     *
     * @param raw whether the data has neither a header nor a trailer that the JDK's inflater reads
     */
    private ContentInflater(byte[] data, boolean raw, int limit, Decoding decoding) {
        this.data = data;
        this.out = new InflatedContent(data.length * 4L, limit, decoding);
        this.inflater = new Inflater(raw);
    }

    static byte[] gzip(byte[] data, int limit, Decoding decoding)
            throws IOException, InflatedContent.TooLargeException {
        try (ContentInflater content = new ContentInflater(data, true, limit, decoding)) {
            return content.members();
        }
    }

    static byte[] deflate(byte[] data, int limit, Decoding decoding)
            throws IOException, InflatedContent.TooLargeException {
        // By deflate RFC 9110 means zlib, but several peers send raw deflate. A zlib header has method 8 and is a
        // multiple of 31.
        boolean zlib =
                data.length >= 2 && (data[0] & 0x0f) == 8 && (((data[0] & 0xff) << 8) | (data[1] & 0xff)) % 31 == 0;
        try (ContentInflater content = new ContentInflater(data, !zlib, limit, decoding)) {
            int end = content.stream(0);
            if (!content.isPadding(end)) {
                throw new IOException("something follows the end of the deflate data");
            }
            return content.out.take();
        }
    }

    private byte[] members() throws IOException, InflatedContent.TooLargeException {
        int at = 0;
        for (int members = 0; members == 0 || !isPadding(at); members++) {
            if (members == MAX_MEMBERS) {
                throw new IOException("there are more than the " + MAX_MEMBERS + " gzip members allowed");
            }
            at = member(at);
        }
        return out.take();
    }

    /** Inflates a member and returns where it ends. */
    private int member(int start) throws IOException, InflatedContent.TooLargeException {
        int before = out.length();
        inflater.reset();
        int end = stream(GzipHeader.end(data, start));
        if (data.length - end < TRAILER) {
            throw new IOException(ContentCoding.TRUNCATED);
        }
        CRC32 crc = new CRC32();
        crc.update(out.array(), before, out.length() - before);
        if (number(end) != (int) crc.getValue() || number(end + 4) != out.length() - before) {
            throw new IOException("the checksum or length of the gzip data is wrong");
        }
        return end + TRAILER;
    }

    private int number(int at) {
        return (data[at] & 0xff)
                | (data[at + 1] & 0xff) << 8
                | (data[at + 2] & 0xff) << 16
                | (data[at + 3] & 0xff) << 24;
    }

    /** Inflates from here to the end of the compressed data, and returns where that is. */
    private int stream(int start) throws IOException, InflatedContent.TooLargeException {
        inflater.setInput(data, start, data.length - start);
        try {
            while (!inflater.finished()) {
                if (out.inflate(inflater) == 0 && !inflater.finished()) {
                    throw new IOException(
                            inflater.needsDictionary()
                                    ? "it needs a preset dictionary, which HTTP does not have"
                                    : ContentCoding.TRUNCATED);
                }
            }
        } catch (DataFormatException e) {
            throw new IOException(e.getMessage() == null ? "it is malformed" : e.getMessage());
        }
        return data.length - inflater.getRemaining();
    }

    private boolean isPadding(int start) {
        for (int i = start; i < data.length; i++) {
            if (data[i] != 0) {
                return false;
            }
        }
        return true;
    }

    /** Frees the native memory of the inflater. */
    @Override
    public void close() {
        inflater.end();
    }
}
