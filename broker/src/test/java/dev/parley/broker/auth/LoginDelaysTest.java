package dev.parley.broker.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LoginDelaysTest {
    private final LoginDelays delays = new LoginDelays(Duration.ofMillis(100), Duration.ofSeconds(5));
    private final InetAddress bad = host(1);

    private static InetAddress host(int number) {
        try {
            return InetAddress.getByAddress(
                    new byte[] {10, (byte) (number >> 16), (byte) (number >> 8), (byte) number});
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private static long millis(long number) {
        return TimeUnit.MILLISECONDS.toNanos(number);
    }

    @Test
    void doubleUpToTheLongest() {
        for (long expected : new long[] {100, 200, 400, 800, 1600, 3200, 5000, 5000}) {
            assertThat(delays.failed(bad, 0)).isEqualTo(millis(expected));
        }
        for (int i = 0; i < 100; i++) {
            assertThat(delays.failed(bad, 0)).isEqualTo(millis(5000));
        }
        assertThat(delays.failed(host(2), 0)).isEqualTo(millis(100));
    }

    @Test
    void furtherLoginsOfTheHostWaitForTheRest() {
        assertThat(delays.beginWait(bad, 0)).isZero();
        delays.failed(bad, 0);
        assertThat(delays.beginWait(bad, millis(30))).isEqualTo(millis(70));
        assertThat(delays.beginWait(bad, millis(100))).isZero();
        assertThat(delays.beginWait(host(2), millis(30))).isZero();
    }

    @Test
    void onlySoManyWait() {
        delays.failed(bad, 0);
        for (int i = 0; i < LoginDelays.MAX_WAITING; i++) {
            assertThat(delays.beginWait(bad, 0)).isPositive();
        }
        assertThat(delays.beginWait(bad, 0)).isNegative();
        delays.endWait(bad);
        assertThat(delays.beginWait(bad, 0)).isPositive();
    }

    @Test
    void endWithASuccessOrTenMinutesLater() {
        delays.failed(bad, 0);
        delays.failed(bad, 0);
        delays.succeeded(bad);
        assertThat(delays.beginWait(bad, 0)).isZero();
        assertThat(delays.failed(bad, 0)).isEqualTo(millis(100));
        assertThat(delays.failed(bad, Duration.ofMinutes(10).toNanos())).isEqualTo(millis(200));
        assertThat(delays.failed(bad, Duration.ofMinutes(20).toNanos() + 1)).isEqualTo(millis(100));
    }

    @Test
    void rememberABoundedNumberOfHosts() {
        for (int i = 0; i <= LoginDelays.MAX_HOSTS; i++) {
            delays.failed(host(i), 0);
        }
        assertThat(delays.size()).isEqualTo(LoginDelays.MAX_HOSTS);
        assertThat(delays.beginWait(host(0), 0)).isZero();
        assertThat(delays.beginWait(host(1), 0)).isPositive();
    }
}
