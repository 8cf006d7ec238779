package dev.parley.zerorpc.msgpack;

import dev.parley.spi.format.FormatGenerator;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.Base64Variant;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.SerializableString;
import tools.jackson.core.exc.StreamWriteException;
import tools.jackson.core.io.IOContext;

/**
 * Writes Jackson tokens as MessagePack. The header of an array or map is written for the size that the caller
 * announces, or for one below 16, and corrected at its end. A document reaches the target when it is complete; a
 * {@link MsgpackBuffer} as target is written to directly.
 *
 * <p>Not thread-safe.
 */
final class MsgpackGenerator extends FormatGenerator {
    private final MsgpackBuffer out;
    private final MsgpackFactory format;

    /**
     * The offsets of the headers of the open arrays and maps, and the sizes that they were written for, by nesting
     * depth.
     */
    private int[] headers = new int[8];

    private int[] announced = new int[8];
    private int depth;

    MsgpackGenerator(
            ObjectWriteContext writeContext, IOContext io, int features, OutputStream target, MsgpackFactory format) {
        super(writeContext, io, features, target);
        this.out = target instanceof MsgpackBuffer buffer ? buffer : new MsgpackBuffer();
        this.format = format;
    }

    // --- structure

    @Override
    protected void encodeStartArray(int size) {
        push(size);
        out.writeArrayHeader(announced[depth]);
    }

    @Override
    protected void encodeEndArray(int size) {
        pop(false, size);
    }

    @Override
    protected void encodeStartObject(int size) {
        push(size);
        out.writeMapHeader(announced[depth]);
    }

    @Override
    protected void encodeEndObject(int size) {
        pop(true, size);
    }

    private void push(int size) {
        depth++;
        if (depth == headers.length) {
            headers = Arrays.copyOf(headers, 2 * depth);
            announced = Arrays.copyOf(announced, 2 * depth);
        }
        headers[depth] = out.size();
        announced[depth] = Math.max(size, 0);
    }

    private void pop(boolean map, int size) {
        if (size != announced[depth]) {
            out.correctHeader(headers[depth], map, announced[depth], size);
        }
        depth--;
    }

    @Override
    protected void encodeName(String name) {
        refuseUnpairedSurrogates(name);
        out.writeString(name);
    }

    @Override
    protected void encodeName(SerializableString name) {
        byte[] utf8 = name.asUnquotedUTF8();
        out.writeStringHeader(utf8.length);
        out.write(utf8, 0, utf8.length);
    }

    @Override
    public JsonGenerator writePropertyId(long id) {
        if (format.refusesNumberKeys()) {
            throw new StreamWriteException(
                    this,
                    "a map with the number " + id + " as a key: Python's zerorpc drops messages with keys that are not"
                            + " text; use text keys");
        }
        return super.writePropertyId(id);
    }

    // --- text and binary data

    @Override
    protected void encodeString(String text) {
        refuseUnpairedSurrogates(text);
        out.writeString(text);
    }

    /** UTF-8 cannot carry them; the receiver would get a question mark. */
    private void refuseUnpairedSurrogates(String text) {
        int i = 0;
        while (i < text.length()) {
            int c = text.codePointAt(i);
            if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
                throw new StreamWriteException(
                        this, "text with the unpaired surrogate U+%04X at index %d, which UTF-8 lacks".formatted(c, i));
            }
            i += Character.charCount(c);
        }
    }

    @Override
    public JsonGenerator writeString(SerializableString text) {
        byte[] utf8 = text.asUnquotedUTF8();
        return writeUTF8String(utf8, 0, utf8.length);
    }

    @Override
    public JsonGenerator writeUTF8String(byte[] text, int offset, int length) {
        _verifyValueWrite(WRITE_STRING);
        out.writeStringHeader(length);
        out.write(text, offset, length);
        return this;
    }

    @Override
    public JsonGenerator writeBinary(Base64Variant variant, byte[] data, int offset, int length) {
        _verifyValueWrite(WRITE_BINARY);
        out.writeBinary(data, offset, length);
        return this;
    }

    @Override
    public JsonGenerator writeEmbeddedObject(@Nullable Object object) {
        if (object instanceof MsgpackExtension extension) {
            _verifyValueWrite("write an extension");
            out.writeExtension(extension);
            return this;
        } else if (object instanceof Instant time) {
            _verifyValueWrite("write a timestamp");
            out.writeTimestamp(time);
            return this;
        }
        return super.writeEmbeddedObject(object);
    }

    // --- scalars

    @Override
    public JsonGenerator writeNumber(int number) {
        return writeNumber((long) number);
    }

    @Override
    public JsonGenerator writeNumber(long number) {
        _verifyValueWrite(WRITE_NUMBER);
        out.writeLong(number);
        return this;
    }

    @Override
    protected void encodeBigInteger(BigInteger number) {
        if (number.signum() < 0 || number.bitLength() > Long.SIZE) {
            throw new StreamWriteException(
                    this,
                    "a whole number of " + number.bitLength()
                            + " bits: MessagePack holds -2^63 to 2^64-1; send it as text");
        }
        _verifyValueWrite(WRITE_NUMBER);
        out.writeUnsigned(number.longValue());
    }

    @Override
    public JsonGenerator writeNumber(double number) {
        _verifyValueWrite(WRITE_NUMBER);
        out.writeDouble(number);
        return this;
    }

    @Override
    public JsonGenerator writeNumber(float number) {
        _verifyValueWrite(WRITE_NUMBER);
        out.writeFloat(number);
        return this;
    }

    @Override
    protected void encodeDecimal(BigDecimal number) {
        if (!format.writesDecimalsAsFloats()) {
            _verifyValueWrite(WRITE_NUMBER);
            out.writeString(number.toString());
            return;
        }
        double nearest = number.doubleValue();
        if (!Double.isFinite(nearest) || BigDecimal.valueOf(nearest).compareTo(number) != 0) {
            throw new StreamWriteException(
                    this,
                    "a decimal of " + number.precision()
                            + " digits, which no 64-bit float holds: leave out the option decimals=float to send it as"
                            + " text, or send a double");
        }
        writeNumber(nearest);
    }

    @Override
    public JsonGenerator writeBoolean(boolean value) {
        _verifyValueWrite(WRITE_BOOLEAN);
        out.writeBoolean(value);
        return this;
    }

    @Override
    public JsonGenerator writeNull() {
        _verifyValueWrite(WRITE_NULL);
        out.writeNil();
        return this;
    }

    // --- output

    @Override
    public int streamWriteOutputBuffered() {
        return target() == out ? 0 : out.size();
    }

    /** Writes what is complete: inside an array or map the header is not final. */
    @Override
    protected void drain() throws IOException {
        if (target() != out && depth == 0) {
            out.drainTo(target());
        }
    }
}
