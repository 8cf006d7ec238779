package dev.parley.net.http.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class HttpLimitsTest {
    private final HttpLimits defaults = HttpLimits.defaults();

    @Test
    void eachCopyChangesOneLimit() {
        HttpLimits limits = defaults.withMaxBody(1)
                .withMaxHeader(2)
                .withMaxConnections(3)
                .withIdleTimeout(Duration.ofSeconds(4))
                .withReadTimeout(Duration.ofSeconds(5));
        assertThat(limits.maxBody()).isEqualTo(1);
        assertThat(limits.maxHeader()).isEqualTo(2);
        assertThat(limits.maxConnections()).isEqualTo(3);
        assertThat(limits.idleTimeout()).isEqualTo(Duration.ofSeconds(4));
        assertThat(limits.readTimeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(HttpLimits.defaults().maxBody()).isEqualTo(16 << 20);
    }

    @Test
    void refusesLimitsThatAreNotPositive() {
        assertThatThrownBy(() -> defaults.withMaxBody(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("maxBody must be positive, not 0");
        assertThatThrownBy(() -> defaults.withMaxConnections(-1)).hasMessageContaining("maxConnections");
        assertThatThrownBy(() -> defaults.withIdleTimeout(Duration.ZERO)).hasMessageContaining("idleTimeout");
    }

    @Test
    void refusesTimeoutsOfMoreThanADay() {
        assertThat(defaults.withReadTimeout(Duration.ofHours(24)).readTimeout()).isEqualTo(Duration.ofDays(1));
        assertThatThrownBy(() -> defaults.withReadTimeout(Duration.ofSeconds(Long.MAX_VALUE)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("readTimeout must be positive and at most 24 hours");
    }
}
