package dev.parley.zerorpc.msgpack;

import java.io.IOException;
import java.io.Writer;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.Base64Variant;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamContext;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.Version;
import tools.jackson.core.base.ParserMinimalBase;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.io.IOContext;
import tools.jackson.core.util.SimpleStreamReadContext;

/** Tokens of the MessagePack values in a byte array. Text is decoded when it is asked for. */
final class MsgpackParser extends ParserMinimalBase {
    private static final BigInteger TWO_TO_64 = BigInteger.ONE.shiftLeft(64);

    private final byte[] bytes;
    private final int start;
    private final MsgpackCursor cursor;
    private SimpleStreamReadContext context = SimpleStreamReadContext.createRootContext(null);
    /** How many elements or pairs are still to come, by nesting depth. */
    private int[] left = new int[8];

    private int depth;
    private boolean valueIsNext;
    private int tokenStart;

    private @Nullable String text;
    private int textStart;
    private int textLength;
    private @Nullable MsgpackExtension extension;
    private byte @Nullable [] binary;
    private long whole;
    private boolean beyondLong;
    private double floating;

    MsgpackParser(ObjectReadContext readContext, IOContext io, int features, byte[] bytes, int offset, int length) {
        super(readContext, io, features);
        this.bytes = bytes;
        this.start = offset;
        this.cursor = new MsgpackCursor(bytes, offset, offset + length);
        _streamReadConstraints.validateDocumentLength(length);
    }

    @Override
    public @Nullable JsonToken nextToken() {
        if (_closed) {
            return null;
        }
        tokenStart = cursor.position();
        text = null;
        binary = null;
        try {
            if (context.inObject()) {
                if (!valueIsNext) {
                    return left[depth] == 0 ? end(JsonToken.END_OBJECT) : key();
                }
                valueIsNext = false;
            } else if (context.inArray()) {
                if (left[depth] == 0) {
                    return end(JsonToken.END_ARRAY);
                }
                left[depth]--;
            } else if (cursor.atEnd()) {
                _handleEOF();
                close();
                return _updateTokenToNull();
            }
            context.valueRead();
            return _updateToken(value());
        } catch (MsgpackException e) {
            throw new StreamReadException(this, e.getMessage(), e);
        }
    }

    private JsonToken value() {
        return switch (cursor.peek()) {
            case NIL -> {
                cursor.readNil();
                yield JsonToken.VALUE_NULL;
            }
            case BOOLEAN -> cursor.readBoolean() ? JsonToken.VALUE_TRUE : JsonToken.VALUE_FALSE;
            case INTEGER -> {
                beyondLong = cursor.beyondLong();
                whole = cursor.readLong();
                yield JsonToken.VALUE_NUMBER_INT;
            }
            case FLOAT -> {
                floating = cursor.readDouble();
                yield JsonToken.VALUE_NUMBER_FLOAT;
            }
            case STRING -> {
                span(cursor.readStringHeader());
                yield JsonToken.VALUE_STRING;
            }
            case BINARY -> {
                span(cursor.readBinaryHeader());
                extension = null;
                yield JsonToken.VALUE_EMBEDDED_OBJECT;
            }
            case EXTENSION -> extension();
            case ARRAY -> {
                int count = cursor.readArrayHeader();
                push(count);
                context = context.createChildArrayContext(-1, -1);
                yield JsonToken.START_ARRAY;
            }
            case MAP -> {
                int count = cursor.readMapHeader();
                push(count);
                context = context.createChildObjectContext(-1, -1);
                yield JsonToken.START_OBJECT;
            }
        };
    }

    private void span(int length) {
        _streamReadConstraints.validateStringLength(length);
        textStart = cursor.position();
        textLength = length;
        cursor.skipBytes(length);
    }

    private JsonToken extension() {
        int length = cursor.readExtensionHeader();
        if (cursor.extensionType() == Msgpack.TIMESTAMP) {
            text = cursor.timestamp(length).toString();
            return JsonToken.VALUE_STRING;
        }
        _streamReadConstraints.validateStringLength(length);
        extension = new MsgpackExtension((byte) cursor.extensionType(), cursor.bytes(length));
        return JsonToken.VALUE_EMBEDDED_OBJECT;
    }

    private void push(int count) {
        depth++;
        _streamReadConstraints.validateNestingDepth(depth);
        if (depth == left.length) {
            left = Arrays.copyOf(left, 2 * depth);
        }
        left[depth] = count;
        valueIsNext = false;
    }

    private JsonToken end(JsonToken token) {
        depth--;
        context = context.clearAndGetParent();
        valueIsNext = false;
        return _updateToken(token);
    }

    private JsonToken key() {
        left[depth]--;
        String name = switch (cursor.peek()) {
            case STRING -> {
                int length = cursor.readStringHeader();
                _streamReadConstraints.validateNameLength(length);
                yield cursor.text(length);
            }
            case BINARY -> {
                int length = cursor.readBinaryHeader();
                _streamReadConstraints.validateNameLength(length);
                yield cursor.text(length);
            }
            case INTEGER ->
                cursor.beyondLong() ? Long.toUnsignedString(cursor.readLong()) : Long.toString(cursor.readLong());
            case FLOAT -> Double.toString(cursor.readDouble());
            case BOOLEAN -> Boolean.toString(cursor.readBoolean());
            case NIL, ARRAY, MAP, EXTENSION ->
                throw new MsgpackException(
                        "a map key of kind " + cursor.peek() + "; a key must be text or a number", cursor.position());
        };
        context.setCurrentName(name);
        text = name;
        valueIsNext = true;
        return _updateToken(JsonToken.PROPERTY_NAME);
    }

    /** Whether the current token is binary data. */
    boolean isBinary() {
        return _currToken == JsonToken.VALUE_EMBEDDED_OBJECT && extension == null;
    }

    /** The current binary data read as UTF-8. */
    String binaryAsText() {
        return decodedSpan();
    }

    private String decodedSpan() {
        String decoded = text;
        if (decoded == null) {
            try {
                decoded = new MsgpackCursor(bytes, textStart, textStart + textLength).text(textLength);
            } catch (MsgpackException e) {
                throw new StreamReadException(this, e.getMessage(), e);
            }
            text = decoded;
        }
        return decoded;
    }

    @Override
    public @Nullable String getString() {
        if (_currToken == null) {
            return null;
        }
        return switch (_currToken) {
            case PROPERTY_NAME -> context.currentName();
            case VALUE_STRING -> decodedSpan();
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> getNumberValue().toString();
            case VALUE_EMBEDDED_OBJECT -> isBinary() ? decodedSpan() : String.valueOf(extension);
            default -> _currToken.asString();
        };
    }

    @Override
    public int getString(Writer writer) {
        String string = getString();
        if (string == null) {
            return 0;
        }
        try {
            writer.write(string);
        } catch (IOException e) {
            throw JacksonIOException.construct(e, this);
        }
        return string.length();
    }

    @Override
    public char @Nullable [] getStringCharacters() {
        String string = getString();
        return string == null ? null : string.toCharArray();
    }

    @Override
    public int getStringLength() {
        String string = getString();
        return string == null ? 0 : string.length();
    }

    @Override
    public int getStringOffset() {
        return 0;
    }

    @Override
    public boolean hasStringCharacters() {
        return false;
    }

    @Override
    public byte[] getBinaryValue(@Nullable Base64Variant variant) {
        boolean string = _currToken == JsonToken.VALUE_STRING && text == null;
        if (!string && !isBinary()) {
            if (_currToken == JsonToken.VALUE_STRING) {
                return decodedSpan().getBytes(java.nio.charset.StandardCharsets.UTF_8);
            }
            return _reportError("no binary data but " + _currToken);
        }
        byte[] copy = binary;
        if (copy == null) {
            copy = Arrays.copyOfRange(bytes, textStart, textStart + textLength);
            binary = copy;
        }
        return copy;
    }

    @Override
    public @Nullable Object getEmbeddedObject() {
        return isBinary() ? getBinaryValue(null) : _currToken == JsonToken.VALUE_EMBEDDED_OBJECT ? extension : null;
    }

    @Override
    public boolean isNaN() {
        return _currToken == JsonToken.VALUE_NUMBER_FLOAT && !Double.isFinite(floating);
    }

    @Override
    public Number getNumberValue() {
        return switch (getNumberType()) {
            case INT -> (int) whole;
            case LONG -> whole;
            case BIG_INTEGER -> getBigIntegerValue();
            default -> floating;
        };
    }

    @Override
    public NumberType getNumberType() {
        if (_currToken == JsonToken.VALUE_NUMBER_FLOAT) {
            return NumberType.DOUBLE;
        } else if (_currToken != JsonToken.VALUE_NUMBER_INT) {
            throw notNumeric();
        }
        return beyondLong ? NumberType.BIG_INTEGER : whole == (int) whole ? NumberType.INT : NumberType.LONG;
    }

    @Override
    public NumberTypeFP getNumberTypeFP() {
        return _currToken == JsonToken.VALUE_NUMBER_FLOAT ? NumberTypeFP.DOUBLE64 : NumberTypeFP.UNKNOWN;
    }

    @Override
    public int getIntValue() {
        long value = getLongValue();
        if (value != (int) value) {
            _reportOverflowInt(Long.toString(value));
        }
        return (int) value;
    }

    @Override
    public long getLongValue() {
        if (_currToken == JsonToken.VALUE_NUMBER_FLOAT) {
            if (!(floating >= -0x1p63 && floating < 0x1p63)) {
                _reportOverflowLong(Double.toString(floating));
            }
            return (long) floating;
        } else if (_currToken != JsonToken.VALUE_NUMBER_INT) {
            throw notNumeric();
        }
        if (beyondLong) {
            _reportOverflowLong(Long.toUnsignedString(whole));
        }
        return whole;
    }

    @Override
    public BigInteger getBigIntegerValue() {
        if (_currToken == JsonToken.VALUE_NUMBER_FLOAT) {
            return getDecimalValue().toBigInteger();
        } else if (_currToken != JsonToken.VALUE_NUMBER_INT) {
            throw notNumeric();
        }
        BigInteger value = BigInteger.valueOf(whole);
        return beyondLong ? value.add(TWO_TO_64) : value;
    }

    @Override
    public float getFloatValue() {
        return (float) getDoubleValue();
    }

    @Override
    public double getDoubleValue() {
        if (_currToken == JsonToken.VALUE_NUMBER_FLOAT) {
            return floating;
        }
        return beyondLong ? getBigIntegerValue().doubleValue() : getLongValue();
    }

    @Override
    public BigDecimal getDecimalValue() {
        if (_currToken == JsonToken.VALUE_NUMBER_FLOAT) {
            if (!Double.isFinite(floating)) {
                throw _constructInputCoercion(floating + " is no decimal", _currToken, BigDecimal.class);
            }
            return BigDecimal.valueOf(floating);
        }
        return new BigDecimal(getBigIntegerValue());
    }

    private InputCoercionException notNumeric() {
        return _constructNotNumericType(_currToken, 0);
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
    public TokenStreamContext streamReadContext() {
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
    public TokenStreamLocation currentTokenLocation() {
        return location(tokenStart);
    }

    @Override
    public TokenStreamLocation currentLocation() {
        return location(cursor.position());
    }

    private TokenStreamLocation location(int position) {
        return new TokenStreamLocation(_ioContext.contentReference(), position - start, -1, -1, position - start);
    }

    @Override
    public Object streamReadInputSource() {
        return bytes;
    }

    @Override
    public Version version() {
        return Version.unknownVersion();
    }

    @Override
    protected void _handleEOF() {
        // The root context is the only one that can see the end; inside a list or map the cursor reports it.
    }

    @Override
    protected void _closeInput() {
        // A byte array needs no closing.
    }

    @Override
    protected void _releaseBuffers() {
        // None were borrowed.
    }
}
