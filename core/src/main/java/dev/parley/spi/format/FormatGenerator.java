package dev.parley.spi.format;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Reader;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.Base64Variant;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.SerializableString;
import tools.jackson.core.StreamWriteCapability;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.Version;
import tools.jackson.core.base.GeneratorBase;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.exc.StreamWriteException;
import tools.jackson.core.io.IOContext;
import tools.jackson.core.util.JacksonFeatureSet;
import tools.jackson.core.util.SimpleStreamWriteContext;

/**
 * Base class of generators of value formats.
 *
 * <p>A subclass encodes structure and text in the {@code encode…} methods, and numbers, booleans, binary data and null
 * in Jackson's own {@code write…} methods, each of which starts with {@link #_verifyValueWrite}. The base class keeps
 * the write context, checks the nesting depth and that names and values alternate, narrows and parses numbers, and
 * brings every way to write a text to one. Values in the wrong place, and values that the format does not have, throw
 * {@link StreamWriteException}.
 *
 * <p>Not thread-safe.
 */
public abstract class FormatGenerator extends GeneratorBase {
    private static final int READ_CHARS = 4096;

    private final OutputStream target;
    private SimpleStreamWriteContext context = SimpleStreamWriteContext.createRootContext(null);

    /** A generator of one document, with its Jackson settings. */
    protected FormatGenerator(ObjectWriteContext writeContext, IOContext io, int features, OutputStream target) {
        super(writeContext, io, features);
        this.target = target;
    }

    // --- to be implemented by the format

    /**
     * Encodes the start of an array. The write context is that of the array already.
     *
     * @param size the number of elements that the caller announced; 0 or less if it did not, and not to be relied on
     */
    protected abstract void encodeStartArray(int size);

    /**
     * Encodes the end of an array. The write context is that of the parent already.
     *
     * @param size the number of elements that were written
     */
    protected abstract void encodeEndArray(int size);

    /**
     * Encodes the start of an object. The write context is that of the object already.
     *
     * @param size the number of properties that the caller announced; 0 or less if it did not, and not to be relied on
     */
    protected abstract void encodeStartObject(int size);

    /**
     * Encodes the end of an object. The write context is that of the parent already.
     *
     * @param size the number of properties that were written
     */
    protected abstract void encodeEndObject(int size);

    /** Encodes the name of a property. */
    protected abstract void encodeName(String name);

    /** Encodes the name of a property that is written often, so that its encoded form may be worth keeping. */
    protected void encodeName(SerializableString name) {
        encodeName(name.getValue());
    }

    /** Encodes a string. */
    protected abstract void encodeString(String text);

    /** Encodes a decimal, as a value of its own: it calls {@link #_verifyValueWrite}. */
    protected abstract void encodeDecimal(BigDecimal value);

    /**
     * Writes a whole number that does not fit 64 bits signed, as a value of its own. Refused, unless a format has
     * larger numbers.
     */
    protected void encodeBigInteger(BigInteger value) {
        String number = value.bitLength() <= 128 ? value.toString() : "of " + value.bitLength() + " bits";
        throw new StreamWriteException(
                this, "the number " + number + " does not fit a signed 64-bit integer; send it as text");
    }

    /** Writes what is buffered to {@link #target}, as far as it is final. Does not flush the target. */
    protected abstract void drain() throws IOException;

    /** The stream written to. */
    protected final OutputStream target() {
        return target;
    }

    // --- structure

    @Override
    protected final void _verifyValueWrite(String what) {
        if (!context.writeValue()) {
            throw new StreamWriteException(this, "cannot " + what + ": expected a property name");
        }
    }

    @Override
    public JsonGenerator writeStartArray() {
        return writeStartArray(null, 0);
    }

    @Override
    public JsonGenerator writeStartArray(@Nullable Object currentValue) {
        return writeStartArray(currentValue, 0);
    }

    @Override
    public JsonGenerator writeStartArray(@Nullable Object currentValue, int size) {
        _verifyValueWrite("start an array");
        context = context.createChildArrayContext(currentValue);
        _streamWriteConstraints.validateNestingDepth(context.getNestingDepth());
        encodeStartArray(size);
        return this;
    }

    @Override
    public JsonGenerator writeEndArray() {
        if (!context.inArray()) {
            throw new StreamWriteException(this, "cannot end an array: the current context is " + context.typeDesc());
        }
        int size = context.getEntryCount();
        context = context.clearAndGetParent();
        encodeEndArray(size);
        return this;
    }

    @Override
    public JsonGenerator writeStartObject() {
        return writeStartObject(null, 0);
    }

    @Override
    public JsonGenerator writeStartObject(@Nullable Object currentValue) {
        return writeStartObject(currentValue, 0);
    }

    @Override
    public JsonGenerator writeStartObject(@Nullable Object currentValue, int size) {
        _verifyValueWrite("start an object");
        context = context.createChildObjectContext(currentValue);
        _streamWriteConstraints.validateNestingDepth(context.getNestingDepth());
        encodeStartObject(size);
        return this;
    }

    @Override
    public JsonGenerator writeEndObject() {
        if (!context.inObject()) {
            throw new StreamWriteException(this, "cannot end an object: the current context is " + context.typeDesc());
        }
        int size = context.getEntryCount();
        context = context.clearAndGetParent();
        encodeEndObject(size);
        return this;
    }

    @Override
    public JsonGenerator writeName(String name) {
        verifyName(name);
        encodeName(name);
        return this;
    }

    @Override
    public JsonGenerator writeName(SerializableString name) {
        verifyName(name.getValue());
        encodeName(name);
        return this;
    }

    private void verifyName(String name) {
        if (!context.writeName(name)) {
            throw new StreamWriteException(this, "cannot write the property name '" + name + "': expected a value");
        }
    }

    /** Writes the number as text. */
    @Override
    public JsonGenerator writePropertyId(long id) {
        return writeName(Long.toString(id));
    }

    // --- text and binary data

    @Override
    public JsonGenerator writeString(@Nullable String text) {
        if (text == null) {
            return writeNull();
        }
        _verifyValueWrite(WRITE_STRING);
        encodeString(text);
        return this;
    }

    @Override
    public JsonGenerator writeString(char[] buffer, int offset, int length) {
        return writeString(new String(buffer, offset, length));
    }

    /** Writes the text of a reader, which is not closed; a negative length means all of it. */
    @Override
    public JsonGenerator writeString(Reader reader, int length) {
        StringBuilder text = new StringBuilder();
        char[] chunk = new char[READ_CHARS];
        try {
            int left = length < 0 ? Integer.MAX_VALUE : length;
            int read;
            while (left > 0 && (read = reader.read(chunk, 0, Math.min(left, chunk.length))) > 0) {
                text.append(chunk, 0, read);
                left -= read;
            }
        } catch (IOException e) {
            throw JacksonIOException.construct(e, this);
        }
        return writeString(text.toString());
    }

    @Override
    public JsonGenerator writeUTF8String(byte[] buffer, int offset, int length) {
        return writeString(new String(buffer, offset, length, StandardCharsets.UTF_8));
    }

    /** As {@link #writeUTF8String}: no format of values has text that is escaped already. */
    @Override
    public JsonGenerator writeRawUTF8String(byte[] buffer, int offset, int length) {
        return writeUTF8String(buffer, offset, length);
    }

    /** Writes the bytes of a stream, which is not closed; a negative length means all of them. */
    @Override
    public int writeBinary(Base64Variant variant, InputStream data, int length) {
        byte[] bytes;
        try {
            bytes = length < 0 ? data.readAllBytes() : data.readNBytes(length);
        } catch (IOException e) {
            throw JacksonIOException.construct(e, this);
        }
        if (bytes.length < length) {
            throw new StreamWriteException(this, "the stream ended after " + bytes.length + " of " + length + " bytes");
        }
        writeBinary(variant, bytes, 0, bytes.length);
        return bytes.length;
    }

    // --- numbers

    @Override
    public JsonGenerator writeNumber(short value) {
        return writeNumber((int) value);
    }

    @Override
    public JsonGenerator writeNumber(@Nullable BigInteger value) {
        if (value == null) {
            return writeNull();
        }
        if (value.bitLength() < Long.SIZE) {
            return writeNumber(value.longValue());
        }
        encodeBigInteger(value);
        return this;
    }

    @Override
    public JsonGenerator writeNumber(@Nullable BigDecimal value) {
        if (value == null) {
            return writeNull();
        }
        encodeDecimal(value);
        return this;
    }

    /** Writes a number given as text: a whole number if it has neither a fraction nor an exponent, else a decimal. */
    @Override
    public JsonGenerator writeNumber(@Nullable String encoded) {
        if (encoded == null) {
            return writeNull();
        }
        BigDecimal value;
        try {
            value = new BigDecimal(encoded);
        } catch (NumberFormatException e) {
            throw new StreamWriteException(this, "'" + encoded + "' is not a number", e);
        }
        return value.scale() == 0 ? writeNumber(value.unscaledValue()) : writeNumber(value);
    }

    // --- raw text

    @Override
    public JsonGenerator writeRaw(@Nullable String text) {
        throw rawText();
    }

    @Override
    public JsonGenerator writeRaw(String text, int offset, int length) {
        throw rawText();
    }

    @Override
    public JsonGenerator writeRaw(char[] text, int offset, int length) {
        throw rawText();
    }

    @Override
    public JsonGenerator writeRaw(char c) {
        throw rawText();
    }

    private StreamWriteException rawText() {
        return new StreamWriteException(this, "raw text cannot be written in this format, only values");
    }

    // --- context and target

    @Override
    public final SimpleStreamWriteContext streamWriteContext() {
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

    /**
     * Not that of native binary data, although formats have it: serializers that have a choice, as that of UUIDs does,
     * write text, so that such values are the same on every wire and every peer can read them.
     */
    @Override
    public JacksonFeatureSet<StreamWriteCapability> streamWriteCapabilities() {
        return DEFAULT_WRITE_CAPABILITIES;
    }

    @Override
    public Object streamWriteOutputTarget() {
        return target;
    }

    /** Unknown, see {@link FormatFactory#version}. */
    @Override
    public Version version() {
        return Version.unknownVersion();
    }

    @Override
    public void flush() {
        try {
            drain();
            if (isEnabled(StreamWriteFeature.FLUSH_PASSED_TO_STREAM)) {
                target.flush();
            }
        } catch (IOException e) {
            throw JacksonIOException.construct(e, this);
        }
    }

    @Override
    protected void _closeInput() throws IOException {
        drain();
        if (_ioContext.isResourceManaged() || isEnabled(StreamWriteFeature.AUTO_CLOSE_TARGET)) {
            target.close();
        } else if (isEnabled(StreamWriteFeature.FLUSH_PASSED_TO_STREAM)) {
            target.flush();
        }
    }

    /** Does nothing, unless a format borrows buffers. */
    @Override
    protected void _releaseBuffers() {}
}
