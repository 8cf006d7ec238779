package dev.parley.zerorpc.msgpack;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;

/**
 * Reads the MessagePack values in a byte array, one after the other. No memory is allocated for a declared length: a
 * value that is longer than the rest of the bytes is an error, and so is an array or map with more elements than there
 * are bytes left. Methods that read throw {@link MsgpackException} if the value is of another type or malformed.
 *
 * <p>Not thread-safe.
 */
public final class MsgpackCursor {
    private final byte[] bytes;
    private final int end;
    private int position;
    private int extensionType;

    /**
     * A cursor over the bytes from {@code from} (inclusive) to {@code to} (exclusive) of an array, which is not copied.
     */
    public MsgpackCursor(byte[] bytes, int from, int to) {
        this.bytes = bytes;
        this.position = from;
        this.end = to;
    }

    /** The offset of the next value. */
    public int position() {
        return position;
    }

    /** Whether all bytes have been read. */
    public boolean atEnd() {
        return position >= end;
    }

    /** The type of the next value, which is not read. */
    public MsgpackType peek() {
        if (position >= end) {
            throw new MsgpackException("unexpected end of the message: expected a value", position);
        }
        MsgpackType type = MsgpackType.ofFirstByte(bytes[position] & 0xff);
        if (type == null) {
            throw new MsgpackException("unexpected byte c1, which MessagePack does not use,", position);
        }
        return type;
    }

    /** Reads the header of an array and returns the number of its elements, which follow. */
    public int readArrayHeader() {
        expect(MsgpackType.ARRAY);
        int first = bytes[position++] & 0xff;
        return switch (first) {
            case Msgpack.ARRAY16 -> count(length16(), 1);
            case Msgpack.ARRAY32 -> count(length32(), 1);
            default -> count(first & 0x0f, 1);
        };
    }

    /** Reads the header of a map and returns the number of its pairs, which follow, each key before its value. */
    public int readMapHeader() {
        expect(MsgpackType.MAP);
        int first = bytes[position++] & 0xff;
        return switch (first) {
            case Msgpack.MAP16 -> count(length16(), 2);
            case Msgpack.MAP32 -> count(length32(), 2);
            default -> count(first & 0x0f, 2);
        };
    }

    /**
     * Reads the header of a string and returns the length of its bytes, which follow; read them with {@link #text} or
     * {@link #skipBytes}.
     */
    public int readStringHeader() {
        expect(MsgpackType.STRING);
        int first = bytes[position++] & 0xff;
        return switch (first) {
            case Msgpack.STR8 -> present(length8());
            case Msgpack.STR16 -> present(length16());
            case Msgpack.STR32 -> present(length32());
            default -> present(first & 0x1f);
        };
    }

    /** Reads the header of binary data and returns the length of its bytes, which follow. */
    public int readBinaryHeader() {
        expect(MsgpackType.BINARY);
        int first = bytes[position++] & 0xff;
        return switch (first) {
            case Msgpack.BIN8 -> present(length8());
            case Msgpack.BIN16 -> present(length16());
            default -> present(length32());
        };
    }

    /**
     * Reads the header of an extension and returns the length of its bytes, which follow; {@link #extensionType} is its
     * type.
     */
    public int readExtensionHeader() {
        expect(MsgpackType.EXTENSION);
        int first = bytes[position++] & 0xff;
        long length = switch (first) {
            case Msgpack.EXT8 -> length8();
            case Msgpack.EXT16 -> length16();
            case Msgpack.EXT32 -> length32();
            default -> 1L << (first - Msgpack.FIXEXT1);
        };
        require(1);
        extensionType = bytes[position++];
        return present(length);
    }

    /** The type of the extension whose header was read last, -128 to 127. */
    public int extensionType() {
        return extensionType;
    }

    /** Reads a string. */
    public String readString() {
        return text(readStringHeader());
    }

    /**
     * Reads the next {@code length} bytes as UTF-8. The caller has checked that they are there, as the header methods
     * do.
     */
    public String text(int length) {
        int start = position;
        position += length;
        String text = new String(bytes, start, length, StandardCharsets.UTF_8);
        // The fast decoder gives U+FFFD for malformed bytes; only then is the strict decoder needed.
        return text.indexOf('\ufffd') < 0 ? text : decode(start, length);
    }

    private String decode(int start, int length) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, start, length))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new MsgpackException("the string of " + length + " bytes is not valid UTF-8", start);
        }
    }

    /** Copies the next {@code length} bytes. The caller has checked that they are there. */
    public byte[] bytes(int length) {
        byte[] copy = new byte[length];
        System.arraycopy(bytes, position, copy, 0, length);
        position += length;
        return copy;
    }

    /**
     * Reads the next {@code length} bytes as a timestamp, which has 4, 8 or 12. The caller has checked that they are
     * there.
     */
    public Instant timestamp(int length) {
        int start = position;
        position += length;
        try {
            return switch (length) {
                case 4 -> Instant.ofEpochSecond((int) Msgpack.INT.get(bytes, start) & 0xffff_ffffL);
                case 8 -> {
                    long both = (long) Msgpack.LONG.get(bytes, start);
                    yield Instant.ofEpochSecond(both & 0x3_ffff_ffffL, both >>> 34);
                }
                case 12 ->
                    Instant.ofEpochSecond(
                            (long) Msgpack.LONG.get(bytes, start + 4),
                            (int) Msgpack.INT.get(bytes, start) & 0xffff_ffffL);
                default -> throw new MsgpackException("a timestamp has 4, 8 or 12 bytes, not " + length, start);
            };
        } catch (DateTimeException | ArithmeticException e) {
            throw new MsgpackException("the timestamp is out of range", start);
        }
    }

    /** Skips the next {@code length} bytes. The caller has checked that they are there. */
    public void skipBytes(int length) {
        position += length;
    }

    /** Whether the next value is a whole number greater than {@link Long#MAX_VALUE}. */
    public boolean exceedsLong() {
        return position + 1 < end && (bytes[position] & 0xff) == Msgpack.UINT64 && bytes[position + 1] < 0;
    }

    /** Reads a whole number. One that {@link #exceedsLong} is returned as the negative number with the same bits. */
    public long readLong() {
        expect(MsgpackType.INTEGER);
        int first = bytes[position++];
        if (first >= -32) {
            return first;
        }
        return switch (first & 0xff) {
            case Msgpack.UINT8 -> {
                require(1);
                yield bytes[position++] & 0xff;
            }
            case Msgpack.INT8 -> {
                require(1);
                yield bytes[position++];
            }
            case Msgpack.UINT16 -> short16() & 0xffff;
            case Msgpack.INT16 -> short16();
            case Msgpack.UINT32 -> int32() & 0xffff_ffffL;
            case Msgpack.INT32 -> int32();
            default -> long64();
        };
    }

    /** Reads a floating-point number. */
    public double readDouble() {
        expect(MsgpackType.FLOAT);
        return (bytes[position++] & 0xff) == Msgpack.FLOAT32
                ? Float.intBitsToFloat(int32())
                : Double.longBitsToDouble(long64());
    }

    /** Reads a boolean. */
    public boolean readBoolean() {
        expect(MsgpackType.BOOLEAN);
        return (bytes[position++] & 0xff) == Msgpack.TRUE;
    }

    /** Reads nil. */
    public void readNil() {
        expect(MsgpackType.NIL);
        position++;
    }

    /** Skips the next value with all that it contains, in constant memory however deep it is nested. */
    public void skipValue() {
        long remaining = 1;
        while (remaining > 0) {
            remaining--;
            switch (peek()) {
                case NIL, BOOLEAN -> position++;
                case INTEGER -> readLong();
                case FLOAT -> readDouble();
                case STRING -> skipBytes(readStringHeader());
                case BINARY -> skipBytes(readBinaryHeader());
                case EXTENSION -> skipBytes(readExtensionHeader());
                case ARRAY -> remaining += readArrayHeader();
                case MAP -> remaining += 2L * readMapHeader();
            }
            if (remaining > end - position) {
                throw new MsgpackException("unexpected end of the message in an array or map", end);
            }
        }
    }

    private void expect(MsgpackType type) {
        MsgpackType found = peek();
        if (found != type) {
            throw new MsgpackException("expected " + type + " but found " + found, position);
        }
    }

    private void require(int length) {
        if (end - position < length) {
            throw new MsgpackException("unexpected end of the message in a value", end);
        }
    }

    private long length8() {
        require(1);
        return bytes[position++] & 0xff;
    }

    private long length16() {
        return short16() & 0xffff;
    }

    private long length32() {
        return int32() & 0xffff_ffffL;
    }

    private int present(long length) {
        if (length > end - position) {
            throw new MsgpackException(
                    "a value declares " + length + " bytes but " + (end - position) + " are left", position);
        }
        return (int) length;
    }

    private int count(long elements, int bytesEach) {
        if (elements * bytesEach > end - position) {
            throw new MsgpackException(
                    "an array or map declares " + elements + " elements but " + (end - position) + " bytes are left",
                    position);
        }
        return (int) elements;
    }

    private short short16() {
        require(2);
        position += 2;
        return (short) Msgpack.SHORT.get(bytes, position - 2);
    }

    private int int32() {
        require(4);
        position += 4;
        return (int) Msgpack.INT.get(bytes, position - 4);
    }

    private long long64() {
        require(8);
        position += 8;
        return (long) Msgpack.LONG.get(bytes, position - 8);
    }
}
