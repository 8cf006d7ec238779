package dev.parley.zerorpc.msgpack;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;

/**
 * A growing buffer of MessagePack values, each in its shortest form. A Jackson generator of {@link MsgpackFactory} whose target it is writes straight into it.
 * Not thread-safe.
 */
public final class MsgpackBuffer extends OutputStream {
    private static final int MAX = Integer.MAX_VALUE - 16;

    private byte[] bytes;
    private int size;

    /** An empty buffer. */
    public MsgpackBuffer() {
        this(256);
    }

    /** An empty buffer with room for so many bytes. */
    public MsgpackBuffer(int capacity) {
        bytes = new byte[capacity];
    }

    /** How many bytes are in it. */
    public int size() {
        return size;
    }

    /** A copy of what is in it. */
    public byte[] toByteArray() {
        return Arrays.copyOf(bytes, size);
    }

    /** Forgets what was written from this size on. */
    public void truncate(int newSize) {
        size = Objects.checkIndex(newSize, size + 1);
    }

    @Override
    public void write(int oneByte) {
        room(1);
        bytes[size++] = (byte) oneByte;
    }

    @Override
    public void write(byte[] source, int from, int length) {
        room(length);
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
            head8(Msgpack.INT8, (int) value);
        } else if (value >= Short.MIN_VALUE) {
            head16(Msgpack.INT16, (int) value);
        } else if (value >= Integer.MIN_VALUE) {
            head32(Msgpack.INT32, (int) value);
        } else {
            head64(Msgpack.INT64, value);
        }
    }

    /** Writes a whole number whose bits are unsigned. */
    public void writeUnsigned(long value) {
        if (value < 0 || value > 0xffff_ffffL) {
            head64(Msgpack.UINT64, value);
        } else if (value <= 0x7f) {
            write((int) value);
        } else if (value <= 0xff) {
            head8(Msgpack.UINT8, (int) value);
        } else if (value <= 0xffff) {
            head16(Msgpack.UINT16, (int) value);
        } else {
            head32(Msgpack.UINT32, (int) value);
        }
    }

    /** Writes a float of 32 bits. */
    public void writeFloat(float value) {
        head32(Msgpack.FLOAT32, Float.floatToIntBits(value));
    }

    /** Writes a float of 64 bits. */
    public void writeDouble(double value) {
        head64(Msgpack.FLOAT64, Double.doubleToLongBits(value));
    }

    /** Writes text. An unpaired surrogate goes out as a question mark, for it has no UTF-8. */
    public void writeString(String text) {
        int length = text.length();
        if (length <= 31) {
            // Short and, as nearly always, ASCII: no array in between.
            room(1 + length);
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

    /** Writes the head of a string of so many bytes, which must follow. */
    public void writeStringHeader(int length) {
        if (length <= 31) {
            write(0xa0 | length);
        } else if (length <= 0xff) {
            head8(Msgpack.STR8, length);
        } else if (length <= 0xffff) {
            head16(Msgpack.STR16, length);
        } else {
            head32(Msgpack.STR32, length);
        }
    }

    /** Writes binary data. */
    public void writeBinary(byte[] source, int from, int length) {
        if (length <= 0xff) {
            head8(Msgpack.BIN8, length);
        } else if (length <= 0xffff) {
            head16(Msgpack.BIN16, length);
        } else {
            head32(Msgpack.BIN32, length);
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
                    head8(Msgpack.EXT8, data.length);
                } else if (data.length <= 0xffff) {
                    head16(Msgpack.EXT16, data.length);
                } else {
                    head32(Msgpack.EXT32, data.length);
                }
            }
        }
        write(extension.type());
        write(data, 0, data.length);
    }

    /** Writes the head of a list of so many elements, which must follow. */
    public void writeArrayHeader(int elements) {
        header(0x90, Msgpack.ARRAY16, elements);
    }

    /** Writes the head of a map of so many pairs, which must follow. */
    public void writeMapHeader(int pairs) {
        header(0x80, Msgpack.MAP16, pairs);
    }

    private void header(int fix, int head16, int count) {
        if (count <= 15) {
            write(fix | count);
        } else if (count <= 0xffff) {
            head16(head16, count);
        } else {
            head32(head16 + 1, count);
        }
    }

    /**
     * Sets the count of a list or map whose head was written for an expected one. What follows is moved if the head must grow; a head that turns out too long
     * stays, which MessagePack allows.
     */
    void settle(int headerAt, boolean map, int expected, int count) {
        int width = expected <= 15 ? 1 : expected <= 0xffff ? 3 : 5;
        int needed = count <= 15 ? 1 : count <= 0xffff ? 3 : 5;
        if (needed > width) {
            room(needed - width);
            System.arraycopy(bytes, headerAt + width, bytes, headerAt + needed, size - headerAt - width);
            size += needed - width;
            width = needed;
        }
        int head16 = map ? Msgpack.MAP16 : Msgpack.ARRAY16;
        switch (width) {
            case 1 -> bytes[headerAt] = (byte) ((map ? 0x80 : 0x90) | count);
            case 3 -> {
                bytes[headerAt] = (byte) head16;
                Msgpack.SHORT.set(bytes, headerAt + 1, (short) count);
            }
            default -> {
                bytes[headerAt] = (byte) (head16 + 1);
                Msgpack.INT.set(bytes, headerAt + 1, count);
            }
        }
    }

    private void head8(int head, int value) {
        room(2);
        bytes[size] = (byte) head;
        bytes[size + 1] = (byte) value;
        size += 2;
    }

    private void head16(int head, int value) {
        room(3);
        bytes[size] = (byte) head;
        Msgpack.SHORT.set(bytes, size + 1, (short) value);
        size += 3;
    }

    private void head32(int head, int value) {
        room(5);
        bytes[size] = (byte) head;
        Msgpack.INT.set(bytes, size + 1, value);
        size += 5;
    }

    private void head64(int head, long value) {
        room(9);
        bytes[size] = (byte) head;
        Msgpack.LONG.set(bytes, size + 1, value);
        size += 9;
    }

    private void room(int more) {
        int needed = Math.addExact(size, more);
        if (needed > bytes.length) {
            bytes = Arrays.copyOf(bytes, (int) Math.min(MAX, Math.max(needed, 2L * bytes.length)));
        }
    }
}
