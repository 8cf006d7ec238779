package dev.parley.broker.connection;

import dev.parley.broker.FaultSwitches;
import dev.parley.broker.auth.User;
import dev.parley.broker.limit.Limits;
import dev.parley.broker.limit.Watermark;
import dev.parley.broker.virtualhost.VirtualHost;
import io.netty.channel.EventLoop;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** What all connections of one broker share. Thread-safe. */
public final class BrokerCore {
    private final Limits limits;
    private final Map<String, User> users;
    private final Map<String, VirtualHost> virtualHosts = new ConcurrentHashMap<>();
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private final Watermark memory;
    private final FaultSwitches faults = new FaultSwitches(this);
    private final AtomicLong connectionIds = new AtomicLong();

    public final LongAdder accepted = new LongAdder();
    public final LongAdder published = new LongAdder();
    public final LongAdder confirmed = new LongAdder();
    public final LongAdder returned = new LongAdder();
    public final LongAdder delivered = new LongAdder();
    public final LongAdder acknowledged = new LongAdder();

    public BrokerCore(Limits limits, Map<String, User> users, Set<String> virtualHosts) {
        this.limits = limits;
        this.users = Map.copyOf(users);
        this.memory = new Watermark("the broker", limits.memory());
        for (String name : virtualHosts) {
            this.virtualHosts.put(name, new VirtualHost(name, this));
        }
    }

    public Limits limits() {
        return limits;
    }

    public Watermark memory() {
        return memory;
    }

    public FaultSwitches faults() {
        return faults;
    }

    public EventLoop nextLoop() {
        return EventLoops.shared().next();
    }

    public long nextConnectionId() {
        return connectionIds.incrementAndGet();
    }

    @Nullable
    public User user(String name) {
        return users.get(name);
    }

    @Nullable
    public VirtualHost virtualHost(String name) {
        return virtualHosts.get(name);
    }

    public Map<String, VirtualHost> virtualHosts() {
        return virtualHosts;
    }

    /** Those that passed the handshake and those on the way. */
    public Set<Connection> connections() {
        return connections;
    }
}
