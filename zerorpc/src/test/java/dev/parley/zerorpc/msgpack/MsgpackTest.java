package dev.parley.zerorpc.msgpack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessageUnpacker;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.StreamReadException;

/** The codec against msgpack-core and against malformed bytes. */
@Timeout(60)
class MsgpackTest {
    @SuppressWarnings("ArrayRecordComponent")
    record Point(int x, String name, List<Double> weights, byte[] raw) {}

    private static final MsgpackMapper MAPPER =
            MsgpackMapper.builder(MsgpackFactory.builder().build()).build();

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text.replace(" ", ""));
    }

    private static Object read(String hex) {
        return MAPPER.readValue(hex(hex), Object.class);
    }

    @Test
    void wholeNumbersAreWrittenAsMsgpackCoreWritesThem() throws Exception {
        long[] edges = LongStream.concat(
                        IntStream.range(0, 64).mapToLong(bit -> 1L << bit),
                        LongStream.of(0, -1, -32, -33, Long.MIN_VALUE))
                .flatMap(edge -> LongStream.of(edge, edge - 1, edge + 1, -edge, ~edge))
                .toArray();
        for (long number : edges) {
            MessageBufferPacker packer = MessagePack.newDefaultBufferPacker();
            packer.packLong(number);
            assertThat(MAPPER.writeValueAsBytes(number)).isEqualTo(packer.toByteArray());
            assertThat(MAPPER.readValue(packer.toByteArray(), long.class)).isEqualTo(number);
            BigInteger unsigned = new BigInteger(Long.toUnsignedString(number));
            MessageBufferPacker bigPacker = MessagePack.newDefaultBufferPacker();
            bigPacker.packBigInteger(unsigned);
            assertThat(MAPPER.writeValueAsBytes(unsigned)).isEqualTo(bigPacker.toByteArray());
            assertThat(MAPPER.readValue(bigPacker.toByteArray(), BigInteger.class))
                    .isEqualTo(unsigned);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 31, 32, 255, 256, 65_535, 65_536})
    void textDataListsAndMapsOfEveryLength(int length) throws Exception {
        String text = "x".repeat(length);
        List<Integer> list = IntStream.range(0, length).boxed().toList();
        Map<String, Integer> map = IntStream.range(0, length)
                .boxed()
                .collect(Collectors.toMap(i -> "k" + i, i -> i, (a, b) -> a, LinkedHashMap::new));
        MessageBufferPacker packer = MessagePack.newDefaultBufferPacker();
        packer.packString(text);
        assertThat(MAPPER.writeValueAsBytes(text)).isEqualTo(packer.toByteArray());
        packer.clear();
        packer.packBinaryHeader(length).writePayload(new byte[length]);
        assertThat(MAPPER.writeValueAsBytes(new byte[length])).isEqualTo(packer.toByteArray());
        packer.clear();
        packer.packArrayHeader(length);
        for (int i : list) {
            packer.packInt(i);
        }
        assertThat(MAPPER.writeValueAsBytes(list)).isEqualTo(packer.toByteArray());
        // Without an announced size the header is enlarged at the end.
        assertThat(MAPPER.writeValueAsBytes(list.iterator())).isEqualTo(packer.toByteArray());
        assertThat(MAPPER.readValue(packer.toByteArray(), Object.class)).isEqualTo(list);
        packer.clear();
        packer.packMapHeader(length);
        for (Map.Entry<String, Integer> entry : map.entrySet()) {
            packer.packString(entry.getKey()).packInt(entry.getValue());
        }
        assertThat(MAPPER.writeValueAsBytes(map)).isEqualTo(packer.toByteArray());
        assertThat(MAPPER.readValue(packer.toByteArray(), Object.class)).isEqualTo(map);
    }

    @Test
    void recordsAndEveryTypeOfValue() throws Exception {
        Point point = new Point(-5, "grüße 🌍", List.of(1.5, -0.0, 1e300), new byte[] {1, 2});
        byte[] encoded = MAPPER.writeValueAsBytes(point);
        try (MessageUnpacker unpacker = MessagePack.newDefaultUnpacker(encoded)) {
            assertThat(unpacker.unpackValue().toJson())
                    .contains("\"x\":-5", "\"name\":\"grüße", "\"weights\":[1.5,-0.0,1.0E300]")
                    .contains("\"raw\":\"\\u0001\\u0002\"");
        }
        Point back = MAPPER.readValue(encoded, Point.class);
        assertThat(back.name()).isEqualTo(point.name());
        assertThat(back.raw()).isEqualTo(point.raw());
        assertThat(read("93 c0 c2 c3")).isEqualTo(Arrays.asList(null, false, true));
        assertThat(read("ca 3fc00000")).isEqualTo(1.5);
    }

    @Test
    void stringsAndBinaryDataCanBeReadAsEachOther() {
        assertThat(MAPPER.readValue(hex("c4 02 c3bc"), String.class)).isEqualTo("ü");
        assertThat(MAPPER.readValue(hex("a2 c3bc"), byte[].class)).isEqualTo(hex("c3bc"));
        assertThat(MAPPER.readValue(hex("a2 fffe"), byte[].class)).isEqualTo(hex("fffe"));
        assertThat((byte[]) read("c4 02 fffe")).isEqualTo(hex("fffe"));
    }

    @Test
    void extensionsAndTimestamps() throws Exception {
        MsgpackExtension extension = new MsgpackExtension((byte) 5, hex("010203"));
        assertThat(MAPPER.writeValueAsBytes(extension)).isEqualTo(hex("c7 03 05 010203"));
        assertThat(read("c7 03 05 010203")).isEqualTo(extension);
        assertThat(read("d8 7f" + "00".repeat(16))).isEqualTo(new MsgpackExtension((byte) 127, new byte[16]));
        for (String time : List.of("1970-01-01T00:00:01Z", "2026-11-22T10:00:00.123456789Z", "1900-01-01T00:00:00Z")) {
            MessageBufferPacker packer = MessagePack.newDefaultBufferPacker();
            packer.packTimestamp(Instant.parse(time));
            assertThat(MAPPER.readValue(packer.toByteArray(), Instant.class)).isEqualTo(Instant.parse(time));
            assertThat(MAPPER.readValue(packer.toByteArray(), String.class)).isEqualTo(time);
        }
    }

    @Test
    void mapKeysOfOtherTypes() {
        assertThat(read("85 01a161 c4016201 cb3ff800000000000001 c301 cfffffffffffffffff01"))
                .isEqualTo(Map.of("1", "a", "b", 1, "1.5", 1, "true", 1, "18446744073709551615", 1));
        assertThatThrownBy(() -> read("81 9001"))
                .isInstanceOf(StreamReadException.class)
                .hasMessageContaining("key");
        MsgpackMapper strict = MsgpackMapper.builder(
                        MsgpackFactory.builder().refuseNumberKeys(true).build())
                .build();
        assertThat(MAPPER.writeValueAsBytes(Map.of(1L, true))).isEqualTo(hex("81 a131 c3"));
        assertThatThrownBy(() -> strict.writeValueAsBytes(Map.of(1L, true))).isInstanceOf(JacksonException.class);
        assertThat(strict.writeValueAsBytes(Map.of("1", true))).isEqualTo(hex("81 a131 c3"));
    }

    @Test
    void numbersThatDoNotFitAreRejected() {
        assertThatThrownBy(() -> MAPPER.writeValueAsBytes(BigInteger.ONE.shiftLeft(64)))
                .isInstanceOf(JacksonException.class)
                .hasMessageContaining("65 bits");
        assertThatThrownBy(() -> MAPPER.writeValueAsBytes(
                        BigInteger.ONE.shiftLeft(63).negate().subtract(BigInteger.ONE)))
                .isInstanceOf(JacksonException.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a5 6869 | left",
                "d9 | unexpected end",
                "db ffffffff 61 | left",
                "c6 7fffffff | left",
                "c9 ffffffff 05 | left",
                "dd ffffffff 01 | elements",
                "df ffffffff 01 | elements",
                "92 01 | elements",
                "81 a161 | unexpected end",
                "c1 | c1",
                "cd 01 | unexpected end",
                "cf 00000000 | unexpected end",
                "c7 05 ff 0102030405 | timestamp",
                "a2 fffe | UTF-8",
                "81 a2fffe 01 | UTF-8"
            })
    void malformedBytes(String bytes, String message) {
        assertThatThrownBy(() -> read(bytes))
                .isInstanceOf(StreamReadException.class)
                .hasMessageContaining(message);
    }

    @Test
    void limitsAreEnforced() {
        MsgpackMapper limited = MsgpackMapper.builder(MsgpackFactory.builder()
                        .streamReadConstraints(StreamReadConstraints.builder()
                                .maxNestingDepth(3)
                                .maxStringLength(4)
                                .maxNameLength(2)
                                .maxDocumentLength(30)
                                .maxTokenCount(8)
                                .build())
                        .build())
                .build();
        assertThat(limited.readValue(hex("91 91 91 a4 61626364"), Object.class))
                .isEqualTo(List.of(List.of(List.of("abcd"))));
        for (String over : List.of(
                "91 91 91 90",
                "a5 6162636465",
                "c4 05 0102030405",
                "81 a3 616263 01",
                "98" + "01".repeat(8),
                "dc0020" + "01".repeat(32))) {
            assertThatThrownBy(() -> limited.readValue(hex(over), Object.class))
                    .as(over)
                    .isInstanceOf(StreamConstraintsException.class);
        }
    }

    @Test
    void randomBytesGiveAValueOrAnError() {
        Random random = new Random(42);
        int read = 0;
        for (int i = 0; i < 200_000; i++) {
            byte[] bytes = new byte[random.nextInt(24)];
            random.nextBytes(bytes);
            try {
                MAPPER.readValue(bytes, Object.class);
                read++;
            } catch (JacksonException e) {
                assertThat(e.getOriginalMessage()).isNotEmpty();
            }
            try {
                new MsgpackCursor(bytes, 0, bytes.length).skipValue();
            } catch (MsgpackException e) {
                assertThat(e).hasMessageContaining("at byte");
            }
        }
        assertThat(read).isPositive();
    }

    @Test
    void valuesHaveTheSameLengthAsInMsgpackCore() throws Exception {
        Random random = new Random(7);
        int values = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = new byte[random.nextInt(16) + 1];
            random.nextBytes(bytes);
            MsgpackCursor cursor = new MsgpackCursor(bytes, 0, bytes.length);
            try {
                cursor.skipValue();
            } catch (MsgpackException e) {
                // Not given to msgpack-core, which allocates what a malformed header declares.
                continue;
            }
            try (MessageUnpacker unpacker = MessagePack.newDefaultUnpacker(bytes)) {
                unpacker.skipValue();
                assertThat(unpacker.getTotalReadBytes()).isEqualTo(cursor.position());
            }
            values++;
        }
        assertThat(values).isGreaterThan(1000);
    }

    @Test
    void longTextKeepsItsLength() {
        String text = "ü".repeat(100_000);
        assertThat(MAPPER.readValue(MAPPER.writeValueAsBytes(text), String.class))
                .isEqualTo(text);
        assertThat(MAPPER.writeValueAsBytes(text)).hasSize(5 + text.getBytes(StandardCharsets.UTF_8).length);
    }
}
