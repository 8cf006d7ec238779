package dev.parley.xmlrpc.format;

import static dev.parley.xmlrpc.format.XmlOutput.ascii;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.Base64Variant;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamWriteCapability;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.TokenStreamContext;
import tools.jackson.core.Version;
import tools.jackson.core.base.GeneratorBase;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.exc.StreamWriteException;
import tools.jackson.core.io.IOContext;
import tools.jackson.core.util.JacksonFeatureSet;
import tools.jackson.core.util.SimpleStreamWriteContext;

/**
 * Writes Jackson tokens as XML-RPC values, in the types of the specification and no others but those that {@link XmlRpcWriteFeature} allows; no tag has a prefix.
 *
 * <p>Not thread-safe.
 */
public final class XmlRpcGenerator extends GeneratorBase {
    private static final byte[] INT = ascii("<value><int>");
    private static final byte[] END_INT = ascii("</int></value>");
    private static final byte[] I8 = ascii("<value><i8>");
    private static final byte[] END_I8 = ascii("</i8></value>");
    private static final byte[] DOUBLE = ascii("<value><double>");
    private static final byte[] END_DOUBLE = ascii("</double></value>");
    private static final byte[] TRUE = ascii("<value><boolean>1</boolean></value>");
    private static final byte[] FALSE = ascii("<value><boolean>0</boolean></value>");
    private static final byte[] NIL = ascii("<value><nil/></value>");
    private static final byte[] STRING = ascii("<value><string>");
    private static final byte[] END_STRING = ascii("</string></value>");
    private static final byte[] BASE64 = ascii("<value><base64>");
    private static final byte[] END_BASE64 = ascii("</base64></value>");
    private static final byte[] DATE_TIME = ascii("<value><dateTime.iso8601>");
    private static final byte[] END_DATE_TIME = ascii("</dateTime.iso8601></value>");
    private static final byte[] ARRAY = ascii("<value><array><data>");
    private static final byte[] END_ARRAY = ascii("</data></array></value>");
    private static final byte[] STRUCT = ascii("<value><struct>");
    private static final byte[] END_STRUCT = ascii("</struct></value>");
    private static final byte[] MEMBER = ascii("<member><name>");
    private static final byte[] END_NAME = ascii("</name>");
    private static final byte[] END_MEMBER = ascii("</member>");

    private final XmlOutput out;
    private final int features;
    private SimpleStreamWriteContext context = SimpleStreamWriteContext.createRootContext(null);

    XmlRpcGenerator(
            ObjectWriteContext writeContext, IOContext io, int streamFeatures, int features, OutputStream target) {
        super(writeContext, io, streamFeatures);
        this.features = features;
        this.out = new XmlOutput(target, io.allocWriteEncodingBuffer());
    }

    /** The output, for the envelope around the values. */
    public XmlOutput output() {
        return out;
    }

    // --- structure

    @Override
    public JsonGenerator writeStartArray() {
        return writeStartArray(null);
    }

    @Override
    public JsonGenerator writeStartArray(@Nullable Object currentValue) {
        _verifyValueWrite("start an array");
        context = context.createChildArrayContext(currentValue);
        streamWriteConstraints().validateNestingDepth(context.getNestingDepth());
        out.markup(ARRAY);
        return this;
    }

    @Override
    public JsonGenerator writeEndArray() {
        if (!context.inArray()) {
            throw new StreamWriteException(this, "the current context is no array but " + context.typeDesc());
        }
        context = context.clearAndGetParent();
        return written(END_ARRAY);
    }

    @Override
    public JsonGenerator writeStartObject() {
        return writeStartObject(null);
    }

    @Override
    public JsonGenerator writeStartObject(@Nullable Object currentValue) {
        _verifyValueWrite("start an object");
        context = context.createChildObjectContext(currentValue);
        streamWriteConstraints().validateNestingDepth(context.getNestingDepth());
        out.markup(STRUCT);
        return this;
    }

    @Override
    public JsonGenerator writeEndObject() {
        if (!context.inObject()) {
            throw new StreamWriteException(this, "the current context is no object but " + context.typeDesc());
        }
        context = context.clearAndGetParent();
        return written(END_STRUCT);
    }

    @Override
    public JsonGenerator writeName(String name) {
        if (!context.writeName(name)) {
            throw new StreamWriteException(this, "the name '" + name + "' where a value is due");
        }
        out.markup(MEMBER);
        out.text(name, this);
        out.markup(END_NAME);
        return this;
    }

    @Override
    public JsonGenerator writePropertyId(long id) {
        return writeName(Long.toString(id));
    }

    @Override
    protected void _verifyValueWrite(String what) {
        if (!context.writeValue()) {
            throw new StreamWriteException(this, "cannot " + what + " where a name is due");
        }
    }

    /** Ends a value, and the member that it may belong to. */
    private JsonGenerator written(byte[] end) {
        out.markup(end);
        if (context.inObject()) {
            out.markup(END_MEMBER);
        }
        return this;
    }

    private JsonGenerator scalar(byte[] start, String plain, byte[] end, String what) {
        _verifyValueWrite(what);
        out.markup(start);
        out.digits(plain);
        return written(end);
    }

    // --- text and binary

    @Override
    public JsonGenerator writeString(@Nullable String text) {
        if (text == null) {
            return writeNull();
        }
        return string(text);
    }

    private JsonGenerator string(CharSequence text) {
        _verifyValueWrite(WRITE_STRING);
        out.markup(STRING);
        out.text(text, this);
        return written(END_STRING);
    }

    @Override
    public JsonGenerator writeString(char[] buffer, int offset, int length) {
        return string(new String(buffer, offset, length));
    }

    @Override
    public JsonGenerator writeUTF8String(byte[] buffer, int offset, int length) {
        return string(new String(buffer, offset, length, java.nio.charset.StandardCharsets.UTF_8));
    }

    @Override
    public JsonGenerator writeRawUTF8String(byte[] buffer, int offset, int length) {
        return writeUTF8String(buffer, offset, length);
    }

    @Override
    public JsonGenerator writeBinary(Base64Variant variant, byte[] data, int offset, int length) {
        _verifyValueWrite(WRITE_BINARY);
        out.markup(BASE64);
        byte[] encoded = Base64.getEncoder()
                .encode(
                        offset == 0 && length == data.length
                                ? data
                                : Arrays.copyOfRange(data, offset, offset + length));
        out.bytes(encoded, 0, encoded.length);
        return written(END_BASE64);
    }

    @Override
    public int writeBinary(Base64Variant variant, InputStream data, int length) {
        byte[] bytes;
        try {
            bytes = length < 0 ? data.readAllBytes() : data.readNBytes(length);
        } catch (IOException e) {
            throw JacksonIOException.construct(e, this);
        }
        writeBinary(variant, bytes, 0, bytes.length);
        return bytes.length;
    }

    // --- scalars

    @Override
    public JsonGenerator writeNumber(short value) {
        return writeNumber((int) value);
    }

    @Override
    public JsonGenerator writeNumber(int value) {
        _verifyValueWrite(WRITE_NUMBER);
        out.markup(INT);
        out.integer(value);
        return written(END_INT);
    }

    @Override
    public JsonGenerator writeNumber(long value) {
        if (value == (int) value) {
            return writeNumber((int) value);
        }
        if (!XmlRpcWriteFeature.I8.enabledIn(features)) {
            throw new StreamWriteException(
                    this,
                    "the number " + value
                            + " does not fit XML-RPC's 32-bit int; allow <i8> (option i8=true) if the peer reads it,"
                            + " or send a double or a text");
        }
        return scalar(I8, Long.toString(value), END_I8, WRITE_NUMBER);
    }

    @Override
    public JsonGenerator writeNumber(@Nullable BigInteger value) {
        if (value == null) {
            return writeNull();
        }
        if (value.bitLength() > 63) {
            throw new StreamWriteException(
                    this, "the number " + Scalars.quote(value.toString()) + " does not fit 64 bits; send it as a text");
        }
        return writeNumber(value.longValue());
    }

    @Override
    public JsonGenerator writeNumber(double value) {
        // Python, Java and JavaScript read these three words; "inf" only Python does.
        return scalar(DOUBLE, Double.toString(value), END_DOUBLE, WRITE_NUMBER);
    }

    @Override
    public JsonGenerator writeNumber(float value) {
        return scalar(DOUBLE, Float.toString(value), END_DOUBLE, WRITE_NUMBER);
    }

    @Override
    public JsonGenerator writeNumber(@Nullable BigDecimal value) {
        if (value == null) {
            return writeNull();
        }
        return scalar(DOUBLE, value.toString(), END_DOUBLE, WRITE_NUMBER);
    }

    @Override
    public JsonGenerator writeNumber(@Nullable String encoded) {
        if (encoded == null) {
            return writeNull();
        }
        try {
            return writeNumber(new BigInteger(encoded));
        } catch (NumberFormatException fraction) {
            try {
                return writeNumber(Scalars.bigDecimal(encoded));
            } catch (IllegalArgumentException e) {
                throw new StreamWriteException(this, Scalars.quote(encoded) + " is not a number", e);
            }
        }
    }

    @Override
    public JsonGenerator writeBoolean(boolean value) {
        _verifyValueWrite(WRITE_BOOLEAN);
        return written(value ? TRUE : FALSE);
    }

    @Override
    public JsonGenerator writeNull() {
        if (!XmlRpcWriteFeature.NIL.enabledIn(features)) {
            throw new StreamWriteException(
                    this, "null cannot be sent; allow <nil/> (option nil=true) if the peer reads it");
        }
        _verifyValueWrite(WRITE_NULL);
        return written(NIL);
    }

    @Override
    public JsonGenerator writeEmbeddedObject(@Nullable Object object) {
        return switch (object) {
            case null -> writeNull();
            case byte[] bytes -> writeBinary(bytes);
            case LocalDateTime time -> dateTime(time);
            default ->
                throw new StreamWriteException(
                        this, "XML-RPC has no value for " + object.getClass().getName());
        };
    }

    private JsonGenerator dateTime(LocalDateTime time) {
        if (time.getYear() < 0 || time.getYear() > 9999) {
            throw new StreamWriteException(this, "the year of " + time + " is not of four digits");
        }
        String text = String.format(
                Locale.ROOT,
                "%04d%02d%02dT%02d:%02d:%02d",
                time.getYear(),
                time.getMonthValue(),
                time.getDayOfMonth(),
                time.getHour(),
                time.getMinute(),
                time.getSecond());
        return scalar(DATE_TIME, text, END_DATE_TIME, "write a date and time");
    }

    // --- raw text is no XML-RPC value

    @Override
    public JsonGenerator writeRaw(@Nullable String text) {
        throw raw();
    }

    @Override
    public JsonGenerator writeRaw(String text, int offset, int length) {
        throw raw();
    }

    @Override
    public JsonGenerator writeRaw(char[] text, int offset, int length) {
        throw raw();
    }

    @Override
    public JsonGenerator writeRaw(char c) {
        throw raw();
    }

    private StreamWriteException raw() {
        return new StreamWriteException(this, "raw text cannot be written as an XML-RPC value");
    }

    // --- the rest

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
    public JacksonFeatureSet<StreamWriteCapability> streamWriteCapabilities() {
        return DEFAULT_BINARY_WRITE_CAPABILITIES;
    }

    @Override
    public Object streamWriteOutputTarget() {
        return out.target();
    }

    @Override
    public int streamWriteOutputBuffered() {
        return out.buffered();
    }

    @Override
    public Version version() {
        return XmlRpcFactory.VERSION;
    }

    @Override
    public void flush() {
        out.drain();
        if (isEnabled(StreamWriteFeature.FLUSH_PASSED_TO_STREAM)) {
            try {
                out.target().flush();
            } catch (IOException e) {
                throw JacksonIOException.construct(e, this);
            }
        }
    }

    @Override
    protected void _closeInput() throws IOException {
        out.drain();
        if (_ioContext.isResourceManaged() || isEnabled(StreamWriteFeature.AUTO_CLOSE_TARGET)) {
            out.target().close();
        } else if (isEnabled(StreamWriteFeature.FLUSH_PASSED_TO_STREAM)) {
            out.target().flush();
        }
    }

    @Override
    protected void _releaseBuffers() {
        _ioContext.releaseWriteEncodingBuffer(out.buffer());
    }
}
