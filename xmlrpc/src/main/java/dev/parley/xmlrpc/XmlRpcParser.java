package dev.parley.xmlrpc;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.Base64Variant;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamContext;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.Version;
import tools.jackson.core.base.ParserMinimalBase;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.io.IOContext;
import tools.jackson.core.util.SimpleStreamReadContext;

/**
 * XML-RPC values as Jackson tokens, straight from the scanner. {@code dateTime.iso8601} and {@code base64} are embedded objects: a
 * {@link java.time.LocalDateTime} or {@link java.time.OffsetDateTime}, and a byte array.
 *
 * <p>Not thread-safe.
 */
final class XmlRpcParser extends ParserMinimalBase {
    /** What of a document the parser presents. It starts on the opening tag that is named. */
    enum Scope {
        /** A document that is one {@code <value>}. */
        VALUE,
        /** {@code <params>} as an array of all its values. */
        PARAMS,
        /** The first {@code <param>} as a value; the scanner then stands on the tag after its end. */
        PARAM,
        /** The value of {@code <fault>}. */
        FAULT,
        /** An empty array, for a call without {@code <params>}; the scanner is at the end of the document. */
        NOTHING
    }

    private final XmlScanner xml;
    private final Scope scope;
    private SimpleStreamReadContext context;

    /** Whether a value has just ended, so that the end of its member or param is due. */
    private boolean valueEnded;

    private boolean named;
    private boolean arrayClosed;
    private boolean ended;

    private String text = "";
    private NumberType numberType = NumberType.INT;
    private long integer;
    private double floating;
    private @Nullable BigInteger bigInteger;
    private @Nullable BigDecimal bigDecimal;
    private @Nullable Object embedded;

    XmlRpcParser(ObjectReadContext readContext, IOContext io, int features, XmlScanner xml, Scope scope) {
        super(readContext, io, features);
        this.xml = xml;
        this.scope = scope;
        this.context = SimpleStreamReadContext.createRootContext(null);
    }

    // --- tokens

    @Override
    public @Nullable JsonToken nextToken() {
        JsonToken token = advance();
        return token == null ? _updateTokenToNull() : _updateToken(token);
    }

    private @Nullable JsonToken advance() {
        if (ended) {
            return null;
        }
        if (context.inRoot()) {
            return root();
        }
        if (context.inObject()) {
            return inStruct();
        }
        if (scope == Scope.NOTHING) {
            return endParams();
        }
        return scope == Scope.PARAMS && context.getNestingDepth() == 1 ? inParams() : inArray();
    }

    private @Nullable JsonToken root() {
        if (valueEnded) {
            ended = true;
            return null;
        }
        return switch (scope) {
            case VALUE -> value();
            case PARAMS, NOTHING -> {
                push(false);
                yield JsonToken.START_ARRAY;
            }
            case PARAM, FAULT -> {
                due("value");
                yield value();
            }
        };
    }

    private JsonToken inStruct() {
        if (named) {
            named = false;
            due("value");
            return value();
        }
        xml.next();
        if (valueEnded) {
            mustClose("member");
            xml.next();
        }
        if (xml.closes("struct")) {
            return closeValue(JsonToken.END_OBJECT);
        }
        mustOpen("member");
        due("name");
        String name = xml.text();
        streamReadConstraints().validateNameLength(name.length());
        mustClose("name");
        context.setCurrentName(name);
        named = true;
        valueEnded = false;
        return JsonToken.PROPERTY_NAME;
    }

    private JsonToken inArray() {
        if (arrayClosed) {
            arrayClosed = false;
            return closeValue(JsonToken.END_ARRAY);
        }
        xml.next();
        if (xml.closes("data")) {
            xml.next();
        }
        if (xml.closes("array")) {
            return closeValue(JsonToken.END_ARRAY);
        }
        mustOpen("value");
        return value();
    }

    private JsonToken inParams() {
        xml.next();
        if (valueEnded) {
            mustClose("param");
            xml.next();
        }
        if (xml.closes("params")) {
            endDocument();
            return endParams();
        }
        mustOpen("param");
        due("value");
        return value();
    }

    private JsonToken endParams() {
        context = context.clearAndGetParent();
        valueEnded = true;
        return JsonToken.END_ARRAY;
    }

    /** Reads the value on whose start tag the scanner stands. */
    private JsonToken value() {
        context.valueRead();
        String plain = xml.text();
        if (xml.closes("value")) {
            return scalar(JsonToken.VALUE_STRING, plain);
        }
        if (!plain.isBlank()) {
            throw xml.refuse("text " + Scalars.quote(plain.strip()) + " beside <" + xml.tag() + "> in one <value>");
        }
        String type = xml.tag();
        return switch (type) {
            case "struct" -> {
                push(true);
                yield JsonToken.START_OBJECT;
            }
            case "array" -> {
                openArray();
                yield JsonToken.START_ARRAY;
            }
            default -> typed(type);
        };
    }

    private void openArray() {
        push(false);
        xml.next();
        if (xml.closes("array")) {
            arrayClosed = true; // <array/>, without <data>
        } else {
            mustOpen("data");
        }
    }

    private JsonToken typed(String type) {
        String content = xml.text();
        if (xml.opening()) {
            throw xml.refuse("<" + xml.tag() + "> inside <" + type + ">");
        }
        JsonToken token;
        try {
            token = convert(type, content);
        } catch (IllegalArgumentException e) {
            throw xml.refuse("a wrong <" + type + ">: " + e.getMessage());
        }
        xml.next();
        mustClose("value");
        return scalar(token, content);
    }

    private JsonToken convert(String type, String content) {
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

    private JsonToken scalar(JsonToken token, String content) {
        text = content;
        ended();
        return token;
    }

    private void push(boolean struct) {
        context = struct ? context.createChildObjectContext(-1, -1) : context.createChildArrayContext(-1, -1);
        streamReadConstraints().validateNestingDepth(context.getNestingDepth());
        valueEnded = false;
    }

    private JsonToken closeValue(JsonToken token) {
        xml.next();
        mustClose("value");
        context = context.clearAndGetParent();
        ended();
        return token;
    }

    /** A value is complete. If it was the last thing presented, so must be the document. */
    private void ended() {
        valueEnded = true;
        if (!context.inRoot()) {
            return;
        }
        switch (scope) {
            case VALUE -> xml.finish();
            case FAULT -> {
                xml.next();
                mustClose("fault");
                endDocument();
            }
            case PARAM -> {
                xml.next();
                mustClose("param");
                xml.next();
                if (xml.closes("params")) {
                    endDocument();
                }
            }
            case PARAMS, NOTHING -> {}
        }
    }

    private void endDocument() {
        xml.next();
        if (xml.opening()) {
            throw xml.refuse("<" + xml.tag() + "> where the end of the message is due");
        }
        xml.finish();
    }

    private void due(String name) {
        xml.next();
        mustOpen(name);
    }

    private void mustOpen(String name) {
        if (!xml.opens(name)) {
            throw xml.refuse(found() + " where <" + name + "> is due");
        }
    }

    private void mustClose(String name) {
        if (!xml.closes(name)) {
            throw xml.refuse(found() + " where </" + name + "> is due");
        }
    }

    private String found() {
        return (xml.opening() ? "<" : "</") + xml.tag() + ">";
    }

    // --- the current token

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

    @Override
    public @Nullable String getString() {
        if (_currToken == null) {
            return null;
        }
        return switch (_currToken) {
            case VALUE_STRING, VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT, VALUE_EMBEDDED_OBJECT -> text;
            case PROPERTY_NAME -> context.currentName();
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
    public TokenStreamLocation currentTokenLocation() {
        return xml.tagLocation();
    }

    @Override
    public TokenStreamLocation currentLocation() {
        return xml.location();
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
