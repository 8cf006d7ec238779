package dev.parley.spi.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.StringReader;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamWriteConstraints;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.StreamWriteException;
import tools.jackson.core.io.SerializedString;

class FormatGeneratorTest {
    private boolean closed;
    private int flushes;

    private final ByteArrayOutputStream target = new ByteArrayOutputStream() {
        @Override
        public void close() {
            closed = true;
        }

        @Override
        public void flush() {
            flushes++;
        }
    };
    private final JsonGenerator generator = new ToyFormat().createGenerator(ObjectWriteContext.empty(), target);

    private String written(Consumer<JsonGenerator> writer) {
        target.reset();
        writer.accept(generator);
        generator.flush();
        return target.toString(StandardCharsets.UTF_8).strip();
    }

    private void assertRejected(Consumer<JsonGenerator> writer, String message) {
        assertThatThrownBy(() -> writer.accept(generator))
                .isInstanceOf(StreamWriteException.class)
                .hasMessageContaining(message);
    }

    @Test
    void structuresAndTheirSizes() {
        assertThat(written(g -> {
                    g.writeStartArray(null, 5);
                    g.writeStartObject();
                    g.writeName("a").writeNumber(1);
                    g.writeName(new SerializedString("b")).writeStartArray();
                    g.writeEndArray();
                    g.writePropertyId(7).writeNull();
                    g.writeEndObject();
                    g.writeBoolean(true);
                    g.writeEndArray();
                }))
                .isEqualTo("[ { s:a i:1 s:b [ ]0 s:7 null }3 true ]2");
    }

    @Test
    void namesAndValuesAlternate() {
        assertRejected(JsonGenerator::writeEndArray, "cannot end an array");
        assertRejected(g -> g.writeName("a"), "expected a value");
        generator.writeStartObject();
        assertRejected(g -> g.writeString("x"), "expected a property name");
        assertRejected(JsonGenerator::writeStartArray, "expected a property name");
        assertRejected(JsonGenerator::writeEndArray, "cannot end an array");
        generator.writeName("a");
        assertRejected(g -> g.writeName("b"), "expected a value");
        generator.writeStartArray();
        assertRejected(JsonGenerator::writeEndObject, "cannot end an object");
    }

    @Test
    void textInEveryForm() {
        byte[] utf8 = "xgrün".getBytes(StandardCharsets.UTF_8);
        assertThat(written(g -> g.writeString("a"))).isEqualTo("s:a");
        assertThat(written(g -> g.writeString("xab".toCharArray(), 1, 2))).isEqualTo("s:ab");
        assertThat(written(g -> g.writeString(new SerializedString("a")))).isEqualTo("s:a");
        assertThat(written(g -> g.writeUTF8String(utf8, 1, utf8.length - 1))).isEqualTo("s:grün");
        assertThat(written(g -> g.writeRawUTF8String(utf8, 1, utf8.length - 1))).isEqualTo("s:grün");
        String text = "y".repeat(10_000);
        assertThat(written(g -> g.writeString(new StringReader(text), -1))).isEqualTo("s:" + text);
        assertThat(written(g -> g.writeString(new StringReader(text), 5))).isEqualTo("s:yyyyy");
        assertThat(written(g -> g.writeString((String) null))).isEqualTo("null");
    }

    @Test
    void numbersInEveryForm() {
        assertThat(written(g -> g.writeNumber((short) 5))).isEqualTo("i:5");
        assertThat(written(g -> g.writeNumber(BigInteger.valueOf(Long.MIN_VALUE))))
                .isEqualTo("i:" + Long.MIN_VALUE);
        assertThat(written(g -> g.writeNumber((BigInteger) null))).isEqualTo("null");
        assertThat(written(g -> g.writeNumber((BigDecimal) null))).isEqualTo("null");
        assertThat(written(g -> g.writeNumber((String) null))).isEqualTo("null");
        assertThat(written(g -> g.writeNumber(new BigDecimal("1.50")))).isEqualTo("d:1.50");
        assertThat(written(g -> g.writeNumber("-12"))).isEqualTo("i:-12");
        assertThat(written(g -> g.writeNumber("1.0"))).isEqualTo("d:1.0");
        assertThat(written(g -> g.writeNumber("1e3"))).isEqualTo("d:1E+3");
        assertRejected(g -> g.writeNumber("0x1"), "'0x1' is not a number");
        assertRejected(
                g -> g.writeNumber(BigInteger.ONE.shiftLeft(63)),
                "9223372036854775808 does not fit a signed 64-bit integer");
        assertRejected(g -> g.writeNumber(BigInteger.ONE.shiftLeft(9999)), "of 10000 bits does not fit");
    }

    @Test
    void binaryDataFromAStream() {
        assertThat(written(g -> g.writeBinary(new ByteArrayInputStream(new byte[9]), -1)))
                .isEqualTo("b:9");
        assertThat(written(g -> g.writeBinary(new ByteArrayInputStream(new byte[9]), 4)))
                .isEqualTo("b:4");
        assertRejected(g -> g.writeBinary(new ByteArrayInputStream(new byte[9]), 10), "ended after 9 of 10 bytes");
    }

    @Test
    void rawTextIsNotSupported() {
        assertRejected(g -> g.writeRaw("x"), "raw text");
        assertRejected(g -> g.writeRaw("x", 0, 1), "raw text");
        assertRejected(g -> g.writeRaw(new char[1], 0, 1), "raw text");
        assertRejected(g -> g.writeRaw('x'), "raw text");
        assertRejected(g -> g.writeRawValue("x"), "raw text");
    }

    @Test
    void theNestingDepthIsLimited() {
        JsonGenerator limited = new ToyFormat(
                        StreamReadConstraints.defaults(),
                        StreamWriteConstraints.builder().maxNestingDepth(2).build())
                .createGenerator(ObjectWriteContext.empty(), target);
        limited.writeStartArray();
        limited.writeStartArray();
        assertThatThrownBy(limited::writeStartObject).isInstanceOf(StreamConstraintsException.class);
    }

    @Test
    void closingDrainsAndClosesTheTarget() {
        generator.writeNumber(1);
        assertThat(generator.streamWriteOutputBuffered()).isEqualTo(4);
        assertThat(target.size()).isZero();
        generator.close();
        assertThat(target).hasToString("i:1 ");
        assertThat(closed).isTrue();
        assertThat(generator.streamWriteOutputTarget()).isSameAs(target);
    }

    @Test
    void aTargetThatIsNotClosedIsFlushed() {
        generator.configure(StreamWriteFeature.AUTO_CLOSE_TARGET, false);
        generator.writeNumber(1);
        generator.close();
        assertThat(closed).isFalse();
        assertThat(flushes).isEqualTo(1);
    }

    @Test
    void flushingMayStopAtTheGenerator() {
        generator.configure(StreamWriteFeature.FLUSH_PASSED_TO_STREAM, false);
        generator.writeNumber(1);
        generator.flush();
        assertThat(target).hasToString("i:1 ");
        assertThat(flushes).isZero();
    }
}
