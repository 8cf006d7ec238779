package dev.parley.xmlrpc.format;

import dev.parley.spi.format.FormatParser;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.BitSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.Base64Variant;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.io.IOContext;

/**
 * Gives XML-RPC values as Jackson tokens. {@code dateTime.iso8601} and {@code base64} are embedded objects: a
 * {@link java.time.LocalDateTime} or {@link java.time.OffsetDateTime}, and a byte array. A date that stands for none is
 * null, and one that cannot be read is its text. The text of a scalar is that of its element, as it was sent, of types other than {@code string} without the white
 * space around it.
 *
 * <p>Reads what Python's client reads, although the specification does not allow it: values without {@code <value>}
 * around them, and arrays without {@code <data>}.
 *
 * <p>Not thread-safe.
 */
public final class XmlRpcParser extends FormatParser {
    private static final String TYPES = "int, i4, i8, i1, i2, biginteger, boolean, double, float, bigdecimal, string,"
            + " dateTime.iso8601, base64, nil, array and struct";

    private static final Set<String> TYPE_TAGS = Set.of(
            "int",
            "i4",
            "i8",
            "i1",
            "i2",
            "biginteger",
            "boolean",
            "double",
            "float",
            "bigdecimal",
            "string",
            "dateTime.iso8601",
            "dateTime",
            "base64",
            "nil",
            "array",
            "struct");

    /** The maximum number of digits, with a sign, that fit in a {@code long} whatever they are. */
    private static final int SAFE_LONG_DIGITS = 18;

    /** The maximum length of a number, white space and point included, every digit of which a double holds. */
    private static final int SAFE_DOUBLE_LENGTH = 16;

    /** The part of a document that a parser presents. The parser starts on the start tag that is named. */
    public enum Scope {
        /** A document that is one {@code <value>}. */
        VALUE,
        /** {@code <params>}, as an array of all its values. */
        PARAMS,
        /** The value of the first {@code <param>}; the scanner then stands on the tag after {@code </param>}. */
        PARAM,
        /** The value of {@code <fault>}. */
        FAULT,
        /** An empty array, for a call without {@code <params>}; the scanner is at the end of the document. */
        NOTHING
    }

    private final XmlScanner xml;
    private final Scope scope;

    /** Whether a value has just ended, so that the end of its member or param must follow. */
    private boolean valueEnded;
    /** Whether the name of a member has just been read, so that its value must follow. */
    private boolean named;
    /** Whether the end tag of the current array has been read already, as that of {@code <array/>} is. */
    private boolean arrayClosed;

    /** Whether the first tag inside the current array, which has no {@code <data>}, has been read already. */
    private boolean tagRead;
    /** The nesting depths of the open structs and arrays that have no {@code <value>} around them. */
    private @Nullable BitSet bare;

    private boolean ended;
    private @Nullable Object embedded;

    XmlRpcParser(ObjectReadContext readContext, IOContext io, int features, XmlScanner xml, Scope scope) {
        super(readContext, io, features);
        this.xml = xml;
        this.scope = scope;
    }

    // --- structure

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
            case PARAMS, NOTHING -> startArray();
            case FAULT -> followingValue();
            case PARAM -> {
                xml.next();
                yield xml.closes("param") ? noValue() : valueOrBare();
            }
        };
    }

    /** {@code <param/>}, which some servers send as the result of a method that has none. */
    private JsonToken noValue() {
        valueEnded = true;
        xml.next();
        if (xml.closes("params")) {
            endDocument();
        }
        return JsonToken.VALUE_NULL;
    }

    private JsonToken inStruct() {
        if (named) {
            named = false;
            return followingValue();
        }
        xml.next();
        if (valueEnded) {
            xml.expectEnd("member");
            xml.next();
        }
        if (xml.closes("struct")) {
            endValue(isBare());
            return complete(endObject());
        }
        xml.expectStart("member");
        xml.nextStart("name");
        String name = xml.name();
        _streamReadConstraints.validateNameLength(name.length());
        xml.expectEnd("name");
        named = true;
        valueEnded = false;
        return propertyName(name);
    }

    private JsonToken inArray() {
        if (arrayClosed) {
            arrayClosed = false;
            return closeArray();
        }
        if (tagRead) {
            tagRead = false;
        } else {
            xml.next();
        }
        if (xml.closes("data")) {
            xml.next();
        }
        if (xml.closes("array")) {
            return closeArray();
        }
        return valueOrBare();
    }

    private JsonToken closeArray() {
        endValue(isBare());
        return complete(endArray());
    }

    /** Whether the current struct or array has no {@code <value>} around it. */
    private boolean isBare() {
        return bare != null && bare.get(context.getNestingDepth());
    }

    private void bare(boolean isBare) {
        if (bare == null && isBare) {
            bare = new BitSet();
        }
        if (bare != null) {
            bare.set(context.getNestingDepth(), isBare);
        }
    }

    private void endValue(boolean isBare) {
        if (!isBare) {
            xml.nextEnd("value");
        }
    }

    private JsonToken inParams() {
        xml.next();
        if (valueEnded) {
            xml.expectEnd("param");
            xml.next();
        }
        if (xml.closes("params")) {
            endDocument();
            return endParams();
        }
        xml.expectStart("param");
        return followingValue();
    }

    private JsonToken endParams() {
        valueEnded = true;
        return endArray();
    }

    private JsonToken followingValue() {
        xml.next();
        return valueOrBare();
    }

    /** Reads the value that starts with the current tag, which is {@code <value>} or that of a type. */
    private JsonToken valueOrBare() {
        if (!xml.opening() || !TYPE_TAGS.contains(xml.tag())) {
            xml.expectStart("value");
            return value();
        }
        context.valueRead();
        return typed(true);
    }

    /** Reads the value that starts with the current tag. */
    private JsonToken value() {
        context.valueRead();
        String plain = xml.text();
        if (xml.closes("value")) {
            return complete(string(plain));
        }
        if (!plain.isBlank()) {
            throw xml.malformed(
                    "a <value> has both text " + Scalars.quote(plain.strip()) + " and an element <" + xml.tag() + ">");
        }
        return typed(false);
    }

    /** Reads the value whose type is the current tag. */
    private JsonToken typed(boolean isBare) {
        String type = xml.tag();
        return switch (type) {
            case "struct" -> {
                valueEnded = false;
                JsonToken token = startObject();
                bare(isBare);
                yield token;
            }
            case "array" -> openArray(isBare);
            default -> scalar(type, isBare);
        };
    }

    private JsonToken openArray(boolean isBare) {
        valueEnded = false;
        xml.next();
        if (xml.closes("array")) {
            arrayClosed = true; // <array/>, without <data>
        } else if (xml.opens("value")) {
            tagRead = true;
        } else {
            xml.expectStart("data");
        }
        JsonToken token = startArray();
        bare(isBare);
        return token;
    }

    private JsonToken scalar(String type, boolean isBare) {
        String content = xml.text();
        if (xml.opening()) {
            throw xml.malformed("unexpected <" + xml.tag() + "> inside <" + type + ">");
        }
        JsonToken token;
        text(type.equals("string") ? content : content.strip());
        try {
            token = convert(type, content);
        } catch (IllegalArgumentException e) {
            throw xml.malformed("malformed <" + type + ">: " + e.getMessage());
        }
        endValue(isBare);
        return complete(token);
    }

    /** A value is complete. If it was the last one presented, its part of the document must end too. */
    private JsonToken complete(JsonToken token) {
        valueEnded = true;
        if (context.inRoot()) {
            endScope();
        }
        return token;
    }

    private void endScope() {
        switch (scope) {
            case VALUE -> xml.finish();
            case FAULT -> {
                xml.nextEnd("fault");
                endDocument();
            }
            case PARAM -> {
                xml.nextEnd("param");
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
            throw xml.malformed("expected the end of the message but found <" + xml.tag() + ">");
        }
        xml.finish();
    }

    // --- scalars

    /**
     * Converts the text of an element of this type.
     *
     * @throws IllegalArgumentException if the text is not a value of the type
     * @throws StreamReadException if the type is unknown
     */
    private JsonToken convert(String type, String content) {
        return switch (type) {
            case "string" -> JsonToken.VALUE_STRING;
            case "int", "i4", "i8", "i2", "i1", "biginteger" -> parseInteger(content);
            case "double", "float" -> {
                _streamReadConstraints.validateFPLength(content.length());
                yield number(content);
            }
            case "bigdecimal" -> {
                _streamReadConstraints.validateFPLength(content.length());
                yield decimal(Scalars.parseDecimal(content));
            }
            case "boolean" -> Scalars.parseBoolean(content) ? JsonToken.VALUE_TRUE : JsonToken.VALUE_FALSE;
            case "nil" -> {
                if (!content.isBlank()) {
                    throw new IllegalArgumentException("it must be empty");
                }
                yield JsonToken.VALUE_NULL;
            }
            case "dateTime.iso8601", "dateTime" -> {
                if (Scalars.isNoDate(content)) {
                    yield JsonToken.VALUE_NULL;
                }
                try {
                    embedded = Scalars.parseDateTime(content);
                } catch (IllegalArgumentException e) {
                    yield JsonToken.VALUE_STRING; // only a caller who wants a date cannot do with its text
                }
                yield JsonToken.VALUE_EMBEDDED_OBJECT;
            }
            case "base64" -> {
                embedded = Scalars.decodeBase64(content);
                yield JsonToken.VALUE_EMBEDDED_OBJECT;
            }
            default -> throw xml.malformed("unknown type <" + type + ">; the types are " + TYPES);
        };
    }

    /** A double, unless it has more digits than one can hold. */
    private JsonToken number(String content) {
        double value = Scalars.parseDouble(content);
        boolean normal = Double.isFinite(value) && Math.abs(value) >= Double.MIN_NORMAL;
        if (normal ? content.length() <= SAFE_DOUBLE_LENGTH : !hasDigit(content)) {
            return floating(value);
        }
        BigDecimal sent = Scalars.parseDecimal(content);
        return Scalars.isExact(value, sent) ? floating(value) : decimal(sent);
    }

    private static boolean hasDigit(String text) {
        return text.chars().anyMatch(c -> c >= '0' && c <= '9');
    }

    private JsonToken parseInteger(String content) {
        String digits = Scalars.integerDigits(content);
        _streamReadConstraints.validateIntegerLength(digits.length());
        return digits.length() <= SAFE_LONG_DIGITS ? integer(Long.parseLong(digits)) : integer(new BigInteger(digits));
    }

    /** The number as it was sent, with every digit. */
    @Override
    protected BigDecimal toDecimal(double value) {
        String sent = getString();
        return sent == null ? super.toDecimal(value) : Scalars.parseDecimal(sent);
    }

    @Override
    public @Nullable Object getEmbeddedObject() {
        return _currToken == JsonToken.VALUE_EMBEDDED_OBJECT ? embedded : null;
    }

    @Override
    public byte[] getBinaryValue(@Nullable Base64Variant variant) {
        if (_currToken == JsonToken.VALUE_EMBEDDED_OBJECT && embedded instanceof byte[] bytes) {
            return bytes;
        }
        if (_currToken == JsonToken.VALUE_STRING) {
            try {
                return Scalars.decodeBase64(String.valueOf(getString()));
            } catch (IllegalArgumentException e) {
                throw new StreamReadException(this, String.valueOf(e.getMessage()), e);
            }
        }
        throw new StreamReadException(this, "expected binary data, sent as <base64>");
    }

    // --- locations

    @Override
    public TokenStreamLocation currentTokenLocation() {
        return xml.tagLocation();
    }

    @Override
    public TokenStreamLocation currentLocation() {
        return xml.location();
    }
}
