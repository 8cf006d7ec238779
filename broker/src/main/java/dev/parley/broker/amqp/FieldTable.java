package dev.parley.broker.amqp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes field tables as maps. Stateless; the maps and lists it returns are unmodifiable.
 *
 * <p>Types: {@code t} Boolean, {@code b} Byte, {@code B s} Short, {@code u I} Integer, {@code i l L} Long, {@code f}
 * Float, {@code d} Double, {@code D} BigDecimal, {@code S} String (or {@link LongString} if the octets are not UTF-8),
 * {@code A} List, {@code T} {@link Timestamp}, {@code F} Map, {@code V} null, {@code x} byte[]. RabbitMQ reads and
 * writes them so.
 *
 * <p>Malformed input throws {@link AmqpException} with {@link ReplyCode#SYNTAX_ERROR}; input that ends within a field
 * throws {@link IndexOutOfBoundsException}.
 */
public final class FieldTable {
    /** Limits the nesting of tables and arrays: a client must not be able to overflow the stack. */
    private static final int MAX_DEPTH = 64;

    private FieldTable() {}

    /** A timestamp in whole seconds since 1970, as on the wire. */
    public record Timestamp(long seconds) {}

    /** A long string that is not valid UTF-8. */
    public record LongString(ByteBuffer octets) {}

    /** Reads a table that starts with its four-octet length. */
    public static Map<String, @Nullable Object> read(ByteBuf in) {
        return read(in, 0);
    }

    /** Reads the fields of a table up to the end of {@code in}. */
    public static Map<String, @Nullable Object> readFields(ByteBuf in) {
        return fields(in, 0);
    }

    private static Map<String, @Nullable Object> read(ByteBuf in, int depth) {
        return fields(in.readSlice(length(in)), depth);
    }

    private static Map<String, @Nullable Object> fields(ByteBuf in, int depth) {
        if (depth > MAX_DEPTH) {
            throw new AmqpException(ReplyCode.SYNTAX_ERROR, "field table nested deeper than " + MAX_DEPTH);
        }
        Map<String, @Nullable Object> table = new LinkedHashMap<>();
        while (in.isReadable()) {
            table.put(shortString(in), value(in, depth));
        }
        return Collections.unmodifiableMap(table);
    }

    private static @Nullable Object value(ByteBuf in, int depth) {
        byte type = in.readByte();
        return switch (type) {
            case 't' -> in.readByte() != 0;
            case 'b' -> in.readByte();
            case 'B' -> in.readUnsignedByte();
            case 's' -> in.readShort();
            case 'u' -> in.readUnsignedShort();
            case 'I' -> in.readInt();
            case 'i' -> in.readUnsignedInt();
            case 'l', 'L' -> in.readLong();
            case 'f' -> in.readFloat();
            case 'd' -> in.readDouble();
            case 'D' -> {
                int scale = in.readUnsignedByte();
                yield new BigDecimal(BigInteger.valueOf(in.readInt()), scale);
            }
            case 'S' -> text(in.readSlice(length(in)));
            case 'A' -> array(in.readSlice(length(in)), depth + 1);
            case 'T' -> new Timestamp(in.readLong());
            case 'F' -> read(in, depth + 1);
            case 'V' -> null;
            case 'x' -> ByteBufUtil.getBytes(in.readSlice(length(in)));
            default ->
                throw new AmqpException(
                        ReplyCode.SYNTAX_ERROR, "unknown field type 0x%02x in a table".formatted(type & 0xff));
        };
    }

    private static List<@Nullable Object> array(ByteBuf in, int depth) {
        if (depth > MAX_DEPTH) {
            throw new AmqpException(ReplyCode.SYNTAX_ERROR, "field array nested deeper than " + MAX_DEPTH);
        }
        List<@Nullable Object> list = new ArrayList<>();
        while (in.isReadable()) {
            list.add(value(in, depth));
        }
        return Collections.unmodifiableList(list);
    }

    private static Object text(ByteBuf octets) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(octets.nioBuffer())
                    .toString();
        } catch (CharacterCodingException e) {
            return new LongString(ByteBuffer.wrap(ByteBufUtil.getBytes(octets)));
        }
    }

    private static int length(ByteBuf in) {
        int length = in.readInt();
        if (length < 0 || length > in.readableBytes()) {
            throw new AmqpException(
                    ReplyCode.SYNTAX_ERROR,
                    "field of " + (length & 0xffffffffL) + " octets exceeds the " + in.readableBytes()
                            + " octets left");
        }
        return length;
    }

    /** Reads a string of at most 255 octets. */
    public static String shortString(ByteBuf in) {
        int length = in.readUnsignedByte();
        return in.readString(length, StandardCharsets.UTF_8);
    }

    /** Writes a string of at most 255 octets; a longer one is truncated at a character boundary. */
    public static void writeShortString(ByteBuf out, String text) {
        int at = out.writerIndex();
        out.writeByte(0);
        int written = ByteBufUtil.writeUtf8(out, text);
        if (written > 255) {
            int end = at + 1 + 255;
            while ((out.getByte(end) & 0xc0) == 0x80) {
                end--;
            }
            written = end - at - 1;
            out.writerIndex(end);
        }
        out.setByte(at, written);
    }

    /** Writes a string as UTF-8 with a four-octet length. */
    public static void writeLongString(ByteBuf out, String text) {
        int at = out.writerIndex();
        out.writeInt(0);
        out.setInt(at, ByteBufUtil.writeUtf8(out, text));
    }

    /**
     * Writes a table with its four-octet length.
     *
     * @throws IllegalArgumentException if a value is of a type that field tables do not have
     */
    public static void write(ByteBuf out, Map<String, ? extends @Nullable Object> table) {
        int at = out.writerIndex();
        out.writeInt(0);
        table.forEach((name, value) -> {
            writeShortString(out, name);
            writeValue(out, value);
        });
        out.setInt(at, out.writerIndex() - at - 4);
    }

    private static void writeValue(ByteBuf out, @Nullable Object value) {
        switch (value) {
            case null -> out.writeByte('V');
            case Boolean b -> out.writeByte('t').writeBoolean(b);
            case Byte b -> out.writeByte('b').writeByte(b);
            case Short s -> out.writeByte('s').writeShort(s);
            case Integer i -> out.writeByte('I').writeInt(i);
            case Long l -> out.writeByte('l').writeLong(l);
            case Float f -> out.writeByte('f').writeFloat(f);
            case Double d -> out.writeByte('d').writeDouble(d);
            case BigDecimal d ->
                out.writeByte('D')
                        .writeByte(d.scale())
                        .writeInt(d.unscaledValue().intValue());
            case String s -> writeLongString(out.writeByte('S'), s);
            case LongString s ->
                out.writeByte('S')
                        .writeInt(s.octets().remaining())
                        .writeBytes(s.octets().duplicate());
            case Timestamp t -> out.writeByte('T').writeLong(t.seconds());
            case byte[] x -> out.writeByte('x').writeInt(x.length).writeBytes(x);
            case List<?> list -> {
                out.writeByte('A');
                int at = out.writerIndex();
                out.writeInt(0);
                for (Object item : list) {
                    writeValue(out, item);
                }
                out.setInt(at, out.writerIndex() - at - 4);
            }
            case Map<?, ?> map -> {
                Map<String, @Nullable Object> table = new LinkedHashMap<>();
                map.forEach((k, v) -> table.put(String.valueOf(k), v));
                write(out.writeByte('F'), table);
            }
            default -> throw new IllegalArgumentException("no field type for " + value.getClass());
        }
    }
}
