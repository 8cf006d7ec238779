package dev.parley.cli.zerorpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The texts are those of Python's pprint. The table of the command has more. */
class PrettyPrinterTest {
    @Test
    void scalars() {
        assertThat(PrettyPrinter.format(Arrays.asList(null, true, false, 1, 2L, BigInteger.TEN, 0.5f, 1e16, 1e-5)))
                .isEqualTo("[None, True, False, 1, 2, 10, 0.5, 1e+16, 1e-05]");
        assertThat(PrettyPrinter.format(Instant.ofEpochSecond(1, 2))).isEqualTo("Timestamp(seconds=1, nanoseconds=2)");
        assertThat(PrettyPrinter.format(new byte[] {0, 'a', '\'', (byte) 0xff})).isEqualTo("b\"\\x00a'\\xff\"");
    }

    @Test
    void mapsAreSortedByCodePoints() {
        assertThat(PrettyPrinter.format(Map.of("\uffee", 1, "\ud83d\ude00", 2, "b", 3, "B", 4)))
                .isEqualTo("{'B': 4, 'b': 3, '\uffee': 1, '\ud83d\ude00': 2}");
    }

    @Test
    void whatDoesNotFitIsBroken() {
        assertThat(PrettyPrinter.format(List.of("a".repeat(36), "b".repeat(36))))
                .isEqualTo("['" + "a".repeat(36) + "', '" + "b".repeat(36) + "']");
        assertThat(PrettyPrinter.format(List.of("a".repeat(37), "b".repeat(36))))
                .isEqualTo("['" + "a".repeat(37) + "',\n '" + "b".repeat(36) + "']");
        assertThat(PrettyPrinter.format(List.of(List.of(), Map.of(), "c".repeat(90))))
                .isEqualTo("[[],\n {},\n '" + "c".repeat(90) + "']");
    }
}
