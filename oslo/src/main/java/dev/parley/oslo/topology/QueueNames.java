package dev.parley.oslo.topology;

import dev.parley.spi.AddressOptions;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.UUID;
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
public record QueueNames(@Nullable String stable) {
    private static final ConcurrentMap<String, AtomicInteger> COUNTERS = new ConcurrentHashMap<>();

    public static QueueNames of(AddressOptions options) {
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
    public boolean isStable() {
        return stable != null;
    }

    /** What follows the prefix of the next queue's name. */
    public String next() {
        return stable == null
                ? UUID.randomUUID().toString().replace("-", "")
                : stable + ":"
                        + COUNTERS.computeIfAbsent(stable, key -> new AtomicInteger())
                                .incrementAndGet();
    }
}
