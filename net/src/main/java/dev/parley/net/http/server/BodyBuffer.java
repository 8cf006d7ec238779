package dev.parley.net.http.server;

import dev.parley.spi.MessageCharge;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Collects a body or a message. Grows with the data received, not with the length announced, and charges the message
 * before it grows. Not thread-safe.
 */
public final class BodyBuffer {
    private static final byte[] EMPTY = {};

    private final int limit;
    private byte[] bytes = EMPTY;
    private int length;

    /** What became of data. */
    public enum Added {
        /** It has been added. */
        YES,
        /** Not added: the body would exceed the limit. */
        TOO_LARGE,
        /** Not added: the memory budget has no room for it. */
        OVERLOADED
    }

    /**
     * An empty buffer.
     *
     * @param limit the largest size in bytes
     */
    public BodyBuffer(int limit) {
        this.limit = limit;
    }

    /**
     * Adds data.
     *
     * @param charge is charged for the memory that the buffer takes
     * @param besides what it is charged in addition
     */
    public Added add(ByteBuf data, MessageCharge charge, long besides) {
        int more = data.readableBytes();
        if (more > limit - length) {
            return Added.TOO_LARGE;
        }
        int before = bytes.length;
        if (length + more > before) {
            int after = length == 0 ? more : (int) Math.min(limit, (length + more) * 2L);
            if (!charge.tryAdd(besides + after)) {
                return Added.OVERLOADED;
            }
            bytes = Arrays.copyOf(bytes, after);
            if (before > 0) {
                charge.subtract(before);
            }
        } else if (besides > 0 && !charge.tryAdd(besides)) {
            return Added.OVERLOADED;
        }
        data.readBytes(bytes, length, more);
        length += more;
        return Added.YES;
    }

    /** How much memory the buffer takes, in bytes. */
    public int capacity() {
        return bytes.length;
    }

    /**
     * Returns the body collected, which is the caller's from now on, and starts anew.
     *
     * @return {@code null} if the memory budget has no room for it; the buffer is empty then too
     */
    public byte @Nullable [] take(MessageCharge charge) {
        byte[] all = bytes;
        int size = length;
        bytes = EMPTY;
        length = 0;
        if (size == all.length) {
            return all;
        }
        if (!charge.tryAdd(size)) {
            return null;
        }
        byte[] exact = Arrays.copyOf(all, size);
        charge.subtract(all.length);
        return exact;
    }

    /** Drops what was collected. */
    public void clear() {
        bytes = EMPTY;
        length = 0;
    }
}
