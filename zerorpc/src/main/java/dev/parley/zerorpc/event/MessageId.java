package dev.parley.zerorpc.event;

import dev.parley.zerorpc.msgpack.MsgpackBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The id of an event: one MessagePack value, kept as its bytes, since a peer finds its channel only under an id of the
 * type that it chose. Immutable.
 */
public final class MessageId {
    private static final int PYTHON_LENGTH = 32;

    private final byte[] encoded;
    private final int hash;

    MessageId(byte[] encoded) {
        this.encoded = encoded;
        this.hash = Arrays.hashCode(encoded);
    }

    void writeTo(MsgpackBuffer out) {
        out.write(encoded, 0, encoded.length);
    }

    /**
     * Whether zerorpc for Python has made it: 32 lower-case hexadecimal digits, as binary data in Python 3, as text in
     * Python 2.
     */
    public boolean isOfPython() {
        int start = switch (encoded[0] & 0xff) {
            case 0xc4, 0xd9 -> 2;
            case 0xda -> 3;
            default -> encoded.length;
        };
        if (encoded.length - start != PYTHON_LENGTH) {
            return false;
        }
        for (int i = start; i < encoded.length; i++) {
            byte digit = encoded[i];
            if (!(digit >= '0' && digit <= '9') && !(digit >= 'a' && digit <= 'f')) {
                return false;
            }
        }
        return true;
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
