package dev.parley.broker;

import dev.parley.broker.auth.User;
import dev.parley.broker.connection.BrokerCore;
import dev.parley.broker.connection.Listener;
import dev.parley.broker.exchange.Binding;
import dev.parley.broker.exchange.Exchange.ExchangeSettings;
import dev.parley.broker.exchange.ExchangeType;
import dev.parley.broker.limit.Limits;
import dev.parley.broker.queue.QueueSettings;
import dev.parley.broker.virtualhost.VirtualHost;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Settings of an {@link EmbeddedBroker}; all have defaults. The builder can be used again after {@link #start()}. Not thread-safe.
 */
public final class BrokerBuilder {
    private static final int DEFAULT_CHANNEL_MAX = 2047;
    private static final int DEFAULT_FRAME_MAX = 131_072;
    private static final int DEFAULT_HEARTBEAT = 60;
    private static final long DEFAULT_MAX_MESSAGE_SIZE = 128L << 20;
    private static final int DEFAULT_MAX_QUEUES = 100_000;
    private static final int DEFAULT_MAX_CONNECTIONS = 10_000;

    private String host = "127.0.0.1";
    private int port;
    private int heartbeatSeconds = DEFAULT_HEARTBEAT;
    private long maxMessageSize = DEFAULT_MAX_MESSAGE_SIZE;
    private long memory = Runtime.getRuntime().maxMemory() * 4 / 10;
    private long queueMemory = -1;
    private int maxQueues = DEFAULT_MAX_QUEUES;
    private int maxConnections = DEFAULT_MAX_CONNECTIONS;
    private int managementPort = -1;
    private @Nullable SSLContext tls;
    private boolean asksCertificates;
    private final Set<String> virtualHosts = new LinkedHashSet<>(List.of("/"));
    private final Map<String, User> users = new LinkedHashMap<>();
    private final List<Consumer<BrokerCore>> topology = new ArrayList<>();

    BrokerBuilder() {}

    /** The address to listen on. Default {@code 127.0.0.1}: only this machine can connect. */
    public BrokerBuilder host(String host) {
        this.host = Objects.requireNonNull(host, "host");
        return this;
    }

    /** The port to listen on, 0 to 65535. Default 0: a free one, see {@link EmbeddedBroker#port()}. */
    public BrokerBuilder port(int port) {
        this.port = inRange("port", port, 0, 65_535);
        return this;
    }

    /**
     * A user, with all permissions in every virtual host that has none named for him. As soon as there is one, the default user {@code guest} with
     * the password {@code guest}, who can log in only from this machine, is not made.
     */
    public BrokerBuilder user(String name, String password) {
        users.put(name, new User(name, password, false, Map.of()));
        return this;
    }

    /** What a user may do in a virtual host, which is made if need be; once there is one such line the user may enter no other virtual host. */
    public BrokerBuilder permissions(String user, String virtualHost, Permissions permissions) {
        User known = users.get(user);
        if (known == null) {
            throw new IllegalArgumentException("no user '" + user + "': call user(name, password) first");
        }
        virtualHosts.add(virtualHost);
        Map<String, Permissions> all = new LinkedHashMap<>(known.permissions());
        all.put(virtualHost, permissions);
        users.put(user, new User(known.name(), known.password(), known.loopbackOnly(), Map.copyOf(all)));
        return this;
    }

    /** A virtual host besides {@code /}. */
    public BrokerBuilder virtualHost(String name) {
        virtualHosts.add(name);
        return this;
    }

    /** Heartbeat interval to propose to clients, in seconds; 0 is none. Default 60. */
    public BrokerBuilder heartbeat(Duration interval) {
        heartbeatSeconds = inRange("heartbeat in seconds", interval.toSeconds(), 0, 65_535);
        return this;
    }

    /** The largest message taken, in bytes; a larger one closes its channel with 406. Default 128 MiB, as in RabbitMQ; at most 512 MiB. */
    public BrokerBuilder maxMessageSize(long bytes) {
        maxMessageSize = inRange("maxMessageSize", bytes, 1, 512 << 20);
        return this;
    }

    /** Bytes of messages held in all, past which connections that publish are blocked. Default: four tenths of the heap. */
    public BrokerBuilder memoryLimit(long bytes) {
        memory = positive("memoryLimit", bytes);
        return this;
    }

    /** Bytes of messages held by one queue, past which connections that publish to it are blocked. Default: half of the limit for all. */
    public BrokerBuilder queueMemoryLimit(long bytes) {
        queueMemory = positive("queueMemoryLimit", bytes);
        return this;
    }

    /** How many queues a virtual host may have. Default 100,000. */
    public BrokerBuilder maxQueues(int count) {
        maxQueues = inRange("maxQueues", count, 1, Integer.MAX_VALUE);
        return this;
    }

    /** How many connections there may be at a time; further ones are cut. Default 10,000. */
    public BrokerBuilder maxConnections(int count) {
        maxConnections = inRange("maxConnections", count, 1, Integer.MAX_VALUE);
        return this;
    }

    /** Speaks TLS on the port, and nothing else. Default: plain TCP. */
    public BrokerBuilder tls(SSLContext context) {
        this.tls = Objects.requireNonNull(context, "context");
        return this;
    }

    /** Speaks TLS and asks clients for certificates, by which they may log in (EXTERNAL). Default: not. */
    public BrokerBuilder tlsWithClientCertificates(SSLContext context) {
        asksCertificates = true;
        return tls(context);
    }

    /** Serves RabbitMQ's management API, what tools read of it, on this port of the same host; 0 is a free one. Default: not at all. */
    public BrokerBuilder managementPort(int port) {
        this.managementPort = inRange("managementPort", port, 0, 65_535);
        return this;
    }

    /** An exchange (durable) of virtual host {@code /} that is there from the start. */
    public BrokerBuilder exchange(String name, String type) {
        ExchangeType.of(type);
        topology.add(
                broker -> root(broker).declareExchange(name, type, new ExchangeSettings(true, false, false, Map.of())));
        return this;
    }

    /** A queue (durable) of virtual host {@code /} that is there from the start. */
    public BrokerBuilder queue(String name, Map<String, ? extends @Nullable Object> arguments) {
        Map<String, @Nullable Object> copy = new LinkedHashMap<>(arguments);
        topology.add(broker -> root(broker).declareQueue(name, new QueueSettings(true, false, false, copy), null));
        return this;
    }

    /** A binding of virtual host {@code /}, from an exchange to a queue, both declared before. */
    public BrokerBuilder binding(String exchange, String queue, String routingKey) {
        topology.add(broker -> {
            VirtualHost root = root(broker);
            root.bind(new Binding(root.exchange(exchange), root.queue(queue), routingKey, Map.of()));
        });
        return this;
    }

    private static VirtualHost root(BrokerCore broker) {
        return Objects.requireNonNull(broker.virtualHost("/"));
    }

    /**
     * Starts the broker; it accepts connections when this returns.
     *
     * @throws java.io.UncheckedIOException if it cannot listen, most often because the port is taken
     */
    public EmbeddedBroker start() {
        Limits limits = new Limits(
                DEFAULT_CHANNEL_MAX,
                DEFAULT_FRAME_MAX,
                heartbeatSeconds,
                maxMessageSize,
                memory,
                queueMemory < 0 ? Math.max(1, memory / 2) : queueMemory,
                maxQueues,
                maxConnections,
                10_000);
        BrokerCore core = new BrokerCore(limits, grantedUsers(), virtualHosts);
        topology.forEach(step -> step.accept(core));
        return new EmbeddedBroker(core, new Listener(core, tls, asksCertificates), host, port, managementPort);
    }

    private Map<String, User> grantedUsers() {
        Map<String, User> granted = new LinkedHashMap<>();
        var all = users.isEmpty() ? List.of(new User("guest", "guest", true, Map.of())) : users.values();
        for (User user : all) {
            Map<String, Permissions> permissions = new LinkedHashMap<>(user.permissions());
            if (permissions.isEmpty()) {
                virtualHosts.forEach(host -> permissions.put(host, Permissions.ALL));
            }
            granted.put(user.name(), new User(user.name(), user.password(), user.loopbackOnly(), permissions));
        }
        return granted;
    }

    private static int inRange(String what, long value, int low, int high) {
        if (value < low || value > high) {
            throw new IllegalArgumentException(what + " " + value + ": " + low + " to " + high + " is right");
        }
        return (int) value;
    }

    private static long positive(String what, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(what + " " + value + ": 1 or more is right");
        }
        return value;
    }
}
