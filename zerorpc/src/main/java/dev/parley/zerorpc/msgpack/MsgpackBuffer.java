package dev.parley.zerorpc.msgpack;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;

/**
 * A growing buffer to which MessagePack values are written, each in its shortest form. A generator of
 * {@link MsgpackFactory} with a buffer as its target writes to it directly. A buffer that would exceed the largest
 * possible array throws {@link ArithmeticException} or {@link OutOfMemoryError}.
 *
 * <p>Not thread-safe.
 */
public final class MsgpackBuffer extends OutputStream {
    private static final int MAX = Integer.MAX_VALUE - 16;

    private byte[] bytes;
    private int size;

    /** An empty buffer. */
    public MsgpackBuffer() {
        this(256);
    }

    /** An empty buffer with an initial capacity in bytes. */
    public MsgpackBuffer(int capacity) {
        bytes = new byte[capacity];
    }

    /** The number of bytes written. */
    public int size() {
        return size;
    }

    /** A copy of the bytes written. */
    public byte[] toByteArray() {
        return Arrays.copyOf(bytes, size);
    }

    /** Moves the bytes written to a stream, so that the buffer is empty. */
    void drainTo(OutputStream target) throws IOException {
        target.write(bytes, 0, size);
        size = 0;
    }

    /** Drops the bytes after the first {@code newSize}. */
    public void truncate(int newSize) {
        size = Objects.checkIndex(newSize, size + 1);
    }

    @Override
    public void write(int oneByte) {
        ensure(1);
        bytes[size++] = (byte) oneByte;
    }

    @Override
    public void write(byte[] source, int from, int length) {
        ensure(length);
        System.arraycopy(source, from, bytes, size, length);
        size += length;
    }

    /** Writes nil. */
    public void writeNil() {
        write(Msgpack.NIL);
    }

    /** Writes a boolean. */
    public void writeBoolean(boolean value) {
        write(value ? Msgpack.TRUE : Msgpack.FALSE);
    }

    /** Writes a whole number. */
    public void writeLong(long value) {
        if (value >= 0) {
            writeUnsigned(value);
        } else if (value >= -32) {
            write((int) value);
        } else if (value >= Byte.MIN_VALUE) {
            prefix8(Msgpack.INT8, (int) value);
        } else if (value >= Short.MIN_VALUE) {
            prefix16(Msgpack.INT16, (int) value);
        } else if (value >= Integer.MIN_VALUE) {
            prefix32(Msgpack.INT32, (int) value);
        } else {
            prefix64(Msgpack.INT64, value);
        }
    }

    /** Writes the whole number from 0 to 2<sup>64</sup> - 1 that has these bits. */
    public void writeUnsigned(long value) {
        if (value < 0 || value > 0xffff_ffffL) {
            prefix64(Msgpack.UINT64, value);
        } else if (value <= 0x7f) {
            write((int) value);
        } else if (value <= 0xff) {
            prefix8(Msgpack.UINT8, (int) value);
        } else if (value <= 0xffff) {
            prefix16(Msgpack.UINT16, (int) value);
        } else {
            prefix32(Msgpack.UINT32, (int) value);
        }
    }

    /** Writes a 32-bit float. */
    public void writeFloat(float value) {
        prefix32(Msgpack.FLOAT32, Float.floatToIntBits(value));
    }

    /** Writes a 64-bit float. */
    public void writeDouble(double value) {
        prefix64(Msgpack.FLOAT64, Double.doubleToLongBits(value));
    }

    /** Writes a string. An unpaired surrogate is written as a question mark, since UTF-8 cannot carry it. */
    public void writeString(String text) {
        int length = text.length();
        if (length <= 31) {
            // Short and nearly always ASCII: no need for an array of its bytes.
            ensure(1 + length);
            int start = size;
            bytes[size++] = (byte) (0xa0 | length);
            for (int i = 0; i < length; i++) {
                char c = text.charAt(i);
                if (c >= 0x80) {
                    size = start;
                    writeUtf8(text.getBytes(StandardCharsets.UTF_8));
                    return;
                }
                bytes[size++] = (byte) c;
            }
        } else {
            writeUtf8(text.getBytes(StandardCharsets.UTF_8));
        }
    }

    private void writeUtf8(byte[] utf8) {
        writeStringHeader(utf8.length);
        write(utf8, 0, utf8.length);
    }

    /** Writes the header of a string; its bytes must follow. */
    public void writeStringHeader(int length) {
        if (length <= 31) {
            write(0xa0 | length);
        } else if (length <= 0xff) {
            prefix8(Msgpack.STR8, length);
        } else if (length <= 0xffff) {
            prefix16(Msgpack.STR16, length);
        } else {
            prefix32(Msgpack.STR32, length);
        }
    }

    /** Writes binary data. */
    public void writeBinary(byte[] source, int from, int length) {
        if (length <= 0xff) {
            prefix8(Msgpack.BIN8, length);
        } else if (length <= 0xffff) {
            prefix16(Msgpack.BIN16, length);
        } else {
            prefix32(Msgpack.BIN32, length);
        }
        write(source, from, length);
    }

    /** Writes an extension. */
    public void writeExtension(MsgpackExtension extension) {
        byte[] data = extension.data();
        switch (data.length) {
            case 1, 2, 4, 8, 16 -> write(Msgpack.FIXEXT1 + Integer.numberOfTrailingZeros(data.length));
            default -> {
                if (data.length <= 0xff) {
                    prefix8(Msgpack.EXT8, data.length);
                } else if (data.length <= 0xffff) {
                    prefix16(Msgpack.EXT16, data.length);
                } else {
                    prefix32(Msgpack.EXT32, data.length);
                }
            }
        }
        write(extension.type());
        write(data, 0, data.length);
    }

    /** Writes a point in time as a timestamp, in its shortest form. */
    public void writeTimestamp(Instant time) {
        long seconds = time.getEpochSecond();
        int nanos = time.getNano();
        if (seconds >>> 34 != 0) {
            ensure(15);
            bytes[size] = (byte) Msgpack.EXT8;
            bytes[size + 1] = 12;
            bytes[size + 2] = Msgpack.TIMESTAMP;
            Msgpack.INT.set(bytes, size + 3, nanos);
            Msgpack.LONG.set(bytes, size + 7, seconds);
            size += 15;
        } else if (nanos != 0 || seconds >>> 32 != 0) {
            ensure(10);
            bytes[size] = (byte) Msgpack.FIXEXT8;
            bytes[size + 1] = Msgpack.TIMESTAMP;
            Msgpack.LONG.set(bytes, size + 2, (long) nanos << 34 | seconds);
            size += 10;
        } else {
            ensure(6);
            bytes[size] = (byte) Msgpack.FIXEXT4;
            bytes[size + 1] = Msgpack.TIMESTAMP;
            Msgpack.INT.set(bytes, size + 2, (int) seconds);
            size += 6;
        }
    }

    /** Writes the header of an array; its elements must follow. */
    public void writeArrayHeader(int elements) {
        header(0x90, Msgpack.ARRAY16, elements);
    }

    /** Writes the header of a map; its pairs must follow, each key before its value. */
    public void writeMapHeader(int pairs) {
        header(0x80, Msgpack.MAP16, pairs);
    }

    private void header(int fix, int first16, int count) {
        if (count <= 15) {
            write(fix | count);
        } else if (count <= 0xffff) {
            prefix16(first16, count);
        } else {
            prefix32(first16 + 1, count);
        }
    }

    /**
     * Corrects the size in the header of an array or map. What follows is moved if the header must grow; a header that
     * is longer than needed stays, which MessagePack allows.
     *
     * @param headerAt the offset of the header
     * @param written the size that the header was written for
     */
    void correctHeader(int headerAt, boolean map, int written, int count) {
        int width = headerBytes(written);
        int needed = headerBytes(count);
        if (needed > width) {
            ensure(needed - width);
            System.arraycopy(bytes, headerAt + width, bytes, headerAt + needed, size - headerAt - width);
            size += needed - width;
            width = needed;
        }
        int first16 = map ? Msgpack.MAP16 : Msgpack.ARRAY16;
        switch (width) {
            case 1 -> bytes[headerAt] = (byte) ((map ? 0x80 : 0x90) | count);
            case 3 -> {
                bytes[headerAt] = (byte) first16;
                Msgpack.SHORT.set(bytes, headerAt + 1, (short) count);
            }
            default -> {
                bytes[headerAt] = (byte) (first16 + 1);
                Msgpack.INT.set(bytes, headerAt + 1, count);
            }
        }
    }

    private static int headerBytes(int size) {
        return size <= 15 ? 1 : size <= 0xffff ? 3 : 5;
    }

    private void prefix8(int first, int value) {
        ensure(2);
        bytes[size] = (byte) first;
        bytes[size + 1] = (byte) value;
        size += 2;
    }

    private void prefix16(int first, int value) {
        ensure(3);
        bytes[size] = (byte) first;
        Msgpack.SHORT.set(bytes, size + 1, (short) value);
        size += 3;
    }

    private void prefix32(int first, int value) {
        ensure(5);
        bytes[size] = (byte) first;
        Msgpack.INT.set(bytes, size + 1, value);
        size += 5;
    }

    private void prefix64(int first, long value) {
        ensure(9);
        bytes[size] = (byte) first;
        Msgpack.LONG.set(bytes, size + 1, value);
        size += 9;
    }

    /** Makes sure that so many more bytes fit. */
    private void ensure(int more) {
        int needed = Math.addExact(size, more);
        if (needed > bytes.length) {
            bytes = Arrays.copyOf(bytes, (int) Math.min(MAX, Math.max(needed, 2L * bytes.length)));
        }
    }
}
