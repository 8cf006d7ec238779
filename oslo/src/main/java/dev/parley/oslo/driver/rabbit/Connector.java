package dev.parley.oslo.driver.rabbit;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AuthenticationFailureException;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.DefaultSaslConfig;
import com.rabbitmq.client.PossibleAuthenticationFailureException;
import com.rabbitmq.client.ShutdownSignalException;
import com.rabbitmq.client.impl.AMQConnection;
import com.rabbitmq.client.impl.CRDemoMechanism;
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
import java.util.Set;
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

/**
 * Opens connections to the hosts of a transport URL. The hosts are shuffled once; each attempt starts with the host in
 * use and tries each host once. Safe for use by any thread.
 */
final class Connector {
    private static final Logger log = LoggerFactory.getLogger(Connector.class);
    private static final int DEFAULT_PORT = 5672;
    private static final int CONNECT_MILLIS = 10_000;
    private static final Address.Host LOCAL = new Address.Host("localhost", DEFAULT_PORT, null, null);

    private final String virtualHost;
    private volatile @Nullable SSLContext tlsContext;
    private final AtomicInteger next = new AtomicInteger();
    private volatile List<Address.Host> hosts;
    private volatile OsloOptions options;

    /**
     * A connector.
     *
     * @param tlsContext the TLS context to use instead of the files that the options name
     * @throws InvalidTargetException if a TLS file cannot be used
     */
    Connector(Address address, OsloOptions options, @Nullable SSLContext tlsContext) {
        this.hosts = shuffled(address);
        this.virtualHost = VirtualHost.of(address.path());
        this.options = options;
        this.tlsContext = tlsContext;
        // Fails early if something is wrong with the files.
        tls(options);
    }

    /** As oslo.messaging does, so that many clients with the same configuration spread over the cluster. */
    private static List<Address.Host> shuffled(Address address) {
        List<Address.Host> all = new ArrayList<>(address.hosts().isEmpty() ? List.of(LOCAL) : address.hosts());
        Collections.shuffle(all);
        return List.copyOf(all);
    }

    /**
     * Connects to other hosts, or in another way, from now on. The virtual host stays.
     *
     * @throws InvalidTargetException if a TLS file cannot be used; nothing changes then
     */
    void reset(Address address, OsloOptions current) {
        tls(current);
        options = current;
        if (!Set.copyOf(address.hosts()).equals(Set.copyOf(hosts))) {
            hosts = shuffled(address);
        }
    }

    /** The options now. */
    OsloOptions options() {
        return options;
    }

    /**
     * The TLS context, {@code null} for plain TCP. The files are read each time, since certificates are renewed while a
     * process runs.
     */
    private @Nullable SSLContext tls(OsloOptions current) {
        OsloOptions.Tls files = current.tls();
        SSLContext context = tlsContext;
        return files == null ? null : context == null ? PemFiles.context(files) : context;
    }

    /** Uses this TLS context for new connections. */
    void useTls(SSLContext context) {
        tlsContext = context;
    }

    /** A connection and the index of its host. */
    record Connected(Connection connection, int host) {}

    /**
     * A host closed its connection or does not work: the next attempt starts with the host after it, unless another
     * connection has moved on already.
     */
    void leave(int host) {
        next.compareAndSet(host, (host + 1) % hosts.size());
    }

    /**
     * Tries each host once.
     *
     * @param purpose for the log and the names of threads
     * @param daemon whether the connection's thread lets the JVM exit
     * @throws RpcException the error of the last host
     */
    Connected connect(String purpose, boolean daemon) {
        RpcException last = null;
        List<Address.Host> all = hosts;
        int first = options.failoverStrategy() == OsloOptions.FailoverStrategy.SHUFFLE
                ? ThreadLocalRandom.current().nextInt(all.size())
                : next.get();
        for (int i = 0; i < all.size(); i++) {
            int index = Math.floorMod(first + i, all.size());
            Address.Host host = all.get(index);
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
        OsloOptions current = options;
        ConnectionFactory factory = new BatchingConnectionFactory();
        factory.useBlockingIo();
        factory.setAutomaticRecoveryEnabled(false);
        factory.setTopologyRecoveryEnabled(false);
        factory.setVirtualHost(virtualHost);
        factory.setUsername(host.user() == null || host.user().isEmpty() ? "guest" : host.user());
        factory.setPassword(host.password() == null || host.password().isEmpty() ? "guest" : host.password());
        factory.setSaslConfig(
                switch (current.loginMethod()) {
                    case AMQPLAIN -> mechanisms -> new AmqPlain();
                    case PLAIN -> DefaultSaslConfig.PLAIN;
                    case EXTERNAL -> DefaultSaslConfig.EXTERNAL;
                    case RABBIT_CR_DEMO -> mechanisms -> new CRDemoMechanism();
                });
        factory.setRequestedHeartbeat((int) current.heartbeat().toSeconds());
        factory.setConnectionTimeout(CONNECT_MILLIS);
        factory.setHandshakeTimeout(CONNECT_MILLIS);
        factory.setChannelRpcTimeout(3 * CONNECT_MILLIS);
        factory.setShutdownTimeout(CONNECT_MILLIS);
        // Messages that are too large are rejected one by one; a limit here would close the connection at every
        // redelivery.
        factory.setMaxInboundMessageBodySize(Integer.MAX_VALUE);
        String name = "parley:" + ProcessHandle.current().pid() + ":" + UUID.randomUUID();
        factory.setClientProperties(properties(name));
        factory.setExceptionHandler(new ForgivingExceptionHandler() {
            @Override
            public void handleUnexpectedConnectionDriverException(Connection connection, Throwable exception) {
                // ReconnectingConnection logs that the connection is lost.
                log.debug("the connection for {} failed", purpose, exception);
            }
        });
        AtomicInteger threads = new AtomicInteger();
        factory.setThreadFactory(task -> Thread.ofPlatform()
                .name("parley-amqp-" + purpose + (threads.incrementAndGet() > 1 ? "-" + threads : ""))
                .daemon(daemon)
                .unstarted(task));
        SSLContext tls = tls(current);
        if (tls != null) {
            OsloOptions.Tls files = current.tls();
            if (files == null || files.verifyHost()) {
                factory.useSslProtocol(tls);
                factory.enableHostnameVerification();
            } else {
                // useSslProtocol would verify the host name in any case.
                factory.setSocketFactory(tls.getSocketFactory());
            }
        }
        int port = host.port() <= 0 ? DEFAULT_PORT : host.port();
        String where = host.name().isEmpty() ? "localhost" : host.name();
        return factory.newConnection(new DirectExecutor(), List.of(new com.rabbitmq.client.Address(where, port)), name);
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
                    "the broker" + at + " refused the login of user '" + (host.user() == null ? "guest" : host.user())
                            + "': " + e.getMessage(),
                    e);
        }
        if (e instanceof PossibleAuthenticationFailureException) {
            // All that old brokers do when the password is wrong; a broker that is shutting down does the same.
            return new ConnectionLostException(
                    "the broker" + at + " closed the connection during the login of user '"
                            + (host.user() == null ? "guest" : host.user()) + "'",
                    e);
        }
        ShutdownSignalException signal = Channels.shutdownSignal(e);
        if (signal != null && signal.getReason() instanceof AMQP.Connection.Close close) {
            RpcException refusal = Refusals.error("the connection" + at, e);
            return refusal != null
                    ? refusal
                    : new ConnectionLostException(
                            "the broker refused the connection" + at + ": " + close.getReplyText(), e);
        } else if (e instanceof RpcException rpc) {
            return rpc;
        }
        return new ConnectionLostException(
                "failed to connect to the broker" + at + ": "
                        + (e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage()),
                e);
    }

    /**
     * Runs the callbacks of the client library on the thread that reads the socket, so that a reply wakes its caller
     * without a switch of threads. They must not block.
     */
    private static final class DirectExecutor extends AbstractExecutorService implements ExecutorService {
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
