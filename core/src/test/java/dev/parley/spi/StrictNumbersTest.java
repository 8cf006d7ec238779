package dev.parley.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.Limits;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

class StrictNumbersTest {
    private static final JsonMapper JSON = new ValueMapping(Limits.defaults(), List.of()).json();

    @ParameterizedTest
    @ValueSource(
            classes = {
                int.class,
                Long.class,
                AtomicInteger.class,
                AtomicLong.class,
                OptionalInt.class,
                OptionalLong.class
            })
    void aFractionIsNeverDropped(Class<?> type) {
        assertThat(JSON.readValue("3.0", type).toString()).contains("3").doesNotContain(".");
        for (String wrong : List.of("1.5", "-0.5", "1e-3", "1e999999999", "\"3\"", "true")) {
            assertThatThrownBy(() -> JSON.readValue(wrong, type))
                    .as("%s as %s", wrong, type)
                    .isInstanceOf(JacksonException.class);
        }
    }

    @Test
    void norInArrays() {
        assertThat(JSON.readValue("[1,2.0]", int[].class)).containsExactly(1, 2);
        assertThat(JSON.readValue("[1,5e9]", long[].class)).containsExactly(1, 5_000_000_000L);
        assertThat(JSON.readValue("[-1.0]", short[].class)).containsExactly((short) -1);
        assertThat(JSON.readValue("[[1.0],[]]", int[][].class)).isDeepEqualTo(new int[][] {{1}, {}});
        for (Class<?> type : List.of(int[].class, long[].class, short[].class)) {
            for (String wrong : List.of("[1.5]", "[1,1e-3]", "[1e999999999]", "[\"1\"]", "[null]")) {
                assertThatThrownBy(() -> JSON.readValue(wrong, type))
                        .as("%s as %s", wrong, type)
                        .isInstanceOf(JacksonException.class);
            }
        }
    }

    @Test
    void theErrorSaysWhatIsWrong() {
        assertThatThrownBy(() -> JSON.readValue("[1,1.5]", int[].class))
                .isInstanceOfSatisfying(
                        JacksonException.class,
                        e -> assertThat(ValueErrors.text(e)).contains("1.5 is not a valid int"));
    }
}
