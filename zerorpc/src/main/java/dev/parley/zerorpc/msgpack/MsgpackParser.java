package dev.parley.zerorpc.msgpack;

import dev.parley.spi.format.FormatParser;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.Base64Variant;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.io.IOContext;

/**
 * Gives the MessagePack values in a byte array as Jackson tokens. Text is decoded, and binary data copied, when it is
 * asked for.
 *
 * <p>Not thread-safe.
 */
final class MsgpackParser extends FormatParser {
    private final byte[] bytes;
    private final int start;
    private final MsgpackCursor cursor;
    /** The number of elements or pairs still to be read, by nesting depth. */
    private int[] remaining = new int[8];

    private int depth;
    /** Whether the key of a pair has been read and its value has not. */
    private boolean valueIsNext;

    private int tokenStart;

    /** Where the bytes of the current string or binary data are; -1 if the current token is neither. */
    private int spanStart;

    private int spanLength;
    private @Nullable MsgpackExtension extension;
    private byte @Nullable [] binary;

    MsgpackParser(ObjectReadContext readContext, IOContext io, int features, byte[] bytes, int offset, int length) {
        super(readContext, io, features);
        this.bytes = bytes;
        this.start = offset;
        this.cursor = new MsgpackCursor(bytes, offset, offset + length);
        _streamReadConstraints.validateDocumentLength(length);
    }

    // --- structure

    @Override
    public @Nullable JsonToken nextToken() {
        if (_closed) {
            return null;
        }
        tokenStart = cursor.position();
        spanStart = -1;
        extension = null;
        binary = null;
        text(null);
        try {
            if (context.inObject()) {
                if (!valueIsNext) {
                    return _updateToken(remaining[depth] == 0 ? end(endObject()) : key());
                }
                valueIsNext = false;
            } else if (context.inArray()) {
                if (remaining[depth] == 0) {
                    return _updateToken(end(endArray()));
                }
                remaining[depth]--;
            } else if (cursor.atEnd()) {
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
            case INTEGER -> cursor.exceedsLong() ? unsigned(cursor.readLong()) : integer(cursor.readLong());
            case FLOAT -> floating(cursor.readDouble());
            case STRING -> {
                span(cursor.readStringHeader());
                yield JsonToken.VALUE_STRING;
            }
            case BINARY -> {
                span(cursor.readBinaryHeader());
                yield JsonToken.VALUE_EMBEDDED_OBJECT;
            }
            case EXTENSION -> extension();
            case ARRAY -> {
                push(cursor.readArrayHeader());
                yield startArray();
            }
            case MAP -> {
                push(cursor.readMapHeader());
                yield startObject();
            }
        };
    }

    private void span(int length) {
        _streamReadConstraints.validateStringLength(length);
        spanStart = cursor.position();
        spanLength = length;
        cursor.skipBytes(length);
    }

    private JsonToken extension() {
        int length = cursor.readExtensionHeader();
        if (cursor.extensionType() == Msgpack.TIMESTAMP) {
            return string(cursor.timestamp(length).toString());
        }
        _streamReadConstraints.validateStringLength(length);
        extension = new MsgpackExtension((byte) cursor.extensionType(), cursor.bytes(length));
        return JsonToken.VALUE_EMBEDDED_OBJECT;
    }

    private void push(int count) {
        depth++;
        if (depth == remaining.length) {
            remaining = Arrays.copyOf(remaining, 2 * depth);
        }
        remaining[depth] = count;
        valueIsNext = false;
    }

    private JsonToken end(JsonToken token) {
        depth--;
        valueIsNext = false;
        return token;
    }

    private JsonToken key() {
        remaining[depth]--;
        valueIsNext = true;
        return propertyName(
                switch (cursor.peek()) {
                    case STRING -> key(cursor.readStringHeader());
                    case BINARY -> key(cursor.readBinaryHeader());
                    case INTEGER ->
                        cursor.exceedsLong()
                                ? Long.toUnsignedString(cursor.readLong())
                                : Long.toString(cursor.readLong());
                    case FLOAT -> Double.toString(cursor.readDouble());
                    case BOOLEAN -> Boolean.toString(cursor.readBoolean());
                    case NIL, ARRAY, MAP, EXTENSION ->
                        throw new MsgpackException(
                                "unsupported map key of type " + cursor.peek() + "; a key must be text or a number",
                                cursor.position());
                });
    }

    private String key(int length) {
        _streamReadConstraints.validateNameLength(length);
        return cursor.text(length);
    }

    // --- text and binary data

    @Override
    protected String computeText() {
        if (spanStart < 0) {
            return extension == null ? super.computeText() : extension.toString();
        }
        try {
            return new MsgpackCursor(bytes, spanStart, spanStart + spanLength).text(spanLength);
        } catch (MsgpackException e) {
            throw new StreamReadException(this, e.getMessage(), e);
        }
    }

    /** Whether the current token is binary data. */
    private boolean isBinary() {
        return _currToken == JsonToken.VALUE_EMBEDDED_OBJECT && spanStart >= 0;
    }

    @Override
    public @Nullable Object getEmbeddedObject() {
        return isBinary() ? getBinaryValue(null) : extension;
    }

    @Override
    public byte[] getBinaryValue(@Nullable Base64Variant variant) {
        if (spanStart < 0) {
            if (_currToken == JsonToken.VALUE_STRING) {
                return String.valueOf(getString()).getBytes(StandardCharsets.UTF_8);
            }
            throw new StreamReadException(this, "expected binary data but found " + _currToken);
        }
        byte[] copy = binary;
        if (copy == null) {
            copy = Arrays.copyOfRange(bytes, spanStart, spanStart + spanLength);
            binary = copy;
        }
        return copy;
    }

    // --- locations

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
}
