package dev.parley.net.http.server;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/** Collects a body. Grows with what arrives, not with what a peer announces. Not thread-safe. */
final class BodyBuffer {
    private static final byte[] NOTHING = {};

    private final int limit;
    private byte[] bytes = NOTHING;
    private int length;

    BodyBuffer(int limit) {
        this.limit = limit;
    }

    /** Adds the data; false, adding nothing, if the body would grow past the limit. */
    boolean add(ByteBuf data) {
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

    /** The body collected so far, which is then the caller's. */
    byte[] take() {
        byte[] all = length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
        clear();
        return all;
    }

    void clear() {
        bytes = NOTHING;
        length = 0;
    }
}
