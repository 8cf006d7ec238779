package dev.parley.zerorpc.event;

import dev.parley.zerorpc.msgpack.MsgpackBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The id of an event: one MessagePack value, kept as its bytes, since a peer finds its channel only under an id of the
 * type that it chose. Immutable.
 */
public final class MessageId {
    private final byte[] encoded;
    private final int hash;

    MessageId(byte[] encoded) {
        this.encoded = encoded;
        this.hash = Arrays.hashCode(encoded);
    }

    void writeTo(MsgpackBuffer out) {
        out.write(encoded, 0, encoded.length);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof MessageId id && Arrays.equals(encoded, id.encoded);
    }

    @Override
    public int hashCode() {
        return hash;
    }
}
