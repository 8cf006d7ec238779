package dev.parley.net.http.rpc;

import dev.parley.OverloadedException;
import dev.parley.RpcException;
import dev.parley.net.http.HttpResponse;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/** The header field {@code Retry-After} of the response to a call that was refused for overload. Stateless. */
public final class RetryAfter {
    private static final String NAME = "Retry-After";

    /** How long our own servers ask clients to wait, in seconds: the least that the field can say. */
    private static final String SECONDS = "1";

    private RetryAfter() {}

    /** The response with the field. */
    public static HttpResponse add(HttpResponse response) {
        return response.with(NAME, SECONDS);
    }

    /** The error with what the response says, if it is for overload and the response says it. */
    static RpcException read(HttpResponse response, RpcException error) {
        Duration pause = error instanceof OverloadedException ? of(response) : null;
        return pause == null ? error : ((OverloadedException) error).withRetryAfter(pause);
    }

    /** How long the response asks to wait, as seconds or as a date; {@code null} if it does not. */
    static @Nullable Duration of(HttpResponse response) {
        String value = response.headers().first(NAME);
        if (value == null) {
            return null;
        }
        String text = value.strip();
        try {
            Duration pause = text.chars().allMatch(c -> c >= '0' && c <= '9')
                    ? Duration.ofSeconds(Long.parseLong(text))
                    : Duration.between(
                            Instant.now(),
                            ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                                    .toInstant());
            return pause.isNegative() ? Duration.ZERO : pause;
        } catch (NumberFormatException | DateTimeException | ArithmeticException e) {
            return null;
        }
    }
}
