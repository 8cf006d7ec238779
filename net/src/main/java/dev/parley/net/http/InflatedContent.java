package dev.parley.net.http;

import dev.parley.spi.Decoding;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Inflated bytes: grows as they come, up to a limit, and charges the message before it grows. Confined to the thread that
 * decodes the message.
 */
public final class InflatedContent {
    /** How many bytes are inflated between two looks at whether the message is still wanted. */
    private static final int STEP = 64 << 10;

    private final int limit;
    private final Decoding decoding;
    private byte[] bytes;
    private int length;

    /** The content exceeds the limit. */
    public static final class TooLargeException extends Exception {
        private static final long serialVersionUID = 1;

        TooLargeException(int limit) {
            super("the inflated content exceeds the limit of " + limit + " bytes");
        }
    }

    /**
     * No content yet.
     *
     * @param expected a guess at its size in bytes
     * @param limit the largest size in bytes
     */
    public InflatedContent(long expected, int limit, Decoding decoding) {
        this.limit = limit;
        this.decoding = decoding;
        int first = (int) Math.clamp(expected, Math.min(512, limit + 1L), Math.min(limit + 1L, STEP));
        decoding.take(first);
        this.bytes = new byte[first];
    }

    /** How many bytes have been inflated. */
    public int length() {
        return length;
    }

    /** The bytes inflated so far, from 0 to {@link #length()}; valid until more is inflated. */
    byte[] array() {
        return bytes;
    }

    /**
     * Inflates some more of the inflater's input.
     *
     * @return how many bytes it were; 0 if the inflater needs input or a dictionary, or has finished
     * @throws TooLargeException if the content exceeds the limit
     * @throws DataFormatException if the input is malformed
     */
    public int inflate(Inflater inflater) throws TooLargeException, DataFormatException {
        if (length == bytes.length) {
            grow();
        }
        decoding.check();
        int more = inflater.inflate(bytes, length, Math.min(STEP, bytes.length - length));
        length += more;
        if (length > limit) {
            throw new TooLargeException(limit);
        }
        return more;
    }

    private void grow() {
        int before = bytes.length;
        int after = (int) Math.min(before * 2L, limit + 1L);
        decoding.take(after);
        bytes = Arrays.copyOf(bytes, after);
        decoding.give(before);
    }

    /** Gives the content up. */
    public void drop() {
        decoding.give(bytes.length);
        bytes = new byte[0];
        length = 0;
    }

    /** The content, which is the caller's from now on. */
    public byte[] take() {
        if (length == bytes.length) {
            return bytes;
        }
        int before = bytes.length;
        decoding.take(length);
        byte[] all = Arrays.copyOf(bytes, length);
        decoding.give(before);
        bytes = all;
        return all;
    }
}
