package dev.parley.xmlrpc.format;

import static dev.parley.xmlrpc.format.XmlOutput.ascii;

import dev.parley.spi.format.FormatGenerator;
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
import tools.jackson.core.exc.StreamWriteException;
import tools.jackson.core.io.IOContext;

/**
 * Writes Jackson tokens as XML-RPC values, in the types of the specification and the extensions that
 * {@link XmlRpcWriteFeature} enables; no tag has a prefix.
 *
 * <p>Not thread-safe.
 */
public final class XmlRpcGenerator extends FormatGenerator {
    private static final byte[] INT = ascii("<value><int>");
    private static final byte[] END_INT = ascii("</int></value>");
    private static final byte[] I8 = ascii("<value><i8>");
    private static final byte[] END_I8 = ascii("</i8></value>");
    private static final byte[] BIG_INTEGER = ascii("<value><biginteger>");
    private static final byte[] END_BIG_INTEGER = ascii("</biginteger></value>");
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

    XmlRpcGenerator(
            ObjectWriteContext writeContext, IOContext io, int streamFeatures, int features, OutputStream target) {
        super(writeContext, io, streamFeatures, target);
        this.features = features;
        this.out = new XmlOutput(target, io.allocWriteEncodingBuffer(), XmlRpcWriteFeature.ASCII.enabledIn(features));
    }

    /** The output, for the message around the values. */
    public XmlOutput output() {
        return out;
    }

    // --- structure

    @Override
    protected void encodeStartArray(int size) {
        out.markup(ARRAY);
    }

    @Override
    protected void encodeEndArray(int size) {
        endValue(END_ARRAY);
    }

    @Override
    protected void encodeStartObject(int size) {
        out.markup(STRUCT);
    }

    @Override
    protected void encodeEndObject(int size) {
        endValue(END_STRUCT);
    }

    @Override
    protected void encodeName(String name) {
        out.markup(MEMBER);
        out.name(name, this);
        out.markup(END_NAME);
    }

    /** Ends a value, and the member that it may belong to. */
    private JsonGenerator endValue(byte[] end) {
        out.markup(end);
        if (streamWriteContext().inObject()) {
            out.markup(END_MEMBER);
        }
        return this;
    }

    private JsonGenerator writeScalar(byte[] start, String ascii, byte[] end, String what) {
        _verifyValueWrite(what);
        out.markup(start);
        out.plain(ascii);
        return endValue(end);
    }

    // --- scalars

    @Override
    protected void encodeString(String text) {
        out.markup(STRING);
        out.text(text, this);
        endValue(END_STRING);
    }

    @Override
    public JsonGenerator writeBinary(Base64Variant variant, byte[] data, int offset, int length) {
        _verifyValueWrite(WRITE_BINARY);
        out.markup(BASE64);
        boolean whole = offset == 0 && length == data.length;
        byte[] encoded = Base64.getEncoder().encode(whole ? data : Arrays.copyOfRange(data, offset, offset + length));
        out.bytes(encoded);
        return endValue(END_BASE64);
    }

    @Override
    public JsonGenerator writeNumber(int value) {
        _verifyValueWrite(WRITE_NUMBER);
        out.markup(INT);
        out.integer(value);
        return endValue(END_INT);
    }

    @Override
    public JsonGenerator writeNumber(long value) {
        if (value == (int) value) {
            return writeNumber((int) value);
        }
        if (!XmlRpcWriteFeature.I8.enabledIn(features)) {
            if (XmlRpcWriteFeature.BIGINTEGER.enabledIn(features)) {
                return writeScalar(BIG_INTEGER, Long.toString(value), END_BIG_INTEGER, WRITE_NUMBER);
            }
            throw new StreamWriteException(
                    this,
                    "the number " + value
                            + " does not fit XML-RPC's 32-bit int; enable <i8> (option i8=true) if the peer reads it,"
                            + " or send a double or text");
        }
        return writeScalar(I8, Long.toString(value), END_I8, WRITE_NUMBER);
    }

    @Override
    protected void encodeBigInteger(BigInteger value) {
        if (XmlRpcWriteFeature.BIGINTEGER.enabledIn(features)) {
            writeScalar(BIG_INTEGER, value.toString(), END_BIG_INTEGER, WRITE_NUMBER);
        } else {
            super.encodeBigInteger(value);
        }
    }

    @Override
    public JsonGenerator writeNumber(double value) {
        // Python, Java and JavaScript read NaN, Infinity and -Infinity; only Python reads "inf".
        return writeScalar(DOUBLE, Double.toString(value), END_DOUBLE, WRITE_NUMBER);
    }

    @Override
    public JsonGenerator writeNumber(float value) {
        return writeScalar(DOUBLE, Float.toString(value), END_DOUBLE, WRITE_NUMBER);
    }

    @Override
    protected void encodeDecimal(BigDecimal value) {
        writeScalar(DOUBLE, value.toString(), END_DOUBLE, WRITE_NUMBER);
    }

    @Override
    public JsonGenerator writeBoolean(boolean value) {
        _verifyValueWrite(WRITE_BOOLEAN);
        return endValue(value ? TRUE : FALSE);
    }

    @Override
    public JsonGenerator writeNull() {
        if (!XmlRpcWriteFeature.NIL.enabledIn(features)) {
            throw new StreamWriteException(
                    this, "null cannot be sent; enable <nil/> (option nil=true) if the peer reads it");
        }
        _verifyValueWrite(WRITE_NULL);
        return endValue(NIL);
    }

    @Override
    public JsonGenerator writeEmbeddedObject(@Nullable Object object) {
        return switch (object) {
            case null -> writeNull();
            case byte[] bytes -> writeBinary(bytes);
            case LocalDateTime time -> writeDateTime(time);
            default ->
                throw new StreamWriteException(
                        this, "XML-RPC has no type for a " + object.getClass().getName());
        };
    }

    private JsonGenerator writeDateTime(LocalDateTime time) {
        if (time.getYear() < 0 || time.getYear() > 9999) {
            throw new StreamWriteException(this, "the year of " + time + " does not have four digits");
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
        return writeScalar(DATE_TIME, text, END_DATE_TIME, "write a date and time");
    }

    // --- output

    @Override
    public int streamWriteOutputBuffered() {
        return out.buffered();
    }

    @Override
    protected void drain() {
        out.drain();
    }

    @Override
    protected void _releaseBuffers() {
        _ioContext.releaseWriteEncodingBuffer(out.buffer());
    }
}
