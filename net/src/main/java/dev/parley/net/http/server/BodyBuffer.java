package dev.parley.net.http.server;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/** Collects a body or a message. Grows with the data received, not with the length announced. Not thread-safe. */
public final class BodyBuffer {
    private static final byte[] EMPTY = {};

    private final int limit;
    private byte[] bytes = EMPTY;
    private int length;

    /**
     * An empty buffer.
     *
     * @param limit the largest size in bytes
     */
    public BodyBuffer(int limit) {
        this.limit = limit;
    }

    /** Adds the data; adds nothing and returns false if the body would exceed the limit. */
    public boolean add(ByteBuf data) {
        int more = data.readableBytes();
        if (more > limit - length) {
            return false;
        }
        if (length + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, length == 0 ? more : (int) Math.min(limit, (length + more) * 2L));
        }
        data.readBytes(bytes, length, more);
        length += more;
        return true;
    }

    /** Returns the body collected, which is the caller's from now on, and starts anew. */
    public byte[] take() {
        byte[] all = length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
        bytes = EMPTY;
        length = 0;
        return all;
    }
}
