package dev.parley.oslo.driver.rabbit;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import dev.parley.Address;
import dev.parley.ConnectionLostException;
import dev.parley.RpcException;
import dev.parley.oslo.driver.Delivery;
import dev.parley.oslo.driver.Driver;
import dev.parley.oslo.driver.OutboundMessage;
import dev.parley.oslo.driver.QueueState;
import dev.parley.oslo.options.OsloOptions;
import dev.parley.oslo.topology.Queue;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * The driver for RabbitMQ and compatible brokers: one connection for publishing, and one for consuming, which is opened
 * with the first subscription. Safe for use by any thread.
 */
public final class RabbitDriver implements Driver {
    private static final Set<String> DELAYING_BROKERS = Set.of("RabbitMQ", "LavinMQ");

    private final OsloOptions options;
    private final Connector connector;
    private final Declarations declarations;
    private final Publisher publisher;
    private final ReconnectingConnection publishing;
    private final ReconnectingConnection consuming;
    private final List<RabbitSubscription> subscriptions = new CopyOnWriteArrayList<>();

    /**
     * A driver, not started yet.
     *
     * @param tls the TLS context to use instead of the files that the options name
     * @param daemon whether its threads let the JVM exit
     * @throws dev.parley.InvalidTargetException if a TLS file cannot be used
     */
    public RabbitDriver(Address address, OsloOptions options, @Nullable SSLContext tls, boolean daemon) {
        this.options = options;
        connector = new Connector(address, options, tls);
        declarations = new Declarations(connector, options.topology());
        publisher = new Publisher(declarations, options.compression());
        publishing = new ReconnectingConnection("publishing", true, connector, options.reconnectBackoff(), publisher);
        consuming = new ReconnectingConnection(
                "consuming", daemon, connector, options.reconnectBackoff(), new Consuming(subscriptions, declarations));
    }

    private long retryPauseNanos() {
        OsloOptions current = connector.options();
        return current.consumerRetryPause().toNanos()
                + current.reconnectBackoff().splayNanos();
    }

    @Override
    public void reset(Address address) {
        OsloOptions current = OsloOptions.of(address);
        connector.reset(address, current);
        publishing.backoff(current.reconnectBackoff());
        consuming.backoff(current.reconnectBackoff());
    }

    /** Opens every subscription on each new connection. */
    private record Consuming(List<RabbitSubscription> subscriptions, Declarations declarations)
            implements ReconnectingConnection.Listener {
        @Override
        public void connected(Connection connection) throws IOException, TimeoutException {
            for (RabbitSubscription subscription : subscriptions) {
                subscription.open(connection);
            }
        }

        @Override
        public boolean isOvercome(Throwable error) {
            return declarations.learn(error);
        }

        @Override
        public void disconnected(ShutdownSignalException cause) {
            // Each subscription is opened again on the next connection.
        }

        @Override
        public void reconnectFailed(RpcException error) {
            // Reconnecting continues.
        }
    }

    @Override
    public void start() {
        if (options.waitForBroker()) {
            publishing.openLater();
        } else {
            publishing.open();
        }
    }

    @Override
    public boolean isReady() {
        return publishing.connection() != null && subscriptions.stream().allMatch(RabbitSubscription::isOpen);
    }

    @Override
    public void publish(OutboundMessage message) {
        publisher.publish(message);
    }

    @Override
    public void declare(Queue queue) {
        Connection connection = publishing.connection();
        if (connection == null) {
            throw new ConnectionLostException("no connection to declare queue '" + queue.name() + "' on");
        }
        try {
            declarations.declare(connection, queue);
        } catch (IOException | TimeoutException | ShutdownSignalException e) {
            throw new ConnectionLostException("failed to declare queue '" + queue.name() + "': " + e.getMessage(), e);
        }
    }

    @Override
    public QueueState look(String queue) {
        // A broker that has blocked publishing still responds on the other connection.
        Connection connection = consuming.connection() == null ? publishing.connection() : consuming.connection();
        if (connection == null) {
            throw new ConnectionLostException("no connection to ask about queue '" + queue + "' on");
        }
        try {
            return Declarations.look(connection, queue);
        } catch (IOException | ShutdownSignalException e) {
            throw new ConnectionLostException("the broker does not tell about queue '" + queue + "': " + e, e);
        }
    }

    @Override
    public @Nullable String obstacle() {
        return publisher.obstacle();
    }

    @Override
    public Subscription subscribe(List<Queue> queues, int prefetch, Receiver receiver) {
        RabbitSubscription subscription = new RabbitSubscription(
                consuming,
                declarations,
                options,
                this::retryPauseNanos,
                queues,
                prefetch,
                receiver,
                null,
                subscriptions::remove);
        if (options.waitForBroker() && consuming.connection() == null) {
            subscriptions.add(subscription);
            consuming.openLater();
            return subscription;
        }
        return open(subscription);
    }

    @Override
    public void receive(Queue own, Consumer<Delivery> handler, Runnable onDeleted) {
        int prefetch = Math.max(0, options.prefetch()); // The number of concurrent calls does not limit replies.
        if (options.waitForBroker()) {
            consuming.openLater(); // For which open waits.
        }
        BatchAcknowledger receiver = new BatchAcknowledger(handler, prefetch);
        open(new RabbitSubscription(
                consuming,
                declarations,
                options,
                this::retryPauseNanos,
                List.of(own),
                prefetch,
                receiver,
                onDeleted,
                subscriptions::remove));
    }

    private Subscription open(RabbitSubscription subscription) {
        // Added first, so that every connection from now on opens it; only the current one may have missed it.
        subscriptions.add(subscription);
        try {
            Connection connection = consuming.open();
            if (connection != null) {
                subscription.open(connection);
            }
        } catch (IOException | TimeoutException | ShutdownSignalException e) {
            subscription.abandon();
            ShutdownSignalException signal = Channels.shutdownSignal(e);
            throw new ConnectionLostException(
                    "the broker refused the consumer: " + (signal == null ? e.getMessage() : signal.getMessage()), e);
        } catch (RpcException e) {
            subscription.abandon();
            throw e;
        }
        return subscription;
    }

    @Override
    public boolean canDelay() {
        Connection connection = publishing.connection();
        Object product =
                connection == null ? null : connection.getServerProperties().get("product");
        // Other brokers ignore arguments that they do not know, so that the messages would stay there.
        return product != null && DELAYING_BROKERS.contains(product.toString());
    }

    @Override
    public void useTls(SSLContext context) {
        connector.useTls(context);
    }

    @Override
    public void batch(Runnable work) {
        BatchingFrameHandler.batch(
                publishing.connection(), () -> BatchingFrameHandler.batch(consuming.connection(), work));
    }

    @Override
    public void drain(Duration timeout) {
        publisher.drain(timeout);
    }

    @Override
    public void close() {
        consuming.close();
        publishing.close();
        publisher.close();
    }
}
