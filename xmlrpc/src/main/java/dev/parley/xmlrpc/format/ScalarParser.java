package dev.parley.xmlrpc.format;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.Base64Variant;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.Version;
import tools.jackson.core.base.ParserMinimalBase;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.io.IOContext;

/**
 * The current value of an {@link XmlRpcParser}: from the text of a typed element to a token, and from that to whatever is asked for. {@code dateTime.iso8601} and
 * {@code base64} are embedded objects: a {@link java.time.LocalDateTime} or {@link java.time.OffsetDateTime}, and a byte array.
 *
 * <p>Not thread-safe.
 */
abstract class ScalarParser extends ParserMinimalBase {
    /** The text of the current scalar, as it was sent. */
    String text = "";

    private NumberType numberType = NumberType.INT;
    private long integer;
    private double floating;
    private @Nullable BigInteger bigInteger;
    private @Nullable BigDecimal bigDecimal;
    private @Nullable Object embedded;

    ScalarParser(ObjectReadContext readContext, IOContext io, int features) {
        super(readContext, io, features);
    }

    /**
     * Takes the text of an element of this type.
     *
     * @throws IllegalArgumentException if it is none
     */
    final JsonToken convert(String type, String content) {
        return switch (type) {
            case "string" -> JsonToken.VALUE_STRING;
            case "int", "i4", "i8", "i2", "i1", "biginteger" -> integer(content);
            case "double", "float" -> {
                streamReadConstraints().validateFPLength(content.length());
                floating = Scalars.decimal(content);
                numberType = NumberType.DOUBLE;
                bigDecimal = null;
                yield JsonToken.VALUE_NUMBER_FLOAT;
            }
            case "bigdecimal" -> {
                streamReadConstraints().validateFPLength(content.length());
                bigDecimal = Scalars.bigDecimal(content);
                floating = bigDecimal.doubleValue();
                numberType = NumberType.BIG_DECIMAL;
                yield JsonToken.VALUE_NUMBER_FLOAT;
            }
            case "boolean" -> Scalars.truth(content) ? JsonToken.VALUE_TRUE : JsonToken.VALUE_FALSE;
            case "nil" -> {
                if (!content.isBlank()) {
                    throw new IllegalArgumentException("it must be empty");
                }
                yield JsonToken.VALUE_NULL;
            }
            case "dateTime.iso8601", "dateTime" -> {
                embedded = Scalars.dateTime(content);
                yield JsonToken.VALUE_EMBEDDED_OBJECT;
            }
            case "base64" -> {
                embedded = Scalars.base64(content);
                yield JsonToken.VALUE_EMBEDDED_OBJECT;
            }
            default ->
                throw new IllegalArgumentException(
                        "there is no such type; the types are int, i4, i8, i1, i2, biginteger, boolean, double,"
                                + " float, bigdecimal, string, dateTime.iso8601, base64, nil, array and struct");
        };
    }

    private JsonToken integer(String content) {
        String digits = Scalars.integer(content);
        streamReadConstraints().validateIntegerLength(digits.length());
        if (digits.length() <= 18) {
            integer = Long.parseLong(digits);
            numberType = integer == (int) integer ? NumberType.INT : NumberType.LONG;
            return JsonToken.VALUE_NUMBER_INT;
        }
        BigInteger big = new BigInteger(digits);
        bigInteger = big;
        integer = big.longValue();
        numberType =
                big.bitLength() < 32 ? NumberType.INT : big.bitLength() < 64 ? NumberType.LONG : NumberType.BIG_INTEGER;
        return JsonToken.VALUE_NUMBER_INT;
    }

    @Override
    public @Nullable String getString() {
        if (_currToken == null) {
            return null;
        }
        return switch (_currToken) {
            case VALUE_STRING, VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT, VALUE_EMBEDDED_OBJECT -> text;
            case PROPERTY_NAME -> currentName();
            default -> _currToken.asString();
        };
    }

    @Override
    public @Nullable String getValueAsString(@Nullable String defaultValue) {
        return _currToken == JsonToken.VALUE_STRING ? text : super.getValueAsString(defaultValue);
    }

    @Override
    public @Nullable String getValueAsString() {
        return _currToken == JsonToken.VALUE_STRING ? text : super.getValueAsString(null);
    }

    @Override
    public boolean hasStringCharacters() {
        return false;
    }

    @Override
    public char[] getStringCharacters() {
        String value = getString();
        return value == null ? new char[0] : value.toCharArray();
    }

    @Override
    public int getStringLength() {
        String value = getString();
        return value == null ? 0 : value.length();
    }

    @Override
    public int getStringOffset() {
        return 0;
    }

    @Override
    public @Nullable Object getEmbeddedObject() {
        return _currToken == JsonToken.VALUE_EMBEDDED_OBJECT ? embedded : null;
    }

    @Override
    public byte[] getBinaryValue(Base64Variant variant) {
        if (_currToken == JsonToken.VALUE_EMBEDDED_OBJECT && embedded instanceof byte[] bytes) {
            return bytes;
        }
        if (_currToken == JsonToken.VALUE_STRING) {
            try {
                return Scalars.base64(text);
            } catch (IllegalArgumentException e) {
                throw new StreamReadException(this, String.valueOf(e.getMessage()), e);
            }
        }
        throw new StreamReadException(this, "binary data is due, sent as <base64>");
    }

    // --- numbers

    @Override
    public boolean isNaN() {
        return _currToken == JsonToken.VALUE_NUMBER_FLOAT
                && !Double.isFinite(floating)
                && numberType == NumberType.DOUBLE;
    }

    @Override
    public @Nullable NumberType getNumberType() {
        return isNumber() ? numberType : null;
    }

    @Override
    public NumberTypeFP getNumberTypeFP() {
        return _currToken != JsonToken.VALUE_NUMBER_FLOAT
                ? NumberTypeFP.UNKNOWN
                : numberType == NumberType.BIG_DECIMAL ? NumberTypeFP.BIG_DECIMAL : NumberTypeFP.DOUBLE64;
    }

    @Override
    public Number getNumberValue() {
        requireNumber();
        return switch (numberType) {
            case INT -> (int) integer;
            case LONG -> integer;
            case BIG_INTEGER -> getBigIntegerValue();
            case BIG_DECIMAL -> getDecimalValue();
            default -> floating;
        };
    }

    @Override
    public int getIntValue() throws InputCoercionException {
        long value = getLongValue();
        if (value != (int) value) {
            _reportOverflowInt(text);
        }
        return (int) value;
    }

    @Override
    public long getLongValue() throws InputCoercionException {
        requireNumber();
        if (_currToken == JsonToken.VALUE_NUMBER_FLOAT) {
            if (!(floating >= -0x1p63 && floating < 0x1p63)) {
                _reportOverflowLong(text);
            }
            return (long) floating;
        }
        if (numberType == NumberType.BIG_INTEGER) {
            _reportOverflowLong(text);
        }
        return integer;
    }

    @Override
    public BigInteger getBigIntegerValue() {
        requireNumber();
        if (_currToken == JsonToken.VALUE_NUMBER_FLOAT) {
            BigDecimal decimal = getDecimalValue();
            streamReadConstraints().validateBigIntegerScale(decimal.scale());
            return decimal.setScale(0, RoundingMode.DOWN).toBigInteger();
        }
        BigInteger big = bigInteger;
        return numberType == NumberType.BIG_INTEGER && big != null ? big : BigInteger.valueOf(integer);
    }

    @Override
    public float getFloatValue() {
        return (float) getDoubleValue();
    }

    @Override
    public double getDoubleValue() {
        requireNumber();
        if (_currToken == JsonToken.VALUE_NUMBER_FLOAT) {
            return floating;
        }
        return numberType == NumberType.BIG_INTEGER ? getBigIntegerValue().doubleValue() : integer;
    }

    @Override
    public BigDecimal getDecimalValue() {
        requireNumber();
        if (_currToken == JsonToken.VALUE_NUMBER_INT) {
            return numberType == NumberType.BIG_INTEGER
                    ? new BigDecimal(getBigIntegerValue())
                    : BigDecimal.valueOf(integer);
        }
        BigDecimal decimal = bigDecimal;
        if (decimal == null) {
            if (!Double.isFinite(floating)) {
                throw new InputCoercionException(
                        this, text.strip() + " is no finite number", _currToken, BigDecimal.class);
            }
            decimal = Scalars.bigDecimal(text);
            bigDecimal = decimal;
        }
        return decimal;
    }

    private boolean isNumber() {
        return _currToken == JsonToken.VALUE_NUMBER_INT || _currToken == JsonToken.VALUE_NUMBER_FLOAT;
    }

    private void requireNumber() {
        if (!isNumber()) {
            throw _constructNotNumericType(_currToken, 0);
        }
    }

    // --- the rest

    @Override
    public Version version() {
        return XmlRpcFactory.VERSION;
    }

    @Override
    public @Nullable Object streamReadInputSource() {
        return _ioContext.contentReference().getRawContent();
    }

    @Override
    protected void _closeInput() throws IOException {}

    @Override
    protected void _releaseBuffers() {}

    @Override
    protected void _handleEOF() {}
}
