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
 * Names the reply and fanout queues of a client or server: randomly, or with {@code use_queue_manager} as
 * {@code host:process:number}, the same after a restart, so that abandoned queues do not accumulate. Safe for use by
 * any thread.
 *
 * <p>oslo.messaging counts in one file per host, here each JVM counts from 1: two JVMs on one host need different
 * values of {@code processname}.
 *
 * @param stable {@code host:process}, {@code null} for random names
 */
public record QueueNames(@Nullable String stable) {
    private static final ConcurrentMap<String, AtomicInteger> COUNTERS = new ConcurrentHashMap<>();

    /** Reads the options of an address. */
    public static QueueNames of(AddressOptions options) {
        boolean manager = options.flag("use_queue_manager", false);
        String host = options.text("hostname", null);
        String process = options.textOrDefault("processname", "parley");
        return new QueueNames(manager ? (host == null ? hostName() : host) + ":" + process : null);
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }

    /** Whether queues have the same names after a restart, and so are kept when their server stops. */
    public boolean isStable() {
        return stable != null;
    }

    /** The part of the next queue's name after the prefix. */
    public String next() {
        return stable == null
                ? UUID.randomUUID().toString().replace("-", "")
                : stable + ":"
                        + COUNTERS.computeIfAbsent(stable, key -> new AtomicInteger())
                                .incrementAndGet();
    }
}
