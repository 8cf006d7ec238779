package dev.parley.oslo.driver.rabbit;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AuthenticationFailureException;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.DefaultSaslConfig;
import com.rabbitmq.client.PossibleAuthenticationFailureException;
import com.rabbitmq.client.ShutdownSignalException;
import com.rabbitmq.client.impl.AMQConnection;
import com.rabbitmq.client.impl.ForgivingExceptionHandler;
import com.rabbitmq.client.impl.FrameHandlerFactory;
import com.rabbitmq.client.impl.SocketFrameHandler;
import dev.parley.AccessDeniedException;
import dev.parley.Address;
import dev.parley.ConnectionLostException;
import dev.parley.InvalidTargetException;
import dev.parley.RpcException;
import dev.parley.oslo.options.OsloOptions;
import dev.parley.oslo.options.VirtualHost;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes connections to the hosts of a transport URL, in a random order that stays: the one in use first, each tried once. Thread-safe. */
final class Connector {
    private static final Logger log = LoggerFactory.getLogger(Connector.class);
    private static final int DEFAULT_PORT = 5672;
    private static final int CONNECT_MILLIS = 10_000;
    private static final Address.Host LOCAL = new Address.Host("localhost", DEFAULT_PORT, null, null);

    private final List<Address.Host> hosts;
    private final String virtualHost;
    private final OsloOptions options;
    private final @Nullable SSLContext given;
    private final AtomicInteger next = new AtomicInteger();

    Connector(Address address, OsloOptions options, @Nullable SSLContext given) {
        List<Address.Host> all = new ArrayList<>(address.hosts().isEmpty() ? List.of(LOCAL) : address.hosts());
        // As in oslo.messaging, so that many clients with one configuration spread over the cluster.
        Collections.shuffle(all);
        this.hosts = List.copyOf(all);
        this.virtualHost = VirtualHost.of(address.path());
        this.options = options;
        this.given = given;
        // Tells at once what is wrong with the files.
        tls();
    }

    /** How to secure a connection, {@code null} for not at all. Files are read each time: certificates are renewed while a process runs. */
    private @Nullable SSLContext tls() {
        OsloOptions.Tls files = options.tls();
        return files == null ? null : given == null ? PemFiles.context(files) : given;
    }

    /** A connection and the number of its host. */
    record Connected(Connection connection, int host) {}

    /** A host let its connection go, or is of no use: the next attempt begins with the one after it, unless another link has gone on already. */
    void leave(int host) {
        next.compareAndSet(host, (host + 1) % hosts.size());
    }

    /**
     * Tries each host once.
     *
     * @param daemon whether the connection's thread lets the JVM end
     * @throws RpcException what the last host said
     */
    Connected connect(String purpose, boolean daemon) {
        RpcException last = null;
        int first = options.shuffleHosts() ? ThreadLocalRandom.current().nextInt(hosts.size()) : next.get();
        for (int i = 0; i < hosts.size(); i++) {
            int index = Math.floorMod(first + i, hosts.size());
            Address.Host host = hosts.get(index);
            try {
                Connection connection = connect(host, purpose, daemon);
                next.set(index);
                log.debug("connected to {} for {}", host, purpose);
                return new Connected(connection, index);
            } catch (IOException | TimeoutException | RuntimeException e) {
                last = error(host, e);
                log.debug("{}", last.getMessage(), e);
            }
        }
        throw last == null ? new ConnectionLostException("no host to connect to") : last;
    }

    private Connection connect(Address.Host host, String purpose, boolean daemon) throws IOException, TimeoutException {
        ConnectionFactory factory = new BatchingConnectionFactory();
        factory.useBlockingIo();
        factory.setAutomaticRecoveryEnabled(false);
        factory.setTopologyRecoveryEnabled(false);
        factory.setVirtualHost(virtualHost);
        factory.setUsername(host.user() == null || host.user().isEmpty() ? "guest" : host.user());
        factory.setPassword(host.password() == null || host.password().isEmpty() ? "guest" : host.password());
        factory.setSaslConfig(
                switch (options.loginMethod()) {
                    case AMQPLAIN -> mechanisms -> new AmqPlain();
                    case PLAIN -> DefaultSaslConfig.PLAIN;
                    case EXTERNAL -> DefaultSaslConfig.EXTERNAL;
                });
        factory.setRequestedHeartbeat((int) options.heartbeat().toSeconds());
        factory.setConnectionTimeout(CONNECT_MILLIS);
        factory.setHandshakeTimeout(CONNECT_MILLIS);
        factory.setChannelRpcTimeout(3 * CONNECT_MILLIS);
        factory.setShutdownTimeout(CONNECT_MILLIS);
        // What is too large is refused message by message; here it would cost the connection, again at each redelivery.
        factory.setMaxInboundMessageBodySize(Integer.MAX_VALUE);
        String name = "parley:" + ProcessHandle.current().pid() + ":" + UUID.randomUUID();
        factory.setClientProperties(properties(name));
        factory.setExceptionHandler(new ForgivingExceptionHandler() {
            @Override
            public void handleUnexpectedConnectionDriverException(Connection connection, Throwable exception) {
                // The link warns of what follows from it.
                log.debug("connection for {}", purpose, exception);
            }
        });
        AtomicInteger threads = new AtomicInteger();
        factory.setThreadFactory(task -> Thread.ofPlatform()
                .name("parley-amqp-" + purpose + (threads.incrementAndGet() > 1 ? "-" + threads : ""))
                .daemon(daemon)
                .unstarted(task));
        SSLContext tls = tls();
        if (tls != null) {
            OsloOptions.Tls files = options.tls();
            if (files == null || files.verifyHost()) {
                factory.useSslProtocol(tls);
                factory.enableHostnameVerification();
            } else {
                // The method above verifies the host in any case.
                factory.setSocketFactory(tls.getSocketFactory());
            }
        }
        int port = host.port() <= 0 ? DEFAULT_PORT : host.port();
        String where = host.name().isEmpty() ? "localhost" : host.name();
        return factory.newConnection(new OnTheSpot(), List.of(new com.rabbitmq.client.Address(where, port)), name);
    }

    private static final class BatchingConnectionFactory extends ConnectionFactory {
        @Override
        protected synchronized FrameHandlerFactory createFrameHandlerFactory() throws IOException {
            FrameHandlerFactory sockets = super.createFrameHandlerFactory();
            return (address, name) -> new BatchingFrameHandler((SocketFrameHandler) sockets.create(address, name));
        }
    }

    private static Map<String, Object> properties(String name) {
        Map<String, Object> properties = new HashMap<>(AMQConnection.defaultClientProperties());
        properties.put("product", "Parley");
        properties.put("connection_name", name);
        return properties;
    }

    private RpcException error(Address.Host host, Exception e) {
        String at = " at " + host + ", virtual host '" + virtualHost + "'";
        if (e instanceof AuthenticationFailureException) {
            return new AccessDeniedException(
                    "the broker" + at + " refuses user '" + (host.user() == null ? "guest" : host.user())
                            + "' or his password: " + e.getMessage(),
                    e);
        }
        if (e instanceof PossibleAuthenticationFailureException) {
            // Old brokers say no more than this when the password is wrong; so does a broker that is just going down.
            return new ConnectionLostException(
                    "the broker" + at + " cut the connection while user '"
                            + (host.user() == null ? "guest" : host.user()) + "' logged in",
                    e);
        }
        ShutdownSignalException signal = signal(e);
        if (signal != null && signal.getReason() instanceof AMQP.Connection.Close close) {
            return close.getReplyCode() == AMQP.NOT_ALLOWED
                    ? new InvalidTargetException("the broker" + at + " refuses: " + close.getReplyText(), e)
                    : new ConnectionLostException("the broker" + at + " refuses: " + close.getReplyText(), e);
        } else if (e instanceof RpcException rpc) {
            return rpc;
        }
        return new ConnectionLostException(
                "no broker" + at + ": " + (e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage()), e);
    }

    /** The broker's own words, if they are anywhere in this error. */
    static @Nullable ShutdownSignalException signal(Throwable error) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof ShutdownSignalException signal) {
                return signal;
            }
        }
        return null;
    }

    /** Runs the client library's callbacks on the thread that reads the socket: a reply wakes its caller without another hop. They never block. */
    private static final class OnTheSpot extends AbstractExecutorService implements ExecutorService {
        private volatile boolean shut;

        @Override
        public void execute(Runnable task) {
            task.run();
        }

        @Override
        public void shutdown() {
            shut = true;
        }

        @Override
        public List<Runnable> shutdownNow() {
            shut = true;
            return List.of();
        }

        @Override
        public boolean isShutdown() {
            return shut;
        }

        @Override
        public boolean isTerminated() {
            return shut;
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) {
            return true;
        }
    }
}
