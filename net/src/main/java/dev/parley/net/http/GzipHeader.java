package dev.parley.net.http;

import java.io.IOException;
import java.util.zip.CRC32;

/** Finds the end of the header of a gzip member (RFC 1952 §2.3). Stateless and thread-safe. */
final class GzipHeader {
    private static final int FIXED = 10;
    private static final int CHECKED = 2;
    private static final int EXTRA = 4;
    private static final int NAME = 8;
    private static final int COMMENT = 16;
    private static final int RESERVED = 0xe0;

    private GzipHeader() {}

    /**
     * Where the compressed data of a member starts.
     *
     * @param start where the member starts
     * @throws IOException if there is no gzip header, or not all of it
     */
    static int end(byte[] data, int start) throws IOException {
        if (data.length - start < 2 || (data[start] & 0xff) != 0x1f || (data[start + 1] & 0xff) != 0x8b) {
            throw new IOException(
                    start == 0 ? "it does not start as gzip does" : "something follows the end of the gzip data");
        }
        need(data, start + FIXED);
        if (data[start + 2] != 8) {
            throw new IOException("unknown compression method " + (data[start + 2] & 0xff) + " of gzip; known is 8");
        }
        int flags = data[start + 3];
        if ((flags & RESERVED) != 0) {
            throw new IOException("a gzip header has reserved flags set");
        }
        int at = start + FIXED;
        if ((flags & EXTRA) != 0) {
            need(data, at + 2);
            at += 2 + (data[at] & 0xff) + ((data[at + 1] & 0xff) << 8);
        }
        if ((flags & NAME) != 0) {
            at = afterZero(data, at);
        }
        if ((flags & COMMENT) != 0) {
            at = afterZero(data, at);
        }
        need(data, at);
        if ((flags & CHECKED) != 0) {
            need(data, at + 2);
            CRC32 crc = new CRC32();
            crc.update(data, start, at - start);
            int given = (data[at] & 0xff) + ((data[at + 1] & 0xff) << 8);
            if ((crc.getValue() & 0xffff) != given) {
                throw new IOException("the checksum of a gzip header is wrong");
            }
            at += 2;
        }
        return at;
    }

    private static int afterZero(byte[] data, int start) throws IOException {
        int at = start;
        need(data, at);
        while (at < data.length && data[at] != 0) {
            at++;
        }
        need(data, at + 1);
        return at + 1;
    }

    private static void need(byte[] data, int end) throws IOException {
        if (end > data.length) {
            throw new IOException(ContentCoding.TRUNCATED);
        }
    }
}
