package dev.parley.broker;

import dev.parley.broker.amqp.AmqpException;
import dev.parley.broker.connection.BrokerCore;
import dev.parley.broker.connection.Connection;
import dev.parley.broker.connection.Listener;
import dev.parley.broker.management.ManagementServer;
import dev.parley.broker.queue.MessageQueue;
import dev.parley.broker.virtualhost.VirtualHost;
import io.netty.channel.Channel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An AMQP 0-9-1 broker in this JVM that behaves as RabbitMQ does and holds everything in memory. For laptops and tests; it is not a store for
 * production, that is RabbitMQ.
 *
 * <pre>{@code
 * try (EmbeddedBroker broker = EmbeddedBroker.start()) {
 *     connectionFactory.setUri(broker.amqpUri());
 * }
 * }</pre>
 *
 * Thread-safe.
 */
public final class EmbeddedBroker implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedBroker.class);

    private final BrokerCore core;
    private final String host;
    private final boolean encrypts;
    private final Channel listening;
    private final @Nullable ManagementServer management;

    EmbeddedBroker(BrokerCore core, Listener listener, String host, int port, int managementPort) {
        this.core = core;
        this.host = host;
        this.encrypts = listener.encrypts();
        try {
            this.listening = listener.listen(host, port);
        } catch (IOException e) {
            throw cannotListen(port, e);
        }
        try {
            this.management = managementPort < 0 ? null : new ManagementServer(this, core, host, managementPort);
        } catch (IOException e) {
            listening.close().awaitUninterruptibly();
            throw cannotListen(managementPort, e);
        }
        LOG.debug("Embedded broker listens on {}:{}", host, port());
    }

    private UncheckedIOException cannotListen(int port, IOException e) {
        return new UncheckedIOException("cannot listen on " + host + ":" + port + ": " + e.getMessage(), e);
    }

    /** Starts a broker with all defaults: on a free port of 127.0.0.1, with the user guest and the password guest. */
    public static EmbeddedBroker start() {
        return builder().start();
    }

    /** Settings first. */
    public static BrokerBuilder builder() {
        return new BrokerBuilder();
    }

    /** The host it listens on. */
    public String host() {
        return host;
    }

    /** The port it listens on. */
    public int port() {
        return ((InetSocketAddress) listening.localAddress()).getPort();
    }

    /** The port of the management API. Throws {@link IllegalStateException} if it is off. */
    public int managementPort() {
        if (management == null) {
            throw new IllegalStateException("the management API is off: managementPort(0) in the builder turns it on");
        }
        return management.port();
    }

    /** Its address as oslo.messaging and Parley write it, for the user guest: {@code rabbit://guest:guest@127.0.0.1:PORT/}. */
    public String address() {
        return "rabbit://guest:guest@" + authority() + "/";
    }

    /** Its address as RabbitMQ's clients write it, for the user guest and the virtual host {@code /}. */
    public String amqpUri() {
        return (encrypts ? "amqps" : "amqp") + "://guest:guest@" + authority() + "/%2f";
    }

    private String authority() {
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port();
    }

    /** The exchanges, predeclared ones included. */
    public List<ExchangeInfo> exchanges() {
        return Views.exchanges(core);
    }

    /** The queues. */
    public List<QueueInfo> queues() {
        return Views.queues(core);
    }

    /** The bindings, those to the default exchange included. */
    public List<BindingInfo> bindings() {
        return Views.bindings(core);
    }

    /** The consumers. */
    public List<ConsumerInfo> consumers() {
        return Views.consumers(core);
    }

    /** The connections past their handshake. */
    public List<ConnectionInfo> connections() {
        return Views.connections(core);
    }

    /** What it did so far. */
    public BrokerCounters counters() {
        return Views.counters(core);
    }

    /** The names of the virtual hosts. */
    public List<String> virtualHosts() {
        return core.virtualHosts().keySet().stream().sorted().toList();
    }

    /** Deletes a queue with what it holds; false if there is none. Its consumers are told. */
    public boolean deleteQueue(String virtualHost, String name) {
        return deleteQueue(virtualHost, name, false, false);
    }

    /** As the other, on RabbitMQ's conditions; {@link AmqpException} if one is not met. */
    public boolean deleteQueue(String virtualHost, String name, boolean ifUnused, boolean ifEmpty) {
        VirtualHost host = core.virtualHost(virtualHost);
        MessageQueue queue = host == null ? null : host.findQueue(name);
        if (host == null || queue == null) {
            return false;
        }
        host.delete(queue, ifUnused, ifEmpty);
        return true;
    }

    /** Deletes an exchange; false if there is none. Those predeclared (empty name, {@code amq.}) stay: {@link IllegalArgumentException}. */
    public boolean deleteExchange(String virtualHost, String name) {
        return deleteExchange(virtualHost, name, false);
    }

    /** As the other, on RabbitMQ's condition; {@link AmqpException} if it is not met. */
    public boolean deleteExchange(String virtualHost, String name, boolean ifUnused) {
        if (name.isEmpty() || name.startsWith("amq.")) {
            throw new IllegalArgumentException("exchange '" + name + "' is predeclared and stays");
        }
        VirtualHost host = core.virtualHost(virtualHost);
        if (host == null
                || host.exchanges().stream()
                        .noneMatch(exchange -> exchange.name().equals(name))) {
            return false;
        }
        host.deleteExchange(name, ifUnused);
        return true;
    }

    /** Switches for what can go wrong. */
    public Faults faults() {
        return core.faults();
    }

    /** Stops listening, tells clients (320 CONNECTION_FORCED), ends their connections and forgets everything. May be called again. */
    @Override
    public void close() {
        listening.close().awaitUninterruptibly();
        if (management != null) {
            management.close();
        }
        List<Channel> ends = new ArrayList<>();
        for (Connection connection : core.connections()) {
            Channel channel = connection.ctx().channel();
            ends.add(channel);
            channel.eventLoop().execute(() -> connection.shutDown());
        }
        ends.forEach(channel -> channel.closeFuture().awaitUninterruptibly(2_000));
        core.virtualHosts().values().forEach(VirtualHost::close);
        LOG.debug("Embedded broker on {} closed", host);
    }

    @Override
    public String toString() {
        return "embedded broker on " + host + ":" + port();
    }
}
