package dev.parley.security;

import java.time.Duration;
import java.util.Objects;

/**
 * What logins may cost a server. Every {@code with…} method returns a copy and throws {@link IllegalArgumentException}
 * for a negative value. Immutable.
 */
public final class LoginLimits {
    private static final LoginLimits DEFAULTS =
            new LoginLimits(Duration.ofMillis(100), Duration.ofSeconds(5), Duration.ofMinutes(1), 1_024, 16);

    private final Duration firstDelay;
    private final Duration longestDelay;
    private final Duration cacheTime;
    private final int waiting;
    private final int waitingPerPeer;

    private LoginLimits(
            Duration firstDelay, Duration longestDelay, Duration cacheTime, int waiting, int waitingPerPeer) {
        if (firstDelay.isNegative() || longestDelay.isNegative() || cacheTime.isNegative()) {
            throw new IllegalArgumentException("a time must not be negative");
        }
        if (waiting < 1 || waitingPerPeer < 1) {
            throw new IllegalArgumentException("at least one login must be allowed to wait");
        }
        this.firstDelay = firstDelay;
        this.longestDelay = longestDelay;
        this.cacheTime = cacheTime;
        this.waiting = waiting;
        this.waitingPerPeer = waitingPerPeer;
    }

    /** The default limits. */
    public static LoginLimits defaults() {
        return DEFAULTS;
    }

    /**
     * How long the answer to wrong credentials is held back, after the first failure of a host; by default 100 ms. Each
     * further failure doubles the delay, up to {@link #longestDelay}; its further logins wait meanwhile, except with
     * credentials that have been accepted before. A successful login ends the delays, and so do ten minutes without a
     * failure. Zero is no delay.
     */
    public Duration firstDelay() {
        return firstDelay;
    }

    /** The longest delay; by default 5 s. */
    public Duration longestDelay() {
        return longestDelay;
    }

    /**
     * How long accepted passwords and tokens are accepted again without asking the authenticator; by default a minute.
     * Checking a password takes long on purpose, and HTTP sends it with each request. A user or token that is removed
     * may be accepted for this long, unless {@link dev.parley.RpcServer#reset} is called; credentials of an
     * {@link ExpiringPrincipal} only until they expire. Zero asks for each request.
     */
    public Duration cacheTime() {
        return cacheTime;
    }

    /** How many logins may be checked or delayed at once; further ones are refused. By default 1,024. */
    public int waiting() {
        return waiting;
    }

    /** How many of them may be of one host; by default 16. */
    public int waitingPerPeer() {
        return waitingPerPeer;
    }

    /** With other delays after failures. */
    public LoginLimits withDelay(Duration first, Duration longest) {
        return new LoginLimits(
                Objects.requireNonNull(first, "first"),
                Objects.requireNonNull(longest, "longest"),
                cacheTime,
                waiting,
                waitingPerPeer);
    }

    /** With another time for which accepted credentials are remembered. */
    public LoginLimits withCacheTime(Duration time) {
        return new LoginLimits(firstDelay, longestDelay, Objects.requireNonNull(time, "time"), waiting, waitingPerPeer);
    }

    /** With other numbers of logins that wait, of all hosts and of one. */
    public LoginLimits withWaiting(int all, int perPeer) {
        return new LoginLimits(firstDelay, longestDelay, cacheTime, all, perPeer);
    }
}
