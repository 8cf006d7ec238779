package dev.parley.broker.connection;

import dev.parley.broker.auth.Users;
import dev.parley.broker.channel.ChannelCounters;
import dev.parley.broker.limit.Debts;
import dev.parley.broker.limit.Limits;
import dev.parley.broker.limit.Watermark;
import dev.parley.broker.profile.RabbitMqProfile;
import dev.parley.broker.queue.MessageQueue;
import dev.parley.broker.virtualhost.VirtualHost;
import io.netty.channel.Channel;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
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
    private final Map<String, VirtualHost> virtualHosts;
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private final ChannelCounters counters = new ChannelCounters();
    private final ConnectionFaults faults = new ConnectionFaults();
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
        this.virtualHosts = virtualHosts.stream()
                .collect(Collectors.toUnmodifiableMap(
                        Function.identity(),
                        name -> new VirtualHost(
                                name,
                                profile,
                                limits,
                                memory,
                                () -> EventLoops.shared().next())));
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

    /** The virtual hosts by name. */
    public Map<String, VirtualHost> virtualHosts() {
        return virtualHosts;
    }

    /** What connections hold that no consumer can take away. */
    public Debts debts() {
        return debts;
    }

    /** What the channels did. */
    public ChannelCounters counters() {
        return counters;
    }

    /** The faults that connections are subject to. */
    public ConnectionFaults faults() {
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
