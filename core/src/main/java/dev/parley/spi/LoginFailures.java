package dev.parley.spi;

import dev.parley.security.LoginLimits;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The hosts whose logins have failed lately or wait, and the delays that follow. Thread-safe. */
final class LoginFailures {
    private static final int MAX_HOSTS = 10_000;
    private static final long FORGET_NANOS = TimeUnit.MINUTES.toNanos(10);

    private static final int MAX_DOUBLINGS = 20;

    private final long firstNanos;
    private final long longestNanos;
    private final int maxWaiting;
    private final int maxWaitingPerHost;
    /** The host that has failed longest ago first. Guarded by this. */
    private final Map<String, Host> hosts = new LinkedHashMap<>();

    private int waiting;

    /** One host. Guarded by the failures that it is of. */
    static final class Host {
        private final String name;
        private int failures;
        private int waiting;
        private long failedNanos;
        private long delayNanos;

        private Host(String name) {
            this.name = name;
        }
    }

    LoginFailures(LoginLimits limits) {
        this.firstNanos = limits.firstDelay().toNanos();
        this.longestNanos = limits.longestDelay().toNanos();
        this.maxWaiting = limits.waiting();
        this.maxWaitingPerHost = limits.waitingPerPeer();
    }

    /** An address without its port, which changes with each connection. */
    static String host(@Nullable String peer) {
        if (peer == null) {
            return "unknown";
        }
        int colon = peer.lastIndexOf(':');
        boolean port = colon > 0 && (peer.charAt(colon - 1) == ']' || peer.indexOf(':') == colon);
        return port ? peer.substring(0, colon) : peer;
    }

    /** A login begins to wait; {@code null} if too many do. What is returned needs a {@link #leave}. */
    synchronized @Nullable Host enter(String name) {
        Host host = hosts.get(name);
        if (waiting >= maxWaiting || host != null && host.waiting >= maxWaitingPerHost) {
            return null;
        }
        if (host == null) {
            if (hosts.size() >= MAX_HOSTS) {
                hosts.remove(hosts.keySet().iterator().next());
            }
            host = new Host(name);
            hosts.put(name, host);
        }
        waiting++;
        host.waiting++;
        return host;
    }

    synchronized void leave(Host host) {
        waiting--;
        host.waiting--;
        if (host.waiting == 0 && host.failures == 0) {
            hosts.remove(host.name, host);
        }
    }

    /** How long a login of a host has to wait before it is checked. */
    synchronized long delayNanos(Host host) {
        return host.failures == 0 ? 0 : Math.max(0, host.delayNanos - (System.nanoTime() - host.failedNanos));
    }

    /** A login has failed; returns how long its answer has to wait. */
    synchronized long failed(Host host) {
        long now = System.nanoTime();
        if (now - host.failedNanos > FORGET_NANOS) {
            host.failures = 0;
        }
        int doublings = Math.min(host.failures, MAX_DOUBLINGS);
        host.delayNanos = firstNanos > longestNanos >> doublings ? longestNanos : firstNanos << doublings;
        host.failures = Math.min(host.failures + 1, MAX_DOUBLINGS);
        host.failedNanos = now;
        // To the end, as the one that has failed last.
        if (hosts.remove(host.name, host)) {
            hosts.put(host.name, host);
        }
        return host.delayNanos;
    }

    synchronized void succeeded(Host host) {
        host.failures = 0;
        host.delayNanos = 0;
    }

    /** How many hosts are remembered. */
    synchronized int size() {
        return hosts.size();
    }
}
