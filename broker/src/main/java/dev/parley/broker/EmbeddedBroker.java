package dev.parley.broker;

import dev.parley.broker.amqp.AmqpException;
import dev.parley.broker.connection.BrokerCore;
import dev.parley.broker.connection.Listener;
import dev.parley.broker.management.ManagementServer;
import dev.parley.broker.policy.Policies;
import dev.parley.broker.virtualhost.VirtualHost;
import io.netty.channel.Channel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An AMQP 0-9-1 broker in this JVM that behaves as RabbitMQ does and holds everything in memory. For development and
 * tests; it is not a store for production, use RabbitMQ for that.
 *
 * <pre>
 * {@code try (EmbeddedBroker broker = EmbeddedBroker.builder().start()) {
 *     connectionFactory.setUri(broker.amqpUri());
 * }
 * }</pre>
 *
 * <p>Life cycle: {@link BrokerBuilder#build() build}, {@link #start()}, {@link #stop()}, {@link #close()}. A broker
 * that was stopped keeps its queues and messages and can be started again on the same port; one that was closed cannot.
 *
 * <p>Thread-safe.
 */
public final class EmbeddedBroker implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(EmbeddedBroker.class);

    private final BrokerCore core;
    private final Listener listener;
    private final String host;
    private final List<Consumer<BrokerCore>> topology;
    private final boolean hasManagement;
    private final Faults faults;
    private final Consumer<? super Throwable> onFailure;
    private final Consumer<Throwable> failed = this::failed;
    private final ReentrantLock lifeCycle = new ReentrantLock();

    /** The port that was bound last, or until then the configured one. 0 is a free one. */
    private volatile int port;

    private volatile int managementPort;
    private @Nullable Channel listening;
    private @Nullable ManagementServer management;
    private boolean declared;
    private boolean closed;

    /** Creates a broker that does not listen; a management port below 0 is none. */
    EmbeddedBroker(
            BrokerCore core,
            Listener listener,
            String host,
            int port,
            int managementPort,
            List<Consumer<BrokerCore>> topology,
            Consumer<? super Throwable> onFailure) {
        this.core = core;
        this.listener = listener;
        this.host = host;
        this.port = port;
        this.managementPort = Math.max(0, managementPort);
        this.hasManagement = managementPort >= 0;
        this.topology = List.copyOf(topology);
        this.onFailure = onFailure;
        this.faults = new FaultSwitches(core.faults());
    }

    /**
     * Returns a builder. All settings have defaults: the broker listens on a free port of 127.0.0.1 and has the user
     * {@code guest} with the password {@code guest}.
     */
    public static BrokerBuilder builder() {
        return new BrokerBuilder();
    }

    /**
     * Starts to listen; the broker accepts connections when this returns.
     *
     * @return this broker
     * @throws UncheckedIOException if it cannot listen, most often because the port is in use
     * @throws IllegalArgumentException if the exchanges, queues and bindings of the builder cannot be declared
     * @throws IllegalStateException if it was started and not stopped, or was closed
     */
    public EmbeddedBroker start() {
        lifeCycle.lock();
        try {
            if (closed) {
                throw new IllegalStateException("the broker is closed");
            }
            if (listening != null) {
                throw new IllegalStateException("the broker is already started");
            }
            declareTopology();
            core.startAccepting();
            listen();
            BrokerCore.onFailure(failed);
            log.debug("{} started", this);
            return this;
        } finally {
            lifeCycle.unlock();
        }
    }

    /**
     * Replaces the keys and certificates. Connections accepted from now on use the new context; open connections keep
     * theirs.
     *
     * @throws IllegalStateException if the broker was built without TLS
     */
    public void tls(SSLContext context) {
        Objects.requireNonNull(context, "context");
        if (!listener.encrypts()) {
            throw new IllegalStateException("the broker was built without TLS");
        }
        listener.tls(context);
    }

    private void declareTopology() {
        if (!declared) {
            try {
                topology.forEach(declaration -> declaration.accept(core));
            } catch (AmqpException e) {
                throw new IllegalArgumentException("cannot declare the configured topology: " + e.replyText(), e);
            }
            declared = true;
        }
    }

    private void listen() {
        try {
            listening = listener.listen(host, port);
        } catch (IOException e) {
            throw cannotListen(port, e);
        }
        var bound = (InetSocketAddress) listening.localAddress();
        port = bound.getPort();
        if (hasManagement) {
            var server = new ManagementServer(core, host, managementPort, port, listener.encrypts());
            try {
                server.start();
            } catch (IOException e) {
                stopListening();
                throw cannotListen(managementPort, e);
            }
            management = server;
            managementPort = server.port();
        }
        warnOfOtherMachines(bound.getAddress());
    }

    /** Says in one line what is unsafe if other machines can reach the broker. */
    private void warnOfOtherMachines(InetAddress bound) {
        if (bound.isLoopbackAddress()) {
            return;
        }
        List<String> unsafe = new ArrayList<>();
        if (core.users().letGuestInFromOutside()) {
            unsafe.add("everybody knows the password of user guest: set another by user(name, password)");
        }
        if (!listener.encrypts()) {
            unsafe.add("passwords and messages of AMQP are not encrypted: set tls(context)");
        }
        if (hasManagement) {
            unsafe.add("passwords of the management API on port " + managementPort
                    + " are not encrypted: leave out managementPort, or let only a proxy with TLS reach it");
        }
        if (!unsafe.isEmpty()) {
            log.warn(
                    "OTHER MACHINES CAN REACH THE BROKER on {}: {}. Or let it listen on 127.0.0.1",
                    authority(),
                    String.join("; ", unsafe));
        }
    }

    private UncheckedIOException cannotListen(int port, IOException e) {
        return new UncheckedIOException("cannot listen on " + host + ":" + port + ": " + e.getMessage(), e);
    }

    private void stopListening() {
        if (listening != null) {
            listening.close().awaitUninterruptibly();
            listening = null;
        }
        if (management != null) {
            management.close();
            management = null;
        }
        core.closeConnections();
    }

    /** The event loops cannot be relied on any more. */
    private void failed(Throwable error) {
        stop();
        onFailure.accept(error);
    }

    /**
     * Stops to listen and closes all connections: clients get connection.close with 320 CONNECTION_FORCED. Returns when
     * they are closed, after at most two seconds for each. Exclusive queues are deleted with their connections;
     * everything else is kept. Nothing happens if the broker is not started.
     */
    public void stop() {
        lifeCycle.lock();
        try {
            BrokerCore.forgetFailures(failed);
            if (listening != null) {
                stopListening();
                log.debug("{} stopped", this);
            }
        } finally {
            lifeCycle.unlock();
        }
    }

    /** {@linkplain #stop() Stops} the broker and drops everything it holds. Nothing happens if it was closed before. */
    @Override
    public void close() {
        lifeCycle.lock();
        try {
            stop();
            closed = true;
            core.deleteQueues();
        } finally {
            lifeCycle.unlock();
        }
    }

    /** The host it listens on. */
    public String host() {
        return host;
    }

    /**
     * The port it listens on. A broker that was stopped or closed still names the port it listened on.
     *
     * @throws IllegalStateException if the port is a free one that is chosen by {@link #start()}, and it was never
     *     started
     */
    public int port() {
        return started(port);
    }

    /**
     * The port of the management API.
     *
     * @throws IllegalStateException if the management API is off, or as for {@link #port()}
     */
    public int managementPort() {
        if (!hasManagement) {
            throw new IllegalStateException("the management API is off, managementPort(0) of the builder enables it");
        }
        return started(managementPort);
    }

    private static int started(int port) {
        if (port == 0) {
            throw new IllegalStateException("the broker is not started, its port is not known");
        }
        return port;
    }

    /**
     * The address in the form of oslo.messaging and Parley, for the user guest, such as
     * {@code rabbit://guest:guest@127.0.0.1:40000/}.
     */
    public String address() {
        return "rabbit://guest:guest@" + authority() + "/";
    }

    /**
     * The address in the form of RabbitMQ's clients, for the user guest and the virtual host {@code /}, which is
     * written {@code %2f}. Spring Boot does not decode that in {@code spring.rabbitmq.addresses}: set
     * {@code spring.rabbitmq.host} to {@link #host()} and {@code spring.rabbitmq.port} to {@link #port()} instead.
     */
    public String amqpUri() {
        return (listener.encrypts() ? "amqps" : "amqp") + "://guest:guest@" + authority() + "/%2f";
    }

    private String authority() {
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port();
    }

    /** The exchanges, including the predeclared ones. */
    public List<ExchangeInfo> exchanges() {
        return Views.exchanges(core);
    }

    /** The queues. */
    public List<QueueInfo> queues() {
        return Views.queues(core);
    }

    /** The bindings, including those to the default exchange. */
    public List<BindingInfo> bindings() {
        return Views.bindings(core);
    }

    /** The consumers. */
    public List<ConsumerInfo> consumers() {
        return Views.consumers(core);
    }

    /** The connections whose handshake is complete. */
    public List<ConnectionInfo> connections() {
        return Views.connections(core);
    }

    /** What the broker did since it was built. */
    public BrokerCounters counters() {
        return Views.counters(core);
    }

    /** The names of the virtual hosts. */
    public List<String> virtualHosts() {
        return core.virtualHosts().keySet().stream().sorted().toList();
    }

    /** The policies of a virtual host, then its operator policies, each in the order of their names. */
    public List<Policy> policies(String virtualHost) {
        Policies policies = existing(virtualHost).policies();
        return Stream.concat(policies.all(false).stream(), policies.all(true).stream())
                .map(Policy::of)
                .toList();
    }

    /**
     * Adds a policy to a virtual host, or replaces the one of its name. It holds at once, also for queues and exchanges
     * that exist.
     *
     * @throws IllegalArgumentException if there is no such virtual host
     */
    public void setPolicy(String virtualHost, Policy policy) {
        existing(virtualHost).setPolicy(Objects.requireNonNull(policy, "policy").stored());
    }

    /**
     * Removes the policy and the operator policy of this name from a virtual host; returns false if there is neither.
     *
     * @throws IllegalArgumentException if there is no such virtual host
     */
    public boolean deletePolicy(String virtualHost, String name) {
        VirtualHost host = existing(virtualHost);
        Objects.requireNonNull(name, "name");
        boolean own = host.removePolicy(name, false);
        boolean ofOperator = host.removePolicy(name, true);
        return own || ofOperator;
    }

    private VirtualHost existing(String virtualHost) {
        VirtualHost host = core.virtualHosts().get(Objects.requireNonNull(virtualHost, "virtualHost"));
        if (host == null) {
            throw new IllegalArgumentException("no virtual host '" + virtualHost + "'");
        }
        return host;
    }

    /** Deletes a queue and what it holds, and notifies its consumers; returns false if there is none. */
    public boolean deleteQueue(String virtualHost, String name) {
        return core.deleteQueue(
                Objects.requireNonNull(virtualHost, "virtualHost"), Objects.requireNonNull(name, "name"), false, false);
    }

    /**
     * Deletes an exchange; returns false if there is none.
     *
     * @throws IllegalArgumentException if it is predeclared: its name is empty or starts with {@code amq.}
     */
    public boolean deleteExchange(String virtualHost, String name) {
        return core.deleteExchange(
                Objects.requireNonNull(virtualHost, "virtualHost"), Objects.requireNonNull(name, "name"), false);
    }

    /** Faults to switch on, for tests of clients. */
    public Faults faults() {
        return faults;
    }

    @Override
    public String toString() {
        return "embedded broker on " + host + ":" + (port == 0 ? "a free port" : String.valueOf(port));
    }
}
