package dev.parley.broker;

import io.netty.channel.EventLoop;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** What all connections of one broker share. Thread-safe. */
final class BrokerCore {
    private final Limits limits;
    private final Map<String, User> users;
    private final Map<String, VirtualHost> virtualHosts = new ConcurrentHashMap<>();
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private final Watermark memory;
    private final FaultSwitches faults = new FaultSwitches(this);
    private final AtomicLong connectionIds = new AtomicLong();

    final LongAdder accepted = new LongAdder();
    final LongAdder published = new LongAdder();
    final LongAdder confirmed = new LongAdder();
    final LongAdder returned = new LongAdder();
    final LongAdder delivered = new LongAdder();
    final LongAdder acknowledged = new LongAdder();

    BrokerCore(Limits limits, Map<String, User> users, Set<String> virtualHosts) {
        this.limits = limits;
        this.users = Map.copyOf(users);
        this.memory = new Watermark("the broker", limits.memory());
        for (String name : virtualHosts) {
            this.virtualHosts.put(name, new VirtualHost(name, this));
        }
    }

    Limits limits() {
        return limits;
    }

    Watermark memory() {
        return memory;
    }

    FaultSwitches faults() {
        return faults;
    }

    EventLoop nextLoop() {
        return EventLoops.shared().next();
    }

    long nextConnectionId() {
        return connectionIds.incrementAndGet();
    }

    @Nullable
    User user(String name) {
        return users.get(name);
    }

    @Nullable
    VirtualHost virtualHost(String name) {
        return virtualHosts.get(name);
    }

    Map<String, VirtualHost> virtualHosts() {
        return virtualHosts;
    }

    /** Those that passed the handshake and those on the way. */
    Set<Connection> connections() {
        return connections;
    }
}
