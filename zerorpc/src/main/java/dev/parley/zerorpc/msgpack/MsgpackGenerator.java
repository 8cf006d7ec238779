package dev.parley.zerorpc.msgpack;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Reader;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.Base64Variant;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.SerializableString;
import tools.jackson.core.StreamWriteCapability;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.TokenStreamContext;
import tools.jackson.core.Version;
import tools.jackson.core.base.GeneratorBase;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.io.IOContext;
import tools.jackson.core.util.JacksonFeatureSet;
import tools.jackson.core.util.SimpleStreamWriteContext;

/**
 * Writes MessagePack. Heads of lists and maps are written for the size that the caller tells, or for one below 16, and set right at their end.
 */
final class MsgpackGenerator extends GeneratorBase {
    private final OutputStream target;
    private final MsgpackBuffer out;
    private final boolean refuseNumberKeys;
    private SimpleStreamWriteContext context = SimpleStreamWriteContext.createRootContext(null);
    private int[] headerAt = new int[8];
    private int[] expected = new int[8];
    private int[] count = new int[8];
    private int depth;

    MsgpackGenerator(
            ObjectWriteContext writeContext,
            IOContext io,
            int features,
            OutputStream target,
            boolean refuseNumberKeys) {
        super(writeContext, io, features);
        this.target = target;
        this.out = target instanceof MsgpackBuffer buffer ? buffer : new MsgpackBuffer();
        this.refuseNumberKeys = refuseNumberKeys;
    }

    @Override
    protected void _verifyValueWrite(String what) {
        if (!context.writeValue()) {
            _reportError("cannot " + what + ": a map key is due");
        }
        if (context.inArray()) {
            count[depth]++;
        }
    }

    @Override
    public JsonGenerator writeStartArray() {
        return writeStartArray(null, 0);
    }

    @Override
    public JsonGenerator writeStartArray(@Nullable Object value) {
        return writeStartArray(value, 0);
    }

    @Override
    public JsonGenerator writeStartArray(@Nullable Object value, int size) {
        _verifyValueWrite("start an array");
        context = context.createChildArrayContext(value);
        push(size);
        out.writeArrayHeader(Math.max(size, 0));
        return this;
    }

    @Override
    public JsonGenerator writeEndArray() {
        if (!context.inArray()) {
            _reportError("cannot end an array inside " + context.typeDesc());
        }
        pop(false);
        return this;
    }

    @Override
    public JsonGenerator writeStartObject() {
        return writeStartObject(null, 0);
    }

    @Override
    public JsonGenerator writeStartObject(@Nullable Object value) {
        return writeStartObject(value, 0);
    }

    @Override
    public JsonGenerator writeStartObject(@Nullable Object value, int size) {
        _verifyValueWrite("start an object");
        context = context.createChildObjectContext(value);
        push(size);
        out.writeMapHeader(Math.max(size, 0));
        return this;
    }

    @Override
    public JsonGenerator writeEndObject() {
        if (!context.inObject()) {
            _reportError("cannot end an object inside " + context.typeDesc());
        }
        pop(true);
        return this;
    }

    private void push(int size) {
        depth++;
        _streamWriteConstraints.validateNestingDepth(depth);
        if (depth == count.length) {
            headerAt = Arrays.copyOf(headerAt, 2 * depth);
            expected = Arrays.copyOf(expected, 2 * depth);
            count = Arrays.copyOf(count, 2 * depth);
        }
        headerAt[depth] = out.size();
        expected[depth] = Math.max(size, 0);
        count[depth] = 0;
    }

    private void pop(boolean map) {
        if (count[depth] != expected[depth]) {
            out.settle(headerAt[depth], map, expected[depth], count[depth]);
        }
        depth--;
        context = context.clearAndGetParent();
    }

    @Override
    public JsonGenerator writeName(String name) {
        name(name);
        out.writeString(name);
        return this;
    }

    @Override
    public JsonGenerator writeName(SerializableString name) {
        name(name.getValue());
        byte[] utf8 = name.asUnquotedUTF8();
        out.writeStringHeader(utf8.length);
        out.write(utf8, 0, utf8.length);
        return this;
    }

    @Override
    public JsonGenerator writePropertyId(long id) {
        if (refuseNumberKeys) {
            _reportError("a map with the number " + id
                    + " for a key: Python's zerorpc drops messages with keys that are no text; use text keys");
        }
        return writeName(Long.toString(id));
    }

    private void name(String name) {
        if (!context.writeName(name)) {
            _reportError("cannot write the map key '" + name + "': a value is due");
        }
        count[depth]++;
    }

    @Override
    public JsonGenerator writeString(@Nullable String text) {
        if (text == null) {
            return writeNull();
        }
        _verifyValueWrite(WRITE_STRING);
        out.writeString(text);
        return this;
    }

    @Override
    public JsonGenerator writeString(Reader reader, int length) {
        StringBuilder text = new StringBuilder();
        char[] chunk = new char[4096];
        try {
            int left = length < 0 ? Integer.MAX_VALUE : length;
            for (int n; left > 0 && (n = reader.read(chunk, 0, Math.min(left, chunk.length))) > 0; left -= n) {
                text.append(chunk, 0, n);
            }
        } catch (IOException e) {
            throw JacksonIOException.construct(e, this);
        }
        return writeString(text.toString());
    }

    @Override
    public JsonGenerator writeString(char[] text, int offset, int length) {
        return writeString(new String(text, offset, length));
    }

    @Override
    public JsonGenerator writeString(SerializableString text) {
        byte[] utf8 = text.asUnquotedUTF8();
        return writeUTF8String(utf8, 0, utf8.length);
    }

    @Override
    public JsonGenerator writeRawUTF8String(byte[] text, int offset, int length) {
        return writeUTF8String(text, offset, length);
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
    public int writeBinary(Base64Variant variant, InputStream data, int length) {
        try {
            byte[] bytes = length < 0 ? data.readAllBytes() : data.readNBytes(length);
            if (length >= 0 && bytes.length < length) {
                _reportError("the stream ended after " + bytes.length + " of " + length + " bytes");
            }
            writeBinary(variant, bytes, 0, bytes.length);
            return bytes.length;
        } catch (IOException e) {
            throw JacksonIOException.construct(e, this);
        }
    }

    @Override
    public JsonGenerator writeEmbeddedObject(@Nullable Object object) {
        if (object instanceof MsgpackExtension extension) {
            _verifyValueWrite("write an extension");
            out.writeExtension(extension);
            return this;
        }
        return super.writeEmbeddedObject(object);
    }

    @Override
    public JsonGenerator writeNumber(short number) {
        return writeNumber((long) number);
    }

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
    public JsonGenerator writeNumber(@Nullable BigInteger number) {
        if (number == null) {
            return writeNull();
        }
        if (number.bitLength() > 63 && (number.signum() < 0 || number.bitLength() > 64)) {
            _reportError("a whole number of " + number.bitLength()
                    + " bits: MessagePack holds -2^63 to 2^64-1; send it as text");
        }
        _verifyValueWrite(WRITE_NUMBER);
        if (number.signum() < 0) {
            out.writeLong(number.longValue());
        } else {
            out.writeUnsigned(number.longValue());
        }
        return this;
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
    public JsonGenerator writeNumber(@Nullable BigDecimal number) {
        if (number == null) {
            return writeNull();
        }
        double nearest = number.doubleValue();
        if (!Double.isFinite(nearest) || BigDecimal.valueOf(nearest).compareTo(number) != 0) {
            _reportError("a decimal of " + number.precision()
                    + " digits: MessagePack has floats of 64 bits only; send it as text or as a double");
        }
        return writeNumber(nearest);
    }

    @Override
    public JsonGenerator writeNumber(String number) {
        try {
            BigDecimal value = new BigDecimal(number);
            return value.scale() <= 0 && value.precision() - value.scale() <= 20
                    ? writeNumber(value.toBigIntegerExact())
                    : writeNumber(value);
        } catch (NumberFormatException e) {
            return _reportError("'" + number + "' is no number");
        }
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

    @Override
    public JsonGenerator writeRaw(String text) {
        return raw();
    }

    @Override
    public JsonGenerator writeRaw(String text, int offset, int length) {
        return raw();
    }

    @Override
    public JsonGenerator writeRaw(char[] text, int offset, int length) {
        return raw();
    }

    @Override
    public JsonGenerator writeRaw(char c) {
        return raw();
    }

    @Override
    public JsonGenerator writeRawValue(String text) {
        return raw();
    }

    @Override
    public JsonGenerator writeRawValue(String text, int offset, int length) {
        return raw();
    }

    @Override
    public JsonGenerator writeRawValue(char[] text, int offset, int length) {
        return raw();
    }

    private JsonGenerator raw() {
        throw new UnsupportedOperationException("raw text makes no sense in MessagePack");
    }

    @Override
    public TokenStreamContext streamWriteContext() {
        return context;
    }

    @Override
    public @Nullable Object currentValue() {
        return context.currentValue();
    }

    @Override
    public void assignCurrentValue(@Nullable Object value) {
        context.assignCurrentValue(value);
    }

    @Override
    public Object streamWriteOutputTarget() {
        return target;
    }

    @Override
    public int streamWriteOutputBuffered() {
        return target == out ? 0 : out.size();
    }

    @Override
    public JacksonFeatureSet<StreamWriteCapability> streamWriteCapabilities() {
        return DEFAULT_BINARY_WRITE_CAPABILITIES;
    }

    @Override
    public Version version() {
        return Version.unknownVersion();
    }

    @Override
    public void flush() {
        if (target != out && depth == 0) {
            try {
                target.write(out.toByteArray());
                out.truncate(0);
                target.flush();
            } catch (IOException e) {
                throw JacksonIOException.construct(e, this);
            }
        }
    }

    @Override
    public void close() throws JacksonException {
        if (!isClosed()) {
            flush();
            super.close();
        }
    }

    @Override
    protected void _closeInput() throws IOException {
        if (target != out && (_ioContext.isResourceManaged() || isEnabled(StreamWriteFeature.AUTO_CLOSE_TARGET))) {
            target.close();
        }
    }

    @Override
    protected void _releaseBuffers() {
        // None were borrowed.
    }
}
