package dev.parley.zerorpc.msgpack;

import org.jspecify.annotations.Nullable;

/** The types of MessagePack values. */
public enum MsgpackType {
    /** The null of MessagePack. */
    NIL,
    /** True or false. */
    BOOLEAN,
    /** A whole number, up to 64 bits signed or unsigned. */
    INTEGER,
    /** A floating-point number of 32 or 64 bits. */
    FLOAT,
    /** A string in UTF-8. */
    STRING,
    /** Binary data. */
    BINARY,
    /** A sequence of values. */
    ARRAY,
    /** A sequence of pairs of key and value. */
    MAP,
    /** Binary data with a type, such as a timestamp. */
    EXTENSION;

    private static final MsgpackType[] BY_FIRST_BYTE = new MsgpackType[256];

    static {
        for (int b = 0; b < 256; b++) {
            BY_FIRST_BYTE[b] = of(b);
        }
    }

    /** The type of the value with this first byte, 0 to 255; {@code null} for c1, the one byte that is not used. */
    static @Nullable MsgpackType ofFirstByte(int first) {
        return BY_FIRST_BYTE[first];
    }

    private static @Nullable MsgpackType of(int first) {
        if (first <= 0x7f || first >= 0xe0) {
            return INTEGER;
        } else if (first <= 0x8f) {
            return MAP;
        } else if (first <= 0x9f) {
            return ARRAY;
        } else if (first <= 0xbf) {
            return STRING;
        }
        return switch (first) {
            case Msgpack.NIL -> NIL;
            case Msgpack.FALSE, Msgpack.TRUE -> BOOLEAN;
            case Msgpack.BIN8, Msgpack.BIN16, Msgpack.BIN32 -> BINARY;
            case Msgpack.FLOAT32, Msgpack.FLOAT64 -> FLOAT;
            case Msgpack.STR8, Msgpack.STR16, Msgpack.STR32 -> STRING;
            case Msgpack.ARRAY16, Msgpack.ARRAY32 -> ARRAY;
            case Msgpack.MAP16, Msgpack.MAP32 -> MAP;
            case Msgpack.NEVER_USED -> null;
            default -> first >= Msgpack.UINT8 && first <= Msgpack.INT64 ? INTEGER : EXTENSION;
        };
    }
}
