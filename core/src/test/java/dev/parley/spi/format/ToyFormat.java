package dev.parley.spi.format;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.Base64Variant;
import tools.jackson.core.ErrorReportConfiguration;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamWriteConstraints;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.base.DecorableTSFactory;
import tools.jackson.core.io.IOContext;

/**
 * The smallest format on the base classes. A document is a line of words separated by blanks: {@code [}, {@code ]},
 * <code>{</code>, <code>}</code>, {@code null}, {@code i:5} (whole number), {@code u:-1} (unsigned bits), {@code f:1.5}
 * (double), {@code d:1.5} (decimal), and {@code s:text}, which is also a property name.
 */
final class ToyFormat extends FormatFactory {
    ToyFormat(StreamReadConstraints reading, StreamWriteConstraints writing) {
        super(new Builder(reading, writing));
    }

    ToyFormat() {
        this(StreamReadConstraints.defaults(), StreamWriteConstraints.defaults());
    }

    private ToyFormat(Builder builder) {
        super(builder);
    }

    static Parser parser(String document) {
        return (Parser) new ToyFormat().createParser(ObjectReadContext.empty(), bytes(document));
    }

    static byte[] bytes(String document) {
        return document.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public String getFormatName() {
        return "toy";
    }

    @Override
    public Builder rebuild() {
        return new Builder(this);
    }

    @Override
    protected JsonParser _createParser(ObjectReadContext read, IOContext io, byte[] bytes, int offset, int length) {
        _streamReadConstraints.validateDocumentLength(length);
        return new Parser(read, io, readFeatures(read), new String(bytes, offset, length, StandardCharsets.UTF_8));
    }

    @Override
    protected JsonGenerator _createGenerator(ObjectWriteContext write, IOContext io, OutputStream out) {
        return new Generator(write, io, write.getStreamWriteFeatures(_streamWriteFeatures), out);
    }

    static final class Builder extends DecorableTSFactory.DecorableTSFBuilder<ToyFormat, Builder> {
        private Builder(StreamReadConstraints reading, StreamWriteConstraints writing) {
            super(reading, writing, ErrorReportConfiguration.defaults(), 0, 0);
        }

        private Builder(ToyFormat base) {
            super(base);
        }

        @Override
        public ToyFormat build() {
            return new ToyFormat(this);
        }
    }

    static final class Parser extends FormatParser {
        private final Iterator<String> words;
        private boolean named;

        Parser(ObjectReadContext read, IOContext io, int features, String document) {
            super(read, io, features);
            words = document.isBlank()
                    ? List.<String>of().iterator()
                    : List.of(document.strip().split(" ")).iterator();
        }

        @Override
        public @Nullable JsonToken nextToken() {
            if (!words.hasNext()) {
                close();
                return _updateTokenToNull();
            }
            text(null);
            String word = words.next();
            if (context.inObject() && !named && !word.equals("}")) {
                named = true;
                return _updateToken(propertyName(word.substring(2)));
            }
            named = false;
            return _updateToken(value(word));
        }

        private JsonToken value(String word) {
            String content = word.substring(Math.min(2, word.length()));
            return switch (word.charAt(0)) {
                case '[' -> startArray();
                case ']' -> endArray();
                case '{' -> startObject();
                case '}' -> endObject();
                case 'i' -> integer(new BigInteger(content));
                case 'u' -> unsigned(Long.parseLong(content));
                case 'f' -> floating(Double.parseDouble(content));
                case 'd' -> decimal(new BigDecimal(content));
                case 's' -> string(content);
                default -> JsonToken.VALUE_NULL;
            };
        }

        @Override
        public byte[] getBinaryValue(Base64Variant variant) {
            throw new UnsupportedOperationException();
        }

        @Override
        public TokenStreamLocation currentTokenLocation() {
            return TokenStreamLocation.NA;
        }

        @Override
        public TokenStreamLocation currentLocation() {
            return TokenStreamLocation.NA;
        }
    }

    static final class Generator extends FormatGenerator {
        private final ByteArrayOutputStream buffer = new ByteArrayOutputStream();

        Generator(ObjectWriteContext write, IOContext io, int features, OutputStream target) {
            super(write, io, features, target);
        }

        private JsonGenerator word(String word) {
            buffer.writeBytes(bytes(word + " "));
            return this;
        }

        private JsonGenerator value(String word) {
            _verifyValueWrite("write a value");
            return word(word);
        }

        @Override
        protected void encodeStartArray(int size) {
            word("[");
        }

        @Override
        protected void encodeEndArray(int size) {
            word("]" + size);
        }

        @Override
        protected void encodeStartObject(int size) {
            word("{");
        }

        @Override
        protected void encodeEndObject(int size) {
            word("}" + size);
        }

        @Override
        protected void encodeName(String name) {
            word("s:" + name);
        }

        @Override
        protected void encodeString(String text) {
            word("s:" + text);
        }

        @Override
        protected void encodeDecimal(BigDecimal value) {
            value("d:" + value);
        }

        @Override
        public JsonGenerator writeNumber(int value) {
            return writeNumber((long) value);
        }

        @Override
        public JsonGenerator writeNumber(long value) {
            return value("i:" + value);
        }

        @Override
        public JsonGenerator writeNumber(double value) {
            return value("f:" + value);
        }

        @Override
        public JsonGenerator writeNumber(float value) {
            return value("f:" + value);
        }

        @Override
        public JsonGenerator writeBoolean(boolean value) {
            return value(Boolean.toString(value));
        }

        @Override
        public JsonGenerator writeNull() {
            return value("null");
        }

        @Override
        public JsonGenerator writeBinary(Base64Variant variant, byte[] data, int offset, int length) {
            return value("b:" + length);
        }

        @Override
        public int streamWriteOutputBuffered() {
            return buffer.size();
        }

        @Override
        protected void drain() throws IOException {
            buffer.writeTo(target());
            buffer.reset();
        }
    }
}
