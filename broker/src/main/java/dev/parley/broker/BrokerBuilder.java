package dev.parley.broker;

import dev.parley.broker.auth.Grant;
import dev.parley.broker.auth.LoginDelays;
import dev.parley.broker.auth.PasswordHash;
import dev.parley.broker.auth.User;
import dev.parley.broker.auth.Users;
import dev.parley.broker.connection.BrokerCore;
import dev.parley.broker.connection.Listener;
import dev.parley.broker.definitions.Definitions;
import dev.parley.broker.exchange.Binding;
import dev.parley.broker.exchange.ExchangeSettings;
import dev.parley.broker.exchange.ExchangeType;
import dev.parley.broker.limit.Limits;
import dev.parley.broker.profile.RabbitMqProfile;
import dev.parley.broker.queue.QueueSettings;
import dev.parley.broker.virtualhost.VirtualHost;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
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
 * Settings of an {@link EmbeddedBroker}; all have defaults. A setting that is out of range throws
 * {@link IllegalArgumentException}. The builder can be used again after {@link #build()}; later changes do not affect
 * brokers that were built. Not thread-safe.
 */
public final class BrokerBuilder {
    private static final String ROOT = "/";
    /** A client whose login waits for longer would exceed the time for its handshake. */
    private static final Duration LARGEST_LOGIN_DELAY = Duration.ofSeconds(8);

    private static final long LARGEST_MAX_MESSAGE_SIZE = 512L << 20;

    private String host = "127.0.0.1";
    private int port;
    private int managementPort = -1;
    private Consumer<? super Throwable> onFailure = error -> {};
    private RabbitMqProfile profile = RabbitMqProfile.defaultProfile();
    private final Set<String> deprecatedFeatures = new LinkedHashSet<>();
    private @Nullable Long maxMessageSize;
    private Limits limits = Limits.defaults();
    private @Nullable SSLContext tls;
    private boolean requestsCertificates;
    private final Set<String> virtualHosts = new LinkedHashSet<>(List.of(ROOT));
    private final Map<String, String> passwords = new LinkedHashMap<>();
    /** By user, then by virtual host. */
    private final Map<String, Map<String, Permissions>> permissions = new LinkedHashMap<>();

    private @Nullable LoginCheck logins;
    private Duration firstLoginDelay = Duration.ofMillis(100);
    private Duration longestLoginDelay = Duration.ofSeconds(5);
    private final List<Consumer<BrokerCore>> topology = new ArrayList<>();

    BrokerBuilder() {}

    /** The address to listen on. Default {@code 127.0.0.1}: only this machine can connect. */
    public BrokerBuilder host(String host) {
        this.host = Objects.requireNonNull(host, "host");
        return this;
    }

    /** The port to listen on, 0 to 65535. Default 0: a free one, see {@link EmbeddedBroker#port()}. */
    public BrokerBuilder port(int port) {
        this.port = (int) inRange("port", port, 0, 65_535);
        return this;
    }

    /**
     * The version of RabbitMQ that the broker behaves as: {@code 3.10}, {@code 4.0} or {@code 4.3}, as its authors
     * release it. Default {@code 3.10}. Above all, 4.3 refuses queues that are neither durable nor exclusive; see
     * {@link #permitDeprecatedFeature}.
     *
     * @throws IllegalArgumentException if the version is unknown; the message lists those that are known
     */
    public BrokerBuilder rabbitmq(String version) {
        profile = RabbitMqProfile.of(Objects.requireNonNull(version, "version"));
        return this;
    }

    /**
     * Permits what the version does not permit by default, as {@code deprecated_features.permit.NAME = true} in
     * RabbitMQ's configuration does: {@code transient_nonexcl_queues} (as Debian's package of 4.3 does),
     * {@code queue_master_locator}, {@code global_qos}. No effect with versions that permit it anyway. Default: none.
     *
     * @throws IllegalArgumentException if the feature is unknown; the message lists those that are known
     */
    public BrokerBuilder permitDeprecatedFeature(String name) {
        profile.permitting(Objects.requireNonNull(name, "name")); // Refuses what is unknown.
        deprecatedFeatures.add(name);
        return this;
    }

    /**
     * A user. Without {@link #permissions} the user has all permissions in every virtual host. If neither a user nor
     * {@link #logins} is set there is the user {@code guest} with the password {@code guest}, who can log in only from
     * this machine.
     */
    public BrokerBuilder user(String name, String password) {
        Objects.requireNonNull(name, "name");
        passwords.put(name, Objects.requireNonNull(password, "password"));
        permissions.putIfAbsent(name, new LinkedHashMap<>());
        return this;
    }

    /**
     * What a user may do in a virtual host, which is created if it does not exist. A user with permissions for one
     * virtual host cannot open the others.
     *
     * @throws IllegalArgumentException if the user is not set, and {@link #logins} is not either
     */
    public BrokerBuilder permissions(String user, String virtualHost, Permissions permissions) {
        Objects.requireNonNull(user, "user");
        Objects.requireNonNull(virtualHost, "virtualHost");
        Objects.requireNonNull(permissions, "permissions");
        Map<String, Permissions> known = this.permissions.get(user);
        if (known == null) {
            if (logins == null) {
                throw new IllegalArgumentException(
                        "no user '" + user + "': call user(name, password) or logins(check) first");
            }
            known = new LinkedHashMap<>();
            this.permissions.put(user, known);
        }
        virtualHosts.add(virtualHost);
        known.put(virtualHost, permissions);
        return this;
    }

    /**
     * Lets in whoever this check accepts, besides the users set by {@link #user}, whose logins it is not asked about.
     * Like these they have all permissions unless {@link #permissions} says otherwise. At most 64 checks run at a time,
     * on virtual threads; one that takes more than 10 seconds is interrupted, and its login refused. It is asked about
     * passwords only: a TLS client certificate (EXTERNAL) is that of a user set by {@link #user}. Default: none.
     */
    public BrokerBuilder logins(LoginCheck check) {
        this.logins = Objects.requireNonNull(check, "check");
        return this;
    }

    /**
     * How long the answer to a failed login is held back, 0 to 8 seconds: {@code first} after the first failure of a
     * host, twice as long each time, up to {@code longest}. Further logins of the host wait meanwhile, at most 16; more
     * are refused. A success, or ten minutes without a failure, ends it; 10,000 hosts are remembered. This holds for
     * AMQP and the management API together. Default 100 ms and 5 s; two zeros are no delays.
     */
    public BrokerBuilder loginDelays(Duration first, Duration longest) {
        long largest = LARGEST_LOGIN_DELAY.toMillis();
        inRange("first in milliseconds", Objects.requireNonNull(first, "first").toMillis(), 0, largest);
        inRange(
                "longest in milliseconds",
                Objects.requireNonNull(longest, "longest").toMillis(),
                0,
                largest);
        if (first.compareTo(longest) > 0) {
            throw new IllegalArgumentException("first must be at most longest, was " + first + " and " + longest);
        }
        firstLoginDelay = first;
        longestLoginDelay = longest;
        return this;
    }

    /** A virtual host in addition to {@code /}. */
    public BrokerBuilder virtualHost(String name) {
        virtualHosts.add(Objects.requireNonNull(name, "name"));
        return this;
    }

    /** The heartbeat interval to propose to clients, in whole seconds, 0 to 65535; 0 is no heartbeats. Default 60 s. */
    public BrokerBuilder heartbeat(Duration interval) {
        long seconds = Objects.requireNonNull(interval, "interval").toSeconds();
        limits = limits.withHeartbeatSeconds((int) inRange("heartbeat in seconds", seconds, 0, 65_535));
        return this;
    }

    /**
     * The largest message body accepted, in bytes, 1 to 536,870,912 (512 MiB); a larger one closes its channel with
     * 406. Default 128 MiB, and 16 MiB from version 4.0 on, as in RabbitMQ.
     */
    public BrokerBuilder maxMessageSize(long bytes) {
        maxMessageSize = inRange("maxMessageSize", bytes, 1, LARGEST_MAX_MESSAGE_SIZE);
        return this;
    }

    /**
     * How long a client may take to acknowledge a delivery, 0 to 365 days, RabbitMQ's {@code consumer_timeout}: then
     * its channel is closed with 406, at the latest a minute or a quarter of the timeout later. In version 4.3 this
     * concerns quorum queues only, whose consumers are cancelled instead, and may set {@code x-consumer-timeout}.
     * Default 30 minutes; zero is no limit.
     */
    public BrokerBuilder consumerTimeout(Duration timeout) {
        long millis = Objects.requireNonNull(timeout, "timeout").toMillis();
        inRange(
                "consumerTimeout in milliseconds",
                millis,
                0,
                Duration.ofDays(365).toMillis());
        limits = limits.withConsumerTimeout(timeout);
        return this;
    }

    /**
     * Bytes of messages held in total above which connections that publish are blocked, at least 1. Default: 0.4 of the
     * heap. When unfinished messages, transactions and output that clients do not read hold half of that, or at least 8
     * MiB, the connection that holds most of them is closed with 506.
     */
    public BrokerBuilder memoryLimit(long bytes) {
        limits = limits.withMemory(inRange("memoryLimit", bytes, 1, Long.MAX_VALUE));
        return this;
    }

    /**
     * Bytes of messages held by one queue above which connections that publish to it are blocked, at least 1. Default:
     * half of {@link #memoryLimit}.
     */
    public BrokerBuilder queueMemoryLimit(long bytes) {
        limits = limits.withQueueMemory(inRange("queueMemoryLimit", bytes, 1, Long.MAX_VALUE));
        return this;
    }

    /** How many queues a virtual host may have, at least 1. Default 100,000. */
    public BrokerBuilder maxQueues(int count) {
        limits = limits.withMaxQueues((int) inRange("maxQueues", count, 1, Integer.MAX_VALUE));
        return this;
    }

    /** How many connections there may be at a time, at least 1; further ones are closed at once. Default 10,000. */
    public BrokerBuilder maxConnections(int count) {
        limits = limits.withMaxConnections((int) inRange("maxConnections", count, 1, Integer.MAX_VALUE));
        return this;
    }

    /**
     * How long a client may take to send a message, or a frame, from its first octet to its last, 1 millisecond to a
     * day; its connection is closed with 506 then. Default 5 minutes.
     */
    public BrokerBuilder messageTimeout(Duration timeout) {
        long millis = Objects.requireNonNull(timeout, "timeout").toMillis();
        inRange("messageTimeout in milliseconds", millis, 1, Duration.ofDays(1).toMillis());
        limits = limits.withMessageTimeout(timeout);
        return this;
    }

    /** Accepts TLS connections only. Default: plain TCP. */
    public BrokerBuilder tls(SSLContext context) {
        this.tls = Objects.requireNonNull(context, "context");
        return this;
    }

    /** As {@link #tls}, and requests client certificates, which clients may use to log in (EXTERNAL). */
    public BrokerBuilder tlsWithClientCertificates(SSLContext context) {
        requestsCertificates = true;
        return tls(context);
    }

    /**
     * How many connections the management API may have, at least 1, and how long a request may take until it is
     * complete, and its response until it is read, 1 millisecond to a day. Beyond the first the connection that waits
     * longest for a request is closed. Default 256 and 10 s.
     */
    public BrokerBuilder managementLimits(int connections, Duration timeout) {
        long millis = Objects.requireNonNull(timeout, "timeout").toMillis();
        inRange("timeout in milliseconds", millis, 1, Duration.ofDays(1).toMillis());
        limits = limits.withManagement((int) inRange("connections", connections, 1, Integer.MAX_VALUE), timeout);
        return this;
    }

    /**
     * The largest body of a request to the management API, in bytes, 1 to 536,870,912 (512 MiB); a larger one is
     * refused with 413. A call that gets messages returns no further ones once their payloads exceed this. Default
     * 10,000,000, as in RabbitMQ.
     */
    public BrokerBuilder managementBodyLimit(long bytes) {
        limits = limits.withManagementBody(inRange("managementBodyLimit", bytes, 1, LARGEST_MAX_MESSAGE_SIZE));
        return this;
    }

    /**
     * Serves RabbitMQ's management API on this port of the same host, 0 to 65535; 0 is a free one. Users are
     * administrators; those with {@link #permissions} have the tag management, with which they cannot change users,
     * permissions and virtual hosts, and see their own connections. Default: off.
     */
    public BrokerBuilder managementPort(int port) {
        this.managementPort = (int) inRange("managementPort", port, 0, 65_535);
        return this;
    }

    /**
     * A durable exchange of the virtual host {@code /} that exists from the start.
     *
     * @param type direct, fanout, topic or headers, or one of those that only newer versions have
     */
    public BrokerBuilder exchange(String name, String type) {
        Objects.requireNonNull(name, "name");
        if (ExchangeType.named(Objects.requireNonNull(type, "type")) == null) {
            throw new IllegalArgumentException("unknown exchange type '" + type + "'");
        }
        topology.add(broker -> root(broker).declareExchange(name, type, ExchangeSettings.DURABLE));
        return this;
    }

    /** A durable queue of the virtual host {@code /} that exists from the start. */
    public BrokerBuilder queue(String name, Map<String, ? extends @Nullable Object> arguments) {
        Objects.requireNonNull(name, "name");
        Map<String, @Nullable Object> copy =
                Collections.unmodifiableMap(new LinkedHashMap<>(Objects.requireNonNull(arguments, "arguments")));
        topology.add(broker -> root(broker).declareQueue(name, new QueueSettings(true, false, false, copy), null));
        return this;
    }

    /** A binding in the virtual host {@code /} of a queue to an exchange, both set before. */
    public BrokerBuilder binding(String exchange, String queue, String routingKey) {
        Objects.requireNonNull(exchange, "exchange");
        Objects.requireNonNull(queue, "queue");
        Objects.requireNonNull(routingKey, "routingKey");
        topology.add(broker -> {
            VirtualHost root = root(broker);
            root.bind(new Binding(root.exchange(exchange), root.queue(queue), routingKey, Map.of()));
        });
        return this;
    }

    /**
     * Loads definitions that a RabbitMQ of 3.10 to 4.3 exported, of the whole broker, when the broker is started first:
     * users with their passwords, virtual hosts, permissions, policies, queues, exchanges and bindings. What the broker
     * does not have is logged at WARN, in one line for each kind. Users that are set by {@link #user}, or the default
     * user, exist besides. The file is read now.
     *
     * @throws UncheckedIOException if the file cannot be read
     * @throws IllegalArgumentException if it does not hold definitions. An entry that is invalid makes
     *     {@link EmbeddedBroker#start()} throw it, and name the entry
     */
    public BrokerBuilder definitions(Path file) {
        Definitions definitions;
        try {
            definitions = Definitions.read(Files.readAllBytes(Objects.requireNonNull(file, "file")));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read definitions: " + e, e);
        }
        // Known from the start, so that users without restrictions have permissions there.
        virtualHosts.addAll(definitions.virtualHosts());
        topology.add(definitions::load);
        return this;
    }

    /** A policy of the virtual host {@code /}. */
    public BrokerBuilder policy(Policy policy) {
        return policy(ROOT, policy);
    }

    /** A policy of a virtual host, which is created if it does not exist. */
    public BrokerBuilder policy(String virtualHost, Policy policy) {
        Objects.requireNonNull(policy, "policy");
        virtualHost(virtualHost);
        topology.add(broker ->
                Objects.requireNonNull(broker.virtualHosts().get(virtualHost)).setPolicy(policy.stored()));
        return this;
    }

    private static VirtualHost root(BrokerCore broker) {
        return Objects.requireNonNull(broker.virtualHosts().get(ROOT));
    }

    /**
     * What is done when the broker can no longer serve; by default nothing beyond the log. It has stopped by then, so
     * that no port accepts and does not answer. That is so after an error in an event loop's own work, nearly always an
     * {@link OutOfMemoryError}; an error that a connection runs into closes that connection only.
     *
     * @param action is told the error, once for each start of the broker, on a thread on which it may block
     */
    public BrokerBuilder onFailure(Consumer<? super Throwable> action) {
        onFailure = Objects.requireNonNull(action, "action");
        return this;
    }

    /** Builds a broker, which does nothing until {@link EmbeddedBroker#start()}. */
    public EmbeddedBroker build() {
        RabbitMqProfile permitting = profile;
        for (String feature : deprecatedFeatures) {
            permitting = permitting.permitting(feature);
        }
        Limits set = limits.withMaxMessageSize(maxMessageSize == null ? permitting.maxMessageSize() : maxMessageSize);
        BrokerCore core = new BrokerCore(permitting, set, users(), virtualHosts);
        return new EmbeddedBroker(
                core, new Listener(core, tls, requestsCertificates), host, port, managementPort, topology, onFailure);
    }

    /** Builds a broker and {@linkplain EmbeddedBroker#start() starts} it. */
    public EmbeddedBroker start() {
        return build().start();
    }

    private Users users() {
        List<User> users = new ArrayList<>();
        LoginCheck check = logins;
        if (passwords.isEmpty() && check == null) {
            users.add(user("guest", PasswordHash.of("guest"), true, Map.of()));
        }
        passwords.forEach((name, password) ->
                users.add(user(name, PasswordHash.of(password), false, Objects.requireNonNull(permissions.get(name)))));
        Map<String, User> checked = new LinkedHashMap<>();
        permissions.forEach((name, permitted) -> checked.put(name, user(name, PasswordHash.none(), false, permitted)));
        User other = user("", PasswordHash.none(), false, Map.of());
        return new Users(
                users,
                new LoginDelays(firstLoginDelay, longestLoginDelay),
                check == null ? null : check::accepts,
                name -> checked.getOrDefault(
                        name, new User(name, other.password(), false, other.tags(), other.grants())));
    }

    /** Who has permissions of their own may not change those by the management API. */
    private User user(String name, PasswordHash password, boolean loopbackOnly, Map<String, Permissions> permitted) {
        List<String> tags = permitted.isEmpty() ? User.ADMINISTRATOR : User.MANAGEMENT;
        return new User(name, password, loopbackOnly, tags, grants(permitted));
    }

    private Map<String, Grant> grants(Map<String, Permissions> permissions) {
        Map<String, Grant> grants = new LinkedHashMap<>();
        permissions.forEach((virtualHost, permitted) ->
                grants.put(virtualHost, Grant.of(permitted.configure(), permitted.write(), permitted.read())));
        if (grants.isEmpty()) {
            virtualHosts.forEach(virtualHost -> grants.put(virtualHost, Grant.ALL));
        }
        return grants;
    }

    private static long inRange(String name, long value, long low, long high) {
        if (value < low || value > high) {
            throw new IllegalArgumentException(
                    high == Long.MAX_VALUE || high == Integer.MAX_VALUE
                            ? name + " must be at least " + low + ", was " + value
                            : name + " must be " + low + " to " + high + ", was " + value);
        }
        return value;
    }
}
