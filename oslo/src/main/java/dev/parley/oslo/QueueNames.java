package dev.parley.oslo;

import dev.parley.spi.AddressOptions;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Names the queues of one client or server: at random, or with {@code use_queue_manager} as {@code host:process:number}, the same after a restart, so that
 * queues do not pile up. Thread-safe.
 *
 * <p>Where Python counts in a file per host, each JVM here counts from 1: two of them on one host need different values of {@code processname}.
 *
 * @param stable {@code host:process}, {@code null} for names at random
 */
record QueueNames(@Nullable String stable) {
    private static final ConcurrentMap<String, AtomicInteger> COUNTERS = new ConcurrentHashMap<>();

    static QueueNames of(AddressOptions options) {
        boolean manager = options.flag("use_queue_manager", false);
        String host = options.text("hostname", null);
        String process = options.text("processname", null);
        return new QueueNames(
                manager ? (host == null ? hostName() : host) + ":" + (process == null ? "parley" : process) : null);
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }

    /** Whether queues keep their names, and so are kept when their server stops. */
    boolean isStable() {
        return stable != null;
    }

    /** What follows the prefix of the next queue's name. */
    String next() {
        return stable == null
                ? Ids.random()
                : stable + ":"
                        + COUNTERS.computeIfAbsent(stable, key -> new AtomicInteger())
                                .incrementAndGet();
    }
}
