package dev.parley.zerorpc.msgpack;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.parley.zerorpc.event.Event;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.core.JacksonException;

/**
 * Jazzer searches for bytes that the readers of MessagePack and of events fail on in other ways than documented, and for
 * values that change when they are written and read again. By default the seeds alone run; with {@code JAZZER_FUZZ=1} in
 * the environment the selected test is fuzzed.
 */
class MsgpackFuzzTest {
    private static final MsgpackMapper MAPPER =
            MsgpackMapper.builder(MsgpackFactory.builder().build()).build();

    static Stream<byte[]> values() {
        return Stream.of(
                        "c0",
                        "93 c2 c3 7f",
                        "cd ffff",
                        "cf ffffffffffffffff",
                        "d3 8000000000000000",
                        "ca 7fc00000",
                        "cb 3ff0000000000000",
                        "a3 616263",
                        "d9 03 c3a4 80",
                        "c4 02 0001",
                        "c6 7fffffff 00",
                        "82 a1 61 01 a1 62 90",
                        "df ffffffff a1",
                        "dd 00000001 c0",
                        "d6 ff 00000001",
                        "c7 0c ff 000000010000000000000002",
                        "d4 05 01",
                        "c1",
                        "91".repeat(200) + "c0",
                        "93 82 aa 6d6573736167655f6964 c4 01 61 a1 76 03 a3 616464 92 01 02",
                        "93 80 a3 616464 90",
                        "93 83 aa 6d6573736167655f6964 a1 61 a1 76 03 ab 726573706f6e73655f746f a1 62 a2 4f4b 91 c0")
                .map(text -> HexFormat.of().parseHex(text.replace(" ", "")));
    }

    @MethodSource("values")
    @FuzzTest
    void valuesSurviveAnotherRound(byte[] bytes) {
        Object value;
        try {
            value = MAPPER.readValue(bytes, Object.class);
        } catch (JacksonException e) {
            assertThat(e.getMessage()).isNotEmpty();
            return;
        }
        byte[] written = MAPPER.writeValueAsBytes(value);
        byte[] again = MAPPER.writeValueAsBytes(MAPPER.readValue(written, Object.class));
        assertThat(again).isEqualTo(written);
    }

    @MethodSource("values")
    @FuzzTest
    void anyEventIsReadOrHasAProblem(byte[] bytes) {
        Event event = Event.parse(bytes);
        if (event.problem() == null) {
            assertThat(event.name()).isNotNull();
        } else {
            assertThat(event.problem()).isNotEmpty();
        }
    }
}
