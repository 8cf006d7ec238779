package dev.parley.broker.connection;

import dev.parley.broker.auth.Users;
import dev.parley.broker.limit.Debts;
import dev.parley.broker.limit.Limits;
import dev.parley.broker.limit.Watermark;
import dev.parley.broker.profile.RabbitMqProfile;
import dev.parley.broker.queue.MessageCounters;
import dev.parley.broker.queue.MessageQueue;
import dev.parley.broker.virtualhost.VirtualHost;
import io.netty.channel.Channel;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What all connections of a broker share: its limits, users, virtual hosts, counters, and the connections. Thread-safe.
 */
public final class BrokerCore {
    /** How long to wait for each connection to close. */
    private static final long CLOSE_TIMEOUT_MILLIS = 2_000;

    private final RabbitMqProfile profile;
    private final Limits limits;
    private final Users users;
    private final Watermark memory;
    private final Debts debts;
    private final Map<String, VirtualHost> virtualHosts = new ConcurrentHashMap<>();
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    /** Of virtual hosts that were deleted. */
    private final MessageCounters formerCounters = new MessageCounters();

    private final BrokerFaults faults = new BrokerFaults(this);
    private final AtomicLong connectionIds = new AtomicLong();
    private final LongAdder accepted = new LongAdder();
    private volatile boolean accepting;

    /** Creates a broker that accepts no connections yet. */
    public BrokerCore(RabbitMqProfile profile, Limits limits, Users users, Collection<String> virtualHosts) {
        this.profile = profile;
        this.limits = limits;
        this.users = users;
        this.memory = new Watermark("the broker", limits.memory());
        this.debts = new Debts(limits.debts());
        virtualHosts.forEach(this::createVirtualHost);
    }

    /** The RabbitMQ that it behaves as. */
    public RabbitMqProfile profile() {
        return profile;
    }

    /** What the broker grants to clients. */
    public Limits limits() {
        return limits;
    }

    /** The users. */
    public Users users() {
        return users;
    }

    /** The count of bytes held by all queues. */
    public Watermark memory() {
        return memory;
    }

    /** The virtual hosts by name; a concurrent map that only this changes. */
    public Map<String, VirtualHost> virtualHosts() {
        return Collections.unmodifiableMap(virtualHosts);
    }

    /** Creates a virtual host; returns false if it exists. */
    public boolean createVirtualHost(String name) {
        boolean[] created = {false};
        virtualHosts.computeIfAbsent(name, key -> {
            created[0] = true;
            return new VirtualHost(
                    key, profile, limits, memory, () -> EventLoops.shared().next());
        });
        return created[0];
    }

    /**
     * Deletes a virtual host with all that is in it and all permissions in it, and closes its connections; returns
     * false if there is none.
     */
    public boolean deleteVirtualHost(String name) {
        VirtualHost host = virtualHosts.remove(name);
        if (host == null) {
            return false;
        }
        users.revokeAll(name);
        for (Connection connection : connections) {
            if (connection.virtualHostName().equals(name)) {
                connection.forceClose("vhost '" + name + "' is deleted");
            }
        }
        host.close();
        formerCounters.addAll(host.counters());
        return true;
    }

    /** Removes a user and closes the user's connections; returns false if there is none with a password here. */
    public boolean deleteUser(String name) {
        if (!users.remove(name)) {
            return false;
        }
        for (Connection connection : connections) {
            if (connection.userName().equals(name)) {
                connection.forceClose("user '" + name + "' is deleted");
            }
        }
        return true;
    }

    /** What connections hold that no consumer can take away. */
    public Debts debts() {
        return debts;
    }

    /** What the channels did until now. */
    public MessageCounters counters() {
        MessageCounters sum = new MessageCounters();
        sum.addAll(formerCounters);
        virtualHosts.values().forEach(host -> sum.addAll(host.counters()));
        return sum;
    }

    /** The faults that connections are subject to. */
    public BrokerFaults faults() {
        return faults;
    }

    /** How many connections were ever accepted, failed ones included. */
    public long acceptedCount() {
        return accepted.sum();
    }

    /** The connections, those in their handshake included; a concurrent set. */
    public Set<Connection> connections() {
        return connections;
    }

    /** Whether one more connection is accepted. */
    boolean acceptsConnection() {
        return accepting && !faults.isRefusing() && connections.size() < limits.maxConnections();
    }

    long nextConnectionId() {
        return connectionIds.incrementAndGet();
    }

    /** Adds a connection; false if the broker was stopped in the meantime and the connection has to be closed. */
    boolean register(Connection connection) {
        accepted.increment();
        connections.add(connection);
        return accepting;
    }

    void unregister(Connection connection) {
        connections.remove(connection);
    }

    /**
     * Tells of an error after which the event loops of all brokers in this process cannot be relied on, nearly always
     * an {@link OutOfMemoryError}: on a thread on which the listener may block, until {@link #forgetFailures}.
     */
    public static void onFailure(Consumer<? super Throwable> listener) {
        GuardedEventLoop.listen(listener);
    }

    /** Tells this listener nothing more. */
    public static void forgetFailures(Consumer<? super Throwable> listener) {
        GuardedEventLoop.forget(listener);
    }

    /** Accepts connections from now on. */
    public void startAccepting() {
        accepting = true;
    }

    /** Accepts no further connections, sends connection.close to all clients, and waits until they are closed. */
    public void closeConnections() {
        accepting = false;
        List<Channel> closing = new ArrayList<>();
        for (Connection connection : connections) {
            closing.add(connection.shutDown());
        }
        for (Channel channel : closing) {
            channel.closeFuture().awaitUninterruptibly(CLOSE_TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    /** Deletes all queues and what they hold. */
    public void deleteQueues() {
        virtualHosts.values().forEach(VirtualHost::close);
    }

    /**
     * Deletes a queue; returns false if there is none.
     *
     * @throws dev.parley.broker.amqp.AmqpException if it does not meet a condition
     */
    public boolean deleteQueue(String virtualHost, String name, boolean ifUnused, boolean ifEmpty) {
        VirtualHost host = virtualHosts.get(virtualHost);
        MessageQueue queue = host == null ? null : host.findQueue(name);
        if (host == null || queue == null) {
            return false;
        }
        host.delete(queue, ifUnused, ifEmpty);
        return true;
    }

    /**
     * Deletes an exchange; returns false if there is none.
     *
     * @throws IllegalArgumentException if it is predeclared
     * @throws dev.parley.broker.amqp.AmqpException if it does not meet the condition
     */
    public boolean deleteExchange(String virtualHost, String name, boolean ifUnused) {
        if (name.isEmpty() || name.startsWith("amq.")) {
            throw new IllegalArgumentException("exchange '" + name + "' is predeclared and cannot be deleted");
        }
        VirtualHost host = virtualHosts.get(virtualHost);
        if (host == null || host.findExchange(name) == null) {
            return false;
        }
        host.deleteExchange(name, ifUnused);
        return true;
    }

    /** The virtual host of this name. */
    @Nullable
    VirtualHost virtualHost(String name) {
        return virtualHosts.get(name);
    }
}
