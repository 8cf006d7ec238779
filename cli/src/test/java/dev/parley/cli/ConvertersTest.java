package dev.parley.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class ConvertersTest {
    private final Converters.OfDuration durations = new Converters.OfDuration();

    @ParameterizedTest
    @CsvSource({"5, 5000", "0.5, 500", "250ms, 250", "1.5s, 1500", "2m, 120000", "1h, 3600000"})
    void timesHaveUnits(String text, long millis) {
        assertThat(durations.convert(text)).isEqualTo(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "", "x", "5 s", "5d", "1e3", "0.0ms", "999999999999h"})
    void otherTextIsNoTime(String text) {
        assertThatThrownBy(() -> durations.convert(text))
                .isInstanceOf(TypeConversionException.class)
                .hasMessageContaining("'" + text + "'");
    }

    @Test
    void anAddressThatIsNoneIsToldWithAnExample() {
        assertThatThrownBy(() -> new Converters.OfAddress().convert("localhost"))
                .isInstanceOf(TypeConversionException.class)
                .hasMessageContaining("'localhost' has no scheme");
    }
}
