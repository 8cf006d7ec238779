package dev.parley.spi.format;

import java.math.BigDecimal;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamContext;
import tools.jackson.core.Version;
import tools.jackson.core.base.ParserMinimalBase;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.core.io.IOContext;
import tools.jackson.core.util.SimpleStreamReadContext;

/**
 * Base class of parsers of value formats.
 *
 * <p>A subclass implements {@link #nextToken()}: it decodes the next value and calls the one method below that fits,
 * which stores the value and gives its token: {@link #integer(long)}, {@link #unsigned}, {@link #floating},
 * {@link #decimal}, {@link #string}, {@link #startArray} and so on. It hands the token to {@link #_updateToken}. Before
 * each value it calls {@code context.valueRead()}. It also implements {@code getEmbeddedObject} and
 * {@code getBinaryValue} if it has such values, and the locations. In return it gets every accessor of
 * {@link tools.jackson.core.JsonParser}:
 *
 * <ul>
 *   <li>Numbers are given in every numeric type. Narrowing that would lose the magnitude throws
 *       {@link InputCoercionException}; the fraction of a floating number is dropped, as Jackson's own formats do.
 *   <li>{@code NaN} and the infinities are doubles; asked for as a whole number or a decimal they throw
 *       {@link InputCoercionException}.
 *   <li>The text of a value is the one given with it, or else is computed by {@link #computeText} when it is asked for
 *       first, and kept.
 * </ul>
 *
 * <p>No object is allocated for a number that fits in a {@code long} or a {@code double} until a boxed type is asked
 * for.
 *
 * <p>Not thread-safe.
 */
public abstract class FormatParser extends ParserMinimalBase {
    private static final BigInteger TWO_TO_64 = BigInteger.ONE.shiftLeft(64);

    /** The current position in the structure of the document. */
    protected SimpleStreamReadContext context = SimpleStreamReadContext.createRootContext(null);

    private NumberType numberType = NumberType.INT;
    private long whole;
    private double floating;
    /**
     * The current number if it is a BIG_INTEGER; {@code null} until asked for if it is the unsigned value of
     * {@code whole}.
     */
    private @Nullable BigInteger bigInteger;
    /** The current number as a decimal; always there if it is a BIG_DECIMAL. */
    private @Nullable BigDecimal bigDecimal;

    private @Nullable String text;

    /** A parser of one document, with its Jackson settings. */
    protected FormatParser(ObjectReadContext readContext, IOContext io, int features) {
        super(readContext, io, features);
    }

    // --- tokens, for subclasses

    /** The current value is this whole number. */
    protected final JsonToken integer(long value) {
        whole = value;
        numberType = value == (int) value ? NumberType.INT : NumberType.LONG;
        return JsonToken.VALUE_NUMBER_INT;
    }

    /** The current value is the whole number from 0 to 2<sup>64</sup> - 1 that has these bits. */
    protected final JsonToken unsigned(long bits) {
        if (bits >= 0) {
            return integer(bits);
        }
        whole = bits;
        bigInteger = null;
        numberType = NumberType.BIG_INTEGER;
        return JsonToken.VALUE_NUMBER_INT;
    }

    /** The current value is this whole number. */
    protected final JsonToken integer(BigInteger value) {
        if (value.bitLength() < Long.SIZE) {
            return integer(value.longValue());
        }
        bigInteger = value;
        numberType = NumberType.BIG_INTEGER;
        return JsonToken.VALUE_NUMBER_INT;
    }

    /** The current value is this floating-point number, which may be infinite or not a number. */
    protected final JsonToken floating(double value) {
        floating = value;
        bigDecimal = null;
        numberType = NumberType.DOUBLE;
        return JsonToken.VALUE_NUMBER_FLOAT;
    }

    /** The current value is this decimal number, which a double need not be able to hold. */
    protected final JsonToken decimal(BigDecimal value) {
        bigDecimal = value;
        numberType = NumberType.BIG_DECIMAL;
        return JsonToken.VALUE_NUMBER_FLOAT;
    }

    /** The current value is this string. */
    protected final JsonToken string(String value) {
        text = value;
        return JsonToken.VALUE_STRING;
    }

    /** An array starts here. Checks the nesting depth. */
    protected final JsonToken startArray() {
        context = context.createChildArrayContext(-1, -1);
        _streamReadConstraints.validateNestingDepth(context.getNestingDepth());
        return JsonToken.START_ARRAY;
    }

    /** An object starts here. Checks the nesting depth. */
    protected final JsonToken startObject() {
        context = context.createChildObjectContext(-1, -1);
        _streamReadConstraints.validateNestingDepth(context.getNestingDepth());
        return JsonToken.START_OBJECT;
    }

    /** The current array ends here. */
    protected final JsonToken endArray() {
        context = context.clearAndGetParent();
        return JsonToken.END_ARRAY;
    }

    /** The current object ends here. */
    protected final JsonToken endObject() {
        context = context.clearAndGetParent();
        return JsonToken.END_OBJECT;
    }

    /** The name of a property of the current object. The subclass has checked its length. */
    protected final JsonToken propertyName(String name) {
        context.setCurrentName(name);
        return JsonToken.PROPERTY_NAME;
    }

    /**
     * Sets the text of the current scalar value; {@code null} leaves it to {@link #computeText}. To be called for each
     * scalar.
     */
    protected final void text(@Nullable String value) {
        text = value;
    }

    /**
     * Computes the text of the current scalar value if none was set. Gives the text of a number; a subclass overrides
     * it if other values can lack their text.
     */
    protected String computeText() {
        return getNumberValue().toString();
    }

    /**
     * A finite floating-point number as a decimal: the shortest that gives the same double, unless a subclass still has
     * the digits that were sent.
     */
    protected BigDecimal toDecimal(double value) {
        return BigDecimal.valueOf(value);
    }

    // --- text

    @Override
    public @Nullable String getString() {
        if (_currToken == null) {
            return null;
        }
        return switch (_currToken) {
            case VALUE_STRING, VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT, VALUE_EMBEDDED_OBJECT -> scalarText();
            case PROPERTY_NAME -> context.currentName();
            default -> _currToken.asString();
        };
    }

    private String scalarText() {
        String value = text;
        if (value == null) {
            value = computeText();
            text = value;
        }
        return value;
    }

    /** None for an embedded object: deserializers of text then ask for the object. */
    @Override
    public @Nullable String getValueAsString(@Nullable String otherwise) {
        return _currToken == JsonToken.VALUE_EMBEDDED_OBJECT ? otherwise : super.getValueAsString(otherwise);
    }

    @Override
    public @Nullable String getValueAsString() {
        return getValueAsString(null);
    }

    @Override
    public char @Nullable [] getStringCharacters() {
        String value = getString();
        return value == null ? null : value.toCharArray();
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
    public boolean hasStringCharacters() {
        return false;
    }

    // --- numbers

    @Override
    public boolean isNaN() {
        return _currToken == JsonToken.VALUE_NUMBER_FLOAT
                && numberType == NumberType.DOUBLE
                && !Double.isFinite(floating);
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
            case INT -> (int) whole;
            case LONG -> whole;
            case BIG_INTEGER -> big();
            case BIG_DECIMAL -> getDecimalValue();
            default -> floating;
        };
    }

    @Override
    public int getIntValue() {
        long value = getLongValue();
        if (value != (int) value) {
            _reportOverflowInt(getString());
        }
        return (int) value;
    }

    @Override
    public long getLongValue() {
        requireNumber();
        switch (numberType) {
            case INT, LONG -> {
                return whole;
            }
            case BIG_INTEGER -> _reportOverflowLong(getString());
            case BIG_DECIMAL -> {
                BigDecimal value = getDecimalValue();
                if (value.compareTo(BD_MIN_LONG) < 0 || value.compareTo(BD_MAX_LONG) > 0) {
                    _reportOverflowLong(getString());
                }
                return value.longValue();
            }
            default -> {
                if (!(floating >= -0x1p63 && floating < 0x1p63)) {
                    _reportOverflowLong(getString());
                }
            }
        }
        return (long) floating;
    }

    @Override
    public BigInteger getBigIntegerValue() {
        requireNumber();
        if (_currToken == JsonToken.VALUE_NUMBER_FLOAT) {
            BigDecimal value = getDecimalValue();
            _streamReadConstraints.validateBigIntegerScale(value.scale());
            return value.toBigInteger();
        }
        return numberType == NumberType.BIG_INTEGER ? big() : BigInteger.valueOf(whole);
    }

    private BigInteger big() {
        BigInteger value = bigInteger;
        if (value == null) {
            value = BigInteger.valueOf(whole).add(TWO_TO_64);
            bigInteger = value;
        }
        return value;
    }

    @Override
    public float getFloatValue() {
        return (float) getDoubleValue();
    }

    @Override
    public double getDoubleValue() {
        requireNumber();
        return switch (numberType) {
            case INT, LONG -> whole;
            case BIG_INTEGER -> big().doubleValue();
            case BIG_DECIMAL -> getDecimalValue().doubleValue();
            default -> floating;
        };
    }

    @Override
    public BigDecimal getDecimalValue() {
        requireNumber();
        if (_currToken == JsonToken.VALUE_NUMBER_INT) {
            return numberType == NumberType.BIG_INTEGER ? new BigDecimal(big()) : BigDecimal.valueOf(whole);
        }
        BigDecimal value = bigDecimal;
        if (value == null) {
            if (!Double.isFinite(floating)) {
                throw _constructInputCoercion(
                        String.valueOf(getString()).strip() + " is not a finite number", _currToken, BigDecimal.class);
            }
            value = toDecimal(floating);
            bigDecimal = value;
        }
        return value;
    }

    private boolean isNumber() {
        return _currToken == JsonToken.VALUE_NUMBER_INT || _currToken == JsonToken.VALUE_NUMBER_FLOAT;
    }

    private void requireNumber() {
        if (!isNumber()) {
            throw _constructNotNumericType(_currToken, 0);
        }
    }

    // --- context

    @Override
    public TokenStreamContext streamReadContext() {
        return context;
    }

    @Override
    public @Nullable String currentName() {
        if (_currToken == JsonToken.START_OBJECT || _currToken == JsonToken.START_ARRAY) {
            SimpleStreamReadContext parent = context.getParent();
            return parent == null ? null : parent.currentName();
        }
        return context.currentName();
    }

    @Override
    public @Nullable Object currentValue() {
        return context.currentValue();
    }

    @Override
    public void assignCurrentValue(@Nullable Object value) {
        context.assignCurrentValue(value);
    }

    // --- source

    @Override
    public @Nullable Object streamReadInputSource() {
        return _ioContext.contentReference().getRawContent();
    }

    /** Unknown, see {@link FormatFactory#version}. */
    @Override
    public Version version() {
        return Version.unknownVersion();
    }

    /** Does nothing: the document is in memory. */
    @Override
    protected void _closeInput() {}

    /** Does nothing: no buffers were borrowed. */
    @Override
    protected void _releaseBuffers() {}

    /** Does nothing: a subclass reports a document that ends too early where it meets the end. */
    @Override
    protected void _handleEOF() {}
}
