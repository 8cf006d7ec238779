package dev.parley.spi.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.InputStream;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonParser.NumberType;
import tools.jackson.core.JsonParser.NumberTypeFP;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamWriteConstraints;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.core.exc.StreamConstraintsException;

class FormatParserTest {
    private static ToyFormat.Parser at(String word) {
        ToyFormat.Parser parser = ToyFormat.parser(word);
        parser.nextToken();
        return parser;
    }

    @ParameterizedTest
    @CsvSource({
        "i:5, INT, 5",
        "i:-2147483648, INT, -2147483648",
        "i:2147483648, LONG, 2147483648",
        "i:-9223372036854775808, LONG, -9223372036854775808",
        "i:9223372036854775808, BIG_INTEGER, 9223372036854775808",
        "u:5, INT, 5",
        "u:-1, BIG_INTEGER, 18446744073709551615",
        "u:-9223372036854775808, BIG_INTEGER, 9223372036854775808"
    })
    void wholeNumbers(String word, NumberType type, String number) {
        try (ToyFormat.Parser parser = at(word)) {
            BigInteger expected = new BigInteger(number);
            assertThat(parser.currentToken()).isEqualTo(JsonToken.VALUE_NUMBER_INT);
            assertThat(parser.getNumberType()).isEqualTo(type);
            assertThat(parser.getNumberTypeFP()).isEqualTo(NumberTypeFP.UNKNOWN);
            assertThat(parser.getBigIntegerValue()).isEqualTo(expected);
            assertThat(parser.getDecimalValue()).isEqualTo(new BigDecimal(expected));
            assertThat(parser.getDoubleValue()).isEqualTo(expected.doubleValue());
            assertThat(parser.getFloatValue()).isEqualTo(expected.floatValue());
            assertThat(parser.getNumberValue()).hasToString(number);
            assertThat(parser.getString()).isEqualTo(number);
            assertThat(parser.isNaN()).isFalse();
        }
    }

    @Test
    void theBoxedTypeIsTheSmallestThatFits() {
        assertThat(at("i:5").getNumberValue()).isEqualTo(5);
        assertThat(at("i:2147483648").getNumberValue()).isEqualTo(2147483648L);
        assertThat(at("i:9223372036854775808").getNumberValue()).isEqualTo(BigInteger.ONE.shiftLeft(63));
        assertThat(at("f:1.5").getNumberValue()).isEqualTo(1.5);
        assertThat(at("d:1.50").getNumberValue()).isEqualTo(new BigDecimal("1.50"));
    }

    @Test
    void narrowingThatLosesTheMagnitudeIsAnError() {
        assertThat(at("i:2147483647").getIntValue()).isEqualTo(Integer.MAX_VALUE);
        assertThatThrownBy(() -> at("i:2147483648").getIntValue())
                .isInstanceOf(InputCoercionException.class)
                .hasMessageContaining("2147483648");
        assertThatThrownBy(() -> at("i:256").getByteValue()).isInstanceOf(InputCoercionException.class);
        assertThatThrownBy(() -> at("i:32768").getShortValue()).isInstanceOf(InputCoercionException.class);
        assertThatThrownBy(() -> at("i:9223372036854775808").getLongValue())
                .isInstanceOf(InputCoercionException.class)
                .hasMessageContaining("9223372036854775808");
        assertThatThrownBy(() -> at("u:-1").getIntValue()).isInstanceOf(InputCoercionException.class);
        assertThatThrownBy(() -> at("f:9.3e18").getLongValue()).isInstanceOf(InputCoercionException.class);
        assertThatThrownBy(() -> at("f:-9.3e18").getLongValue()).isInstanceOf(InputCoercionException.class);
        assertThatThrownBy(() -> at("d:9223372036854775808").getLongValue()).isInstanceOf(InputCoercionException.class);
    }

    @Test
    void fractionsAreDropped() {
        assertThat(at("f:-1.9").getIntValue()).isEqualTo(-1);
        assertThat(at("f:1e18").getLongValue()).isEqualTo(1_000_000_000_000_000_000L);
        assertThat(at("f:1e20").getBigIntegerValue()).isEqualTo(BigInteger.TEN.pow(20));
        assertThat(at("d:-9223372036854775807.9").getLongValue()).isEqualTo(-9223372036854775807L);
    }

    @Test
    void aDecimalKeepsEveryDigit() {
        try (ToyFormat.Parser parser = at("d:12345678901234567.89")) {
            assertThat(parser.getNumberType()).isEqualTo(NumberType.BIG_DECIMAL);
            assertThat(parser.getNumberTypeFP()).isEqualTo(NumberTypeFP.BIG_DECIMAL);
            assertThat(parser.getDecimalValue()).isEqualTo(new BigDecimal("12345678901234567.89"));
            assertThat(parser.getDoubleValue()).isEqualTo(1.2345678901234568e16);
            assertThat(parser.getLongValue()).isEqualTo(12345678901234567L);
            assertThat(parser.isNaN()).isFalse();
        }
        assertThat(at("f:0.1").getDecimalValue()).isEqualTo(new BigDecimal("0.1"));
    }

    @Test
    void hugeExponentsTakeNoTime() {
        assertThatThrownBy(() -> at("d:1e999999999").getBigIntegerValue())
                .isInstanceOf(StreamConstraintsException.class);
        assertThatThrownBy(() -> at("d:1e999999999").getLongValue()).isInstanceOf(InputCoercionException.class);
        assertThat(at("d:1e-999999999").getLongValue()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"NaN", "Infinity", "-Infinity"})
    void numbersThatAreNotFinite(String number) {
        try (ToyFormat.Parser parser = at("f:" + number)) {
            assertThat(parser.isNaN()).isTrue();
            assertThat(parser.getNumberTypeFP()).isEqualTo(NumberTypeFP.DOUBLE64);
            assertThat(Double.valueOf(parser.getDoubleValue())).isEqualTo(Double.valueOf(number));
            assertThatThrownBy(parser::getLongValue).isInstanceOf(InputCoercionException.class);
            assertThatThrownBy(parser::getDecimalValue)
                    .isInstanceOf(InputCoercionException.class)
                    .hasMessageContaining(number + " is not a finite number");
            assertThatThrownBy(parser::getBigIntegerValue).isInstanceOf(InputCoercionException.class);
        }
    }

    @Test
    void whatIsNotANumber() {
        try (ToyFormat.Parser parser = at("s:5")) {
            assertThat(parser.getNumberType()).isNull();
            assertThat(parser.isNaN()).isFalse();
            assertThatThrownBy(parser::getIntValue).isInstanceOf(InputCoercionException.class);
            assertThatThrownBy(parser::getDoubleValue).isInstanceOf(InputCoercionException.class);
            assertThatThrownBy(parser::getDecimalValue).isInstanceOf(InputCoercionException.class);
            assertThatThrownBy(parser::getNumberValue).isInstanceOf(InputCoercionException.class);
        }
    }

    @Test
    void textOfEveryToken() {
        ToyFormat.Parser parser = ToyFormat.parser("{ s:name s:text } null");
        assertThat(parser.getString()).isNull();
        assertThat(parser.getStringCharacters()).isNull();
        assertThat(parser.getStringLength()).isZero();
        for (String text : new String[] {"{", "name", "text", "}", "null"}) {
            parser.nextToken();
            assertThat(parser.getString()).isEqualTo(text);
            assertThat(new String(parser.getStringCharacters(), parser.getStringOffset(), parser.getStringLength()))
                    .isEqualTo(text);
            StringWriter writer = new StringWriter();
            assertThat(parser.getString(writer)).isEqualTo(text.length());
            assertThat(writer).hasToString(text);
        }
        assertThat(parser.nextToken()).isNull();
        assertThat(parser.isClosed()).isTrue();
    }

    @Test
    void theNameOfAStructureIsThatOfItsProperty() {
        ToyFormat.Parser parser = ToyFormat.parser("{ s:a [ i:1 ] s:b { } }");
        parser.nextToken();
        assertThat(parser.currentName()).isNull();
        parser.nextToken();
        assertThat(parser.nextToken()).isEqualTo(JsonToken.START_ARRAY);
        assertThat(parser.currentName()).isEqualTo("a");
        parser.nextToken();
        assertThat(parser.currentName()).isNull();
        parser.nextToken();
        assertThat(parser.currentName()).isEqualTo("a");
        assertThat(parser.nextName()).isEqualTo("b");
        parser.assignCurrentValue(this);
        assertThat(parser.currentValue()).isSameAs(this);
    }

    @Test
    void limitsAndSources() throws Exception {
        ToyFormat limited = new ToyFormat(
                StreamReadConstraints.builder()
                        .maxNestingDepth(2)
                        .maxDocumentLength(9)
                        .build(),
                StreamWriteConstraints.defaults());
        JsonParser deep = limited.createParser(ObjectReadContext.empty(), ToyFormat.bytes("[ { s:a ["));
        assertThatThrownBy(() -> {
                    while (deep.nextToken() != null) {
                        // Up to the third level.
                    }
                })
                .isInstanceOf(StreamConstraintsException.class);
        AtomicBoolean closed = new AtomicBoolean();
        ByteArrayInputStream tooLong = new ByteArrayInputStream(new byte[1000]) {
            @Override
            public void close() {
                closed.set(true);
            }
        };
        assertThatThrownBy(() -> limited.createParser(ObjectReadContext.empty(), tooLong))
                .isInstanceOf(StreamConstraintsException.class);
        assertThat(tooLong.available()).isEqualTo(1000 - 10);
        assertThat(closed).as("AUTO_CLOSE_SOURCE is on by default").isTrue();
        assertThatThrownBy(() -> limited.createParser(
                        ObjectReadContext.empty(), (DataInput) new DataInputStream(InputStream.nullInputStream())))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("toy is read from");
        assertThat(limited.copy()).isNotSameAs(limited);
        assertThat(limited.copy().streamReadConstraints().getMaxNestingDepth()).isEqualTo(2);
        assertThat(limited.snapshot()).isSameAs(limited);
        assertThat(Map.of(limited.canParseAsync(), limited.canHandleBinaryNatively()))
                .isEqualTo(Map.of(false, true));
    }
}
