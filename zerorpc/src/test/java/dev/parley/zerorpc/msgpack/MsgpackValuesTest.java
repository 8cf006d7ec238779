package dev.parley.zerorpc.msgpack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.parley.Limits;
import dev.parley.spi.ValueMapping;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Calendar;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePack;
import tools.jackson.core.JacksonException;

/** Java's types that MessagePack has no type for. */
class MsgpackValuesTest {
    private static final UUID ID = UUID.fromString("0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9");
    /** Its bytes are text. */
    private static final UUID TEXT_LIKE = UUID.fromString("41424344-4546-4748-494a-4b4c4d4e4f50");

    private static final MsgpackMapper MAPPER = mapper(MsgpackFactory.builder());

    private static MsgpackMapper mapper(MsgpackFactory.Builder format) {
        return new ValueMapping(Limits.defaults(), List.of()).mapper(MsgpackMapper.builder(format.build()));
    }

    private static byte[] bytes(UUID id) {
        return ByteBuffer.allocate(16)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array();
    }

    /** Text in binary data. */
    private static byte[] binary(String text) {
        return MAPPER.writeValueAsBytes(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aUuidIsTextAndIsReadFromItsBytesToo() {
        for (UUID id : List.of(ID, TEXT_LIKE, new UUID(0, 0), new UUID(-1, -1))) {
            assertThat(MAPPER.readValue(MAPPER.writeValueAsBytes(id), Object.class))
                    .isEqualTo(id.toString());
            assertThat(MAPPER.readValue(MAPPER.writeValueAsBytes(id), UUID.class))
                    .isEqualTo(id);
            assertThat(MAPPER.readValue(MAPPER.writeValueAsBytes(bytes(id)), UUID.class))
                    .isEqualTo(id);
            assertThat(MAPPER.readValue(binary(id.toString()), UUID.class)).isEqualTo(id);
        }
        assertThatThrownBy(() -> MAPPER.readValue(MAPPER.writeValueAsBytes(new byte[] {1, -1}), UUID.class))
                .hasMessageContaining("binary data of 2 bytes is not a valid UUID");
        assertThatThrownBy(() -> MAPPER.readValue(binary("no id"), UUID.class)).isInstanceOf(JacksonException.class);
    }

    @Test
    void whatIsTextIsReadFromBinaryDataToo() {
        assertThat(MAPPER.readValue(binary("grüße"), String.class)).isEqualTo("grüße");
        assertThat(MAPPER.readValue(binary("2026-11-27T08:30:15Z"), Instant.class))
                .isEqualTo(Instant.parse("2026-11-27T08:30:15Z"));
        assertThat(MAPPER.readValue(binary("2026-11-27"), LocalDate.class)).isEqualTo(LocalDate.of(2026, 11, 27));
        assertThat(MAPPER.readValue(binary("PT1M"), Duration.class)).isEqualTo(Duration.ofMinutes(1));
        assertThat(MAPPER.readValue(binary("SUNDAY"), DayOfWeek.class)).isEqualTo(DayOfWeek.SUNDAY);
        assertThat(MAPPER.readValue(binary("a:b"), URI.class)).isEqualTo(URI.create("a:b"));
        assertThat(MAPPER.readValue(binary("Europe/Paris"), ZoneId.class)).isEqualTo(ZoneId.of("Europe/Paris"));
        assertThat(MAPPER.readValue(binary("text"), StringBuilder.class)).hasToString("text");
        assertThatThrownBy(() -> MAPPER.readValue(MAPPER.writeValueAsBytes(new byte[] {-1}), DayOfWeek.class))
                .hasMessageContaining("binary data of 1 bytes is not a valid DayOfWeek");
        assertThatThrownBy(() -> MAPPER.readValue(MAPPER.writeValueAsBytes(new byte[] {-1}), String.class))
                .hasMessageContaining("UTF-8");
    }

    /** Old packers send binary data as raw strings. */
    @Test
    void binaryDataIsReadFromRawStrings() {
        assertThat(MAPPER.readValue(HexFormat.of().parseHex("a4fffe8000"), byte[].class))
                .isEqualTo(new byte[] {-1, -2, -128, 0});
        assertThat(MAPPER.readValue(HexFormat.of().parseHex("81a161a2fffe"), Raw.class)
                        .a())
                .isEqualTo(new byte[] {-1, -2});
    }

    @SuppressWarnings("ArrayRecordComponent")
    record Raw(byte[] a) {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
    sealed interface Shape {}

    @JsonTypeName("square")
    @SuppressWarnings("ArrayRecordComponent")
    record Square(UUID id, String name, byte[] raw, DayOfWeek day) implements Shape {}

    /** What comes before the type of an object is buffered by Jackson. */
    @Test
    void theSameHoldsBeforeTheTypeOfAnObject() {
        Map<String, Object> sent = new java.util.LinkedHashMap<>();
        sent.put("id", bytes(ID));
        sent.put("name", "text".getBytes(StandardCharsets.UTF_8));
        sent.put("raw", new byte[] {-1});
        sent.put("day", "MONDAY".getBytes(StandardCharsets.UTF_8));
        sent.put("kind", "square");
        Square read = (Square) MAPPER.readValue(MAPPER.writeValueAsBytes(sent), Shape.class);
        assertThat(read.id()).isEqualTo(ID);
        assertThat(read.name()).isEqualTo("text");
        assertThat(read.raw()).isEqualTo(new byte[] {-1});
        assertThat(read.day()).isEqualTo(DayOfWeek.MONDAY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "12.50", "-0.0", "1E+3", "1E-400", "9E+2147483646", "0.12345678901234567890123"})
    void aDecimalIsTextWithAllItsDigits(String digits) {
        BigDecimal decimal = new BigDecimal(digits);
        byte[] written = MAPPER.writeValueAsBytes(decimal);
        assertThat(MAPPER.readValue(written, Object.class)).isEqualTo(decimal.toString());
        if (decimal.scale() > -1_000_000) {
            assertThat(MAPPER.readValue(written, BigDecimal.class)).isEqualTo(decimal);
        }
    }

    @Test
    void aDecimalIsReadFromNumbersToo() {
        assertThat(MAPPER.readValue(MAPPER.writeValueAsBytes(0.1), BigDecimal.class))
                .isEqualTo("0.1");
        assertThat(MAPPER.readValue(MAPPER.writeValueAsBytes(7), BigDecimal.class))
                .isEqualTo("7");
        assertThat(MAPPER.readValue(MAPPER.writeValueAsBytes("7.0"), Number.class))
                .isEqualTo(new BigDecimal("7.0"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "NaN", "0x10", "1d", " 1", "1e99999999999"})
    void otherTextIsNoDecimal(String text) {
        assertThatThrownBy(() -> MAPPER.readValue(MAPPER.writeValueAsBytes(text), BigDecimal.class))
                .isInstanceOf(JacksonException.class);
    }

    @Test
    void aDecimalCanBeAFloat() {
        MsgpackMapper floats = mapper(MsgpackFactory.builder().decimalsAsFloats(true));
        assertThat(floats.readValue(floats.writeValueAsBytes(new BigDecimal("12.50")), Object.class))
                .isEqualTo(12.5);
        assertThatThrownBy(() -> floats.writeValueAsBytes(new BigDecimal("0.12345678901234567890123")))
                .hasMessageContaining("a decimal of 23 digits")
                .hasMessageContaining("decimals=float");
    }

    @Test
    void aLargeWholeNumberIsReadFromText() {
        BigInteger large = BigInteger.ONE.shiftLeft(200);
        assertThat(MAPPER.readValue(MAPPER.writeValueAsBytes(large.toString()), BigInteger.class))
                .isEqualTo(large);
        assertThatThrownBy(() -> MAPPER.writeValueAsBytes(large)).hasMessageContaining("MessagePack holds -2^63");
        for (String text : List.of("1.5", "x", "1".repeat(100_000), "1e999999999")) {
            assertThatThrownBy(() -> MAPPER.readValue(MAPPER.writeValueAsBytes(text), BigInteger.class))
                    .isInstanceOf(JacksonException.class);
        }
        assertThatThrownBy(() -> MAPPER.readValue(MAPPER.writeValueAsBytes("5"), long.class))
                .isInstanceOf(JacksonException.class);
    }

    /** Node sends whole numbers beyond 32 bits as doubles. */
    @Test
    void wholeNumbersAreReadFromDoublesWithoutAFraction() {
        byte[] whole = MAPPER.writeValueAsBytes(5e9);
        assertThat(MAPPER.readValue(whole, long.class)).isEqualTo(5_000_000_000L);
        assertThat(MAPPER.readValue(whole, BigInteger.class)).isEqualTo(5_000_000_000L);
        assertThat(MAPPER.readValue(whole, AtomicLong.class)).hasValue(5_000_000_000L);
        assertThat(MAPPER.readValue(MAPPER.writeValueAsBytes(new double[] {5e9, 1}), long[].class))
                .containsExactly(5_000_000_000L, 1);
        assertThat(MAPPER.readValue(MAPPER.writeValueAsBytes(3.0), OptionalInt.class))
                .hasValue(3);
        for (Class<?> type : List.of(int.class, Long.class, AtomicLong.class, OptionalInt.class)) {
            assertThatThrownBy(() -> MAPPER.readValue(MAPPER.writeValueAsBytes(1.5), type))
                    .as(type.getName())
                    .isInstanceOf(JacksonException.class);
        }
        for (Class<?> type : List.of(int[].class, long[].class, short[].class)) {
            assertThatThrownBy(() -> MAPPER.readValue(MAPPER.writeValueAsBytes(new double[] {1.5}), type))
                    .as(type.getName())
                    .isInstanceOf(JacksonException.class);
        }
    }

    // --- timestamps

    private static final MsgpackMapper TIMESTAMPS =
            mapper(MsgpackFactory.builder().timestamps(true));

    @ParameterizedTest
    @CsvSource({
        "1970-01-01T00:00:00Z",
        "2026-11-27T08:30:15Z",
        "2026-11-27T08:30:15.123456789Z",
        "2106-02-07T06:28:15Z",
        "2106-02-07T06:28:16Z",
        "2514-05-30T01:53:03.999999999Z",
        "2514-05-30T01:53:04Z",
        "1969-12-31T23:59:59.000000001Z",
        "-9999-01-01T00:00:00Z"
    })
    void timestampsAreWrittenAsMsgpackCoreWritesThem(Instant time) throws Exception {
        MessageBufferPacker packer = MessagePack.newDefaultBufferPacker();
        packer.packTimestamp(time);
        byte[] written = TIMESTAMPS.writeValueAsBytes(time);
        assertThat(written).isEqualTo(packer.toByteArray());
        assertThat(TIMESTAMPS.readValue(written, Instant.class)).isEqualTo(time);
        assertThat(MAPPER.readValue(written, Instant.class)).isEqualTo(time);
        assertThat(TIMESTAMPS.readValue(TIMESTAMPS.writeValueAsBytes(List.of(time, time)), Instant[].class))
                .containsExactly(time, time);
    }

    record Formatted(
            @JsonFormat(shape = JsonFormat.Shape.STRING) Instant text, Instant stamp) {}

    @Test
    void everyPointInTimeIsATimestampIfAskedFor() {
        OffsetDateTime time = OffsetDateTime.parse("2026-11-27T10:30:15.125+02:00");
        byte[] expected = TIMESTAMPS.writeValueAsBytes(time.toInstant());
        ZonedDateTime zoned = time.atZoneSameInstant(ZoneId.of("Europe/Paris"));
        Calendar calendar = java.util.GregorianCalendar.from(zoned);
        for (Object each : List.of(time, zoned, Date.from(time.toInstant()), calendar)) {
            assertThat(TIMESTAMPS.writeValueAsBytes(each)).isEqualTo(expected);
        }
        assertThat(MAPPER.readValue(expected, OffsetDateTime.class).toInstant()).isEqualTo(time.toInstant());
        assertThat(MAPPER.readValue(expected, Date.class)).isEqualTo(Date.from(time.toInstant()));
        Formatted formatted = new Formatted(time.toInstant(), time.toInstant());
        byte[] written = TIMESTAMPS.writeValueAsBytes(formatted);
        assertThat(TIMESTAMPS.readValue(written, Formatted.class)).isEqualTo(formatted);
        assertThat(new String(written, StandardCharsets.ISO_8859_1)).contains("2026-11-27T08:30:15.125Z");
        assertThat(TIMESTAMPS.readValue(TIMESTAMPS.writeValueAsBytes(Map.of(time.toInstant(), 1)), Object.class))
                .isEqualTo(Map.of("2026-11-27T08:30:15.125Z", 1));
    }
}
