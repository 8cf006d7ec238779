package dev.parley.zerorpc.msgpack;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A MessagePack extension value. Immutable, and so thread-safe, unless its array is modified.
 *
 * @param type the type, -128 to 127; negative ones are reserved for MessagePack
 * @param data the bytes, not copied
 */
@SuppressWarnings("ArrayRecordComponent")
public record MsgpackExtension(byte type, byte[] data) {
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof MsgpackExtension extension
                && type == extension.type
                && Arrays.equals(data, extension.data);
    }

    @Override
    public int hashCode() {
        return 31 * type + Arrays.hashCode(data);
    }

    @Override
    public String toString() {
        return "MsgpackExtension[type=" + type + ", " + data.length + " bytes]";
    }
}
