package dev.parley.internal.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.ConnectionLostException;
import dev.parley.OverloadedException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RetryPauseTest {
    @Test
    void whatAnOverloadedPeerAsksForIsTheLeast() {
        OverloadedException overloaded = new OverloadedException("busy", -32017, "data");
        OverloadedException asking = overloaded.withRetryAfter(Duration.ofSeconds(7));

        assertThat(asking.retryAfter()).isEqualTo(Duration.ofSeconds(7));
        assertThat(asking).hasMessage("busy");
        assertThat(asking.code()).isEqualTo(-32017);
        assertThat(asking.data()).isEqualTo("data");
        assertThat(overloaded.retryAfter()).isNull();
        assertThat(RetryPause.nanos(asking, 1)).isEqualTo(TimeUnit.SECONDS.toNanos(7));
        assertThat(RetryPause.nanos(overloaded, 1)).isLessThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(50));
        assertThat(RetryPause.nanos(asking.withRetryAfter(Duration.ZERO), 3))
                .isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(100));
        assertThat(RetryPause.nanos(asking.withRetryAfter(Duration.ofDays(1_000_000)), 1))
                .isEqualTo(Long.MAX_VALUE);
        assertThat(RetryPause.nanos(new ConnectionLostException("lost"), 1))
                .isLessThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(50));
    }
}
