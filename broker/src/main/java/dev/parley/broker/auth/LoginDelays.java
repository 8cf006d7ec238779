package dev.parley.broker.auth;

import java.net.InetAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The hosts whose logins have failed lately, and how long their logins wait: the first delay after the first failure,
 * then twice as long each time up to the longest. A success, or ten minutes without a failure, ends it. Of 10,000
 * hosts the one that failed longest ago is forgotten.
 *
 * <p>Parley's servers have a similar class of their own. Thread-safe.
 */
public final class LoginDelays {
    static final int MAX_HOSTS = 10_000;
    /** How many logins of a host may wait for the end of its delay. */
    static final int MAX_WAITING = 16;

    private static final long FORGET_NANOS = TimeUnit.MINUTES.toNanos(10);
    private static final int MAX_DOUBLINGS = 30;

    private final long firstNanos;
    private final long longestNanos;
    /** The host that has failed longest ago first. Guarded by this. */
    private final Map<InetAddress, Host> hosts = new LinkedHashMap<>();

    /** Guarded by the delays that it is of. */
    private static final class Host {
        private int failures;
        private int waiting;
        private long failedNanos;
        private long delayNanos;
    }

    /** Creates it with these delays, which may be zero. */
    public LoginDelays(Duration first, Duration longest) {
        this.firstNanos = first.toNanos();
        this.longestNanos = longest.toNanos();
    }

    private static InetAddress key(@Nullable InetAddress host) {
        return host == null ? InetAddress.getLoopbackAddress() : host;
    }

    /**
     * How long a login of a host has to wait before it is checked, in nanoseconds; negative if too many of the host
     * wait already. A login that waits needs an {@link #endWait}.
     */
    synchronized long beginWait(@Nullable InetAddress from, long now) {
        Host host = hosts.get(key(from));
        long rest = host == null ? 0 : host.delayNanos - (now - host.failedNanos);
        if (host == null || rest <= 0) {
            return 0;
        }
        if (host.waiting >= MAX_WAITING) {
            return -1;
        }
        host.waiting++;
        return rest;
    }

    /** A login does not wait any more. */
    synchronized void endWait(@Nullable InetAddress from) {
        Host host = hosts.get(key(from));
        if (host != null && host.waiting > 0) {
            host.waiting--;
        }
    }

    /** A login has failed; returns how long its answer has to wait, in nanoseconds. */
    synchronized long failed(@Nullable InetAddress from, long now) {
        // Removed and added again, as the one that has failed last.
        Host host = hosts.remove(key(from));
        if (host == null) {
            host = new Host();
            if (hosts.size() >= MAX_HOSTS) {
                hosts.remove(hosts.keySet().iterator().next());
            }
        } else if (now - host.failedNanos > FORGET_NANOS) {
            host.failures = 0;
        }
        hosts.put(key(from), host);
        host.delayNanos = firstNanos > longestNanos >> host.failures ? longestNanos : firstNanos << host.failures;
        host.failures = Math.min(host.failures + 1, MAX_DOUBLINGS);
        host.failedNanos = now;
        return host.delayNanos;
    }

    /** A login has succeeded. */
    synchronized void succeeded(@Nullable InetAddress from) {
        hosts.remove(key(from));
    }

    /** How many hosts are remembered. */
    synchronized int size() {
        return hosts.size();
    }
}
