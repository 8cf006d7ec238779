package dev.parley.zerorpc;

import dev.parley.zerorpc.msgpack.MsgpackBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The id of an event: opaque MessagePack bytes, since a peer finds its channel only under an id of the type it chose. Immutable. */
final class MessageId {
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
