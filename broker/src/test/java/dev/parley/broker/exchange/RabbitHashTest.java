package dev.parley.broker.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RabbitHashTest {
    /** Values of {@code erlang:phash2/1} of Erlang 25. */
    @ParameterizedTest
    @CsvSource({"'', 13708901", "a, 112802447", "0, 107350362", "'hello world, this is longer', 6866608"})
    void isThatOfErlang(String text, int hash) {
        assertThat(RabbitHash.hash(text.getBytes(StandardCharsets.UTF_8))).isEqualTo(hash);
    }

    /** What RabbitMQ 3.10.8 and 4.3.6 made of the keys 0 to 3999 with the weights 1, 1 and 2. */
    @Test
    void choosesTheBucketsOfRabbitMq() {
        int[] counts = new int[4];
        for (int i = 0; i < 4000; i++) {
            counts[(int) RabbitHash.bucket(RabbitHash.hash(String.valueOf(i).getBytes(StandardCharsets.UTF_8)), 4)]++;
        }
        assertThat(counts[0]).isEqualTo(972);
        assertThat(counts[1]).isEqualTo(1015);
        assertThat(counts[2] + counts[3]).isEqualTo(2013);
    }
}
