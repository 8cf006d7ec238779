package dev.parley;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CallOptionsTest {
    private static final CallOption<Integer> LEVEL = CallOption.of("level", level -> {
        if (level < 0) {
            throw new IllegalArgumentException("level must not be negative");
        }
    });

    @Test
    void eachMethodChangesOneThing() {
        CallOptions options = CallOptions.defaults()
                .withTopic("t")
                .withTimeout(Duration.ofSeconds(5))
                .withContext(Map.of("user", "ann"))
                .withFanout(true)
                .withRetry(3)
                .withIdempotent(true)
                .withMaxAttempts(2)
                .with(LEVEL, 7);

        assertThat(options.target()).isEqualTo(Target.topic("t").withFanout(true));
        assertThat(options.timeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(options.context()).containsEntry("user", "ann");
        assertThat(options.retry()).isEqualTo(3);
        assertThat(options.idempotent()).isTrue();
        assertThat(options.maxAttempts()).isEqualTo(2);
        assertThat(options.get(LEVEL)).isEqualTo(7);
        assertThat(options.toString()).doesNotContain("ann");
    }

    @Test
    void everythingCanBeUnset() {
        CallOptions set = CallOptions.defaults()
                .withServer("s")
                .withVersion("1.0")
                .withFanout(true)
                .withTimeout(Duration.ofSeconds(5))
                .with(LEVEL, 7);

        assertThat(set.withServer(null)
                        .withVersion(null)
                        .withFanout(false)
                        .withTimeout(null)
                        .with(LEVEL, null))
                .isEqualTo(CallOptions.defaults());
    }

    @Test
    void valuesOutOfRangeAreRefused() {
        CallOptions options = CallOptions.defaults();

        assertThatThrownBy(() -> options.withTimeout(Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> options.withRetry(-2)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> options.withMaxAttempts(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> options.with(LEVEL, -1)).hasMessage("level must not be negative");
    }
}
