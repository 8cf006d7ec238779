package dev.parley.net.http.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.OverloadedException;
import dev.parley.ProtocolException;
import dev.parley.net.http.HttpResponse;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RetryAfterTest {
    private static HttpResponse response(String value) {
        return HttpResponse.empty(503).with("Retry-After", value);
    }

    private static String date(int seconds) {
        return DateTimeFormatter.RFC_1123_DATE_TIME.format(
                ZonedDateTime.now(ZoneOffset.UTC).plusSeconds(seconds));
    }

    @Test
    void secondsAndDatesAreRead() {
        assertThat(RetryAfter.of(response("121"))).isEqualTo(Duration.ofSeconds(121));
        assertThat(RetryAfter.of(response(" 0 "))).isZero();
        assertThat(RetryAfter.of(response(date(600)))).isBetween(Duration.ofMinutes(8), Duration.ofMinutes(10));
        assertThat(RetryAfter.of(response(date(-600)))).isZero();
        assertThat(RetryAfter.of(RetryAfter.add(HttpResponse.empty(503)))).isEqualTo(Duration.ofSeconds(1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "soon", "-1", "1.5", "99999999999999999999", "Mon, 99 Foo 2024 00:00:00 GMT"})
    void otherTextMeansNothing(String value) {
        assertThat(RetryAfter.of(response(value))).isNull();
    }

    @Test
    void onlyOverloadIsAboutWaiting() {
        assertThat(RetryAfter.of(HttpResponse.empty(503))).isNull();
        ProtocolException other = new ProtocolException("malformed");
        assertThat(RetryAfter.read(response("3"), other)).isSameAs(other);
        assertThat(RetryAfter.read(response("3"), new OverloadedException("busy")))
                .isInstanceOfSatisfying(
                        OverloadedException.class,
                        error -> assertThat(error.retryAfter()).isEqualTo(Duration.ofSeconds(3)));
    }
}
