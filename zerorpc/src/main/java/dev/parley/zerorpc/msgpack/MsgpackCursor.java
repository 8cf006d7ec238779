package dev.parley.zerorpc.msgpack;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;

/**
 * Walks the MessagePack values of a byte array, one after the other. Nothing is allocated from a declared length: a value that is longer than what is left is an
 * error, and so is a list or map with more elements than bytes are left. Every method throws {@link MsgpackException} on bytes that are not what it reads. Not
 * thread-safe.
 */
public final class MsgpackCursor {
    private final byte[] bytes;
    private final int end;
    private int position;
    private int extensionType;

    /** A cursor over a part of an array, which must not change meanwhile. */
    public MsgpackCursor(byte[] bytes, int from, int to) {
        this.bytes = bytes;
        this.position = from;
        this.end = to;
    }

    /** Where the next value starts. */
    public int position() {
        return position;
    }

    /** Whether there is no further byte. */
    public boolean atEnd() {
        return position >= end;
    }

    /** The kind of the next value, which stays unread. */
    public MsgpackType peek() {
        if (position >= end) {
            throw new MsgpackException("the message ends where a value should start", position);
        }
        MsgpackType type = MsgpackType.ofFirstByte(bytes[position] & 0xff);
        if (type == null) {
            throw new MsgpackException("byte c1 starts no MessagePack value", position);
        }
        return type;
    }

    /** Reads the head of a list: the number of its elements, which follow. */
    public int readArrayHeader() {
        expect(MsgpackType.ARRAY);
        int first = bytes[position++] & 0xff;
        return switch (first) {
            case Msgpack.ARRAY16 -> count(length16(), 1);
            case Msgpack.ARRAY32 -> count(length32(), 1);
            default -> count(first & 0x0f, 1);
        };
    }

    /** Reads the head of a map: the number of its pairs, which follow, key before value. */
    public int readMapHeader() {
        expect(MsgpackType.MAP);
        int first = bytes[position++] & 0xff;
        return switch (first) {
            case Msgpack.MAP16 -> count(length16(), 2);
            case Msgpack.MAP32 -> count(length32(), 2);
            default -> count(first & 0x0f, 2);
        };
    }

    /** Reads a string's head: the length of its bytes, which {@link #position} is at; go past them with {@link #skipBytes}. */
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

    /** Reads the head of binary data, as {@link #readStringHeader}. */
    public int readBinaryHeader() {
        expect(MsgpackType.BINARY);
        int first = bytes[position++] & 0xff;
        return switch (first) {
            case Msgpack.BIN8 -> present(length8());
            case Msgpack.BIN16 -> present(length16());
            default -> present(length32());
        };
    }

    /** Reads the head of an extension, as {@link #readStringHeader}; its type is {@link #extensionType} then. */
    public int readExtensionHeader() {
        expect(MsgpackType.EXTENSION);
        int first = bytes[position++] & 0xff;
        long length = switch (first) {
            case Msgpack.EXT8 -> length8();
            case Msgpack.EXT16 -> length16();
            case Msgpack.EXT32 -> length32();
            default -> 1L << (first - Msgpack.FIXEXT1);
        };
        need(1);
        extensionType = bytes[position++];
        return present(length);
    }

    /** The type of the extension whose head was read last, -128 to 127. */
    public int extensionType() {
        return extensionType;
    }

    /** Reads text. */
    public String readString() {
        return text(readStringHeader());
    }

    /** Reads so many bytes of text. */
    public String text(int length) {
        int start = position;
        position += length;
        String text = new String(bytes, start, length, StandardCharsets.UTF_8);
        // The fast decoder writes U+FFFD for what is malformed; only then is a strict look needed.
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

    /** Reads so many bytes. */
    public byte[] bytes(int length) {
        byte[] copy = new byte[length];
        System.arraycopy(bytes, position, copy, 0, length);
        position += length;
        return copy;
    }

    /** Reads so many bytes of a timestamp extension: 4, 8 or 12. */
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

    /** Goes past so many bytes. */
    public void skipBytes(int length) {
        position += length;
    }

    /** Whether the next value is a whole number above the signed 64-bit range. */
    public boolean beyondLong() {
        return position + 1 < end && (bytes[position] & 0xff) == Msgpack.UINT64 && bytes[position + 1] < 0;
    }

    /** Reads a whole number; one {@link #beyondLong} comes as the negative number of the same bits. */
    public long readLong() {
        expect(MsgpackType.INTEGER);
        int first = bytes[position++];
        if (first >= -32) {
            return first;
        }
        return switch (first & 0xff) {
            case Msgpack.UINT8 -> {
                need(1);
                yield bytes[position++] & 0xff;
            }
            case Msgpack.INT8 -> {
                need(1);
                yield bytes[position++];
            }
            case Msgpack.UINT16 -> short16() & 0xffff;
            case Msgpack.INT16 -> short16();
            case Msgpack.UINT32 -> int32() & 0xffff_ffffL;
            case Msgpack.INT32 -> int32();
            default -> long64();
        };
    }

    /** Whether the next value is a float of 32 bits. */
    public boolean isFloat32() {
        return (bytes[position] & 0xff) == Msgpack.FLOAT32;
    }

    /** Reads a floating number. */
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

    /** Goes past the next value with all that it contains, however deep, in constant memory. */
    public void skipValue() {
        long left = 1;
        while (left > 0) {
            left--;
            switch (peek()) {
                case NIL, BOOLEAN -> position++;
                case INTEGER -> readLong();
                case FLOAT -> readDouble();
                case STRING -> skipBytes(readStringHeader());
                case BINARY -> skipBytes(readBinaryHeader());
                case EXTENSION -> skipBytes(readExtensionHeader());
                case ARRAY -> left += readArrayHeader();
                case MAP -> left += 2L * readMapHeader();
            }
            if (left > end - position) {
                throw new MsgpackException("the message ends inside a list or map", end);
            }
        }
    }

    private void expect(MsgpackType type) {
        MsgpackType found = peek();
        if (found != type) {
            throw new MsgpackException(found + " where " + type + " is expected", position);
        }
    }

    private void need(int length) {
        if (end - position < length) {
            throw new MsgpackException("the message ends inside a value", end);
        }
    }

    private long length8() {
        need(1);
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
                    "a list or map declares " + elements + " elements but " + (end - position) + " bytes are left",
                    position);
        }
        return (int) elements;
    }

    private short short16() {
        need(2);
        position += 2;
        return (short) Msgpack.SHORT.get(bytes, position - 2);
    }

    private int int32() {
        need(4);
        position += 4;
        return (int) Msgpack.INT.get(bytes, position - 4);
    }

    private long long64() {
        need(8);
        position += 8;
        return (long) Msgpack.LONG.get(bytes, position - 8);
    }
}
