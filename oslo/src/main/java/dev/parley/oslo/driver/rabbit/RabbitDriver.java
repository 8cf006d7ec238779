package dev.parley.oslo.driver.rabbit;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import dev.parley.Address;
import dev.parley.ConnectionLostException;
import dev.parley.RpcException;
import dev.parley.oslo.driver.Delivery;
import dev.parley.oslo.driver.Driver;
import dev.parley.oslo.driver.OutboundMessage;
import dev.parley.oslo.options.OsloOptions;
import dev.parley.oslo.topology.Queue;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** RabbitMQ, or what speaks like it: one connection for publishing and one for consuming, the latter from the first subscription on. Thread-safe. */
public final class RabbitDriver implements Driver {
    private final OsloOptions options;
    private final Publisher publisher;
    private final ReconnectingConnection publishing;
    private final ReconnectingConnection consuming;
    private final List<RabbitSubscription> subscriptions = new CopyOnWriteArrayList<>();

    /**
     * A driver.
     *
     * @param daemon whether its threads let the JVM end
     */
    public RabbitDriver(Address address, OsloOptions options, @Nullable SSLContext tls, boolean daemon) {
        this.options = options;
        Connector connector = new Connector(address, options, tls);
        publisher = new Publisher(options.compress());
        publishing = new ReconnectingConnection("publishing", true, connector, options.retry(), publisher);
        consuming = new ReconnectingConnection("consuming", daemon, connector, options.retry(), new Consumption());
    }

    private final class Consumption implements ReconnectingConnection.Tenant {
        @Override
        public void up(Connection connection) throws IOException, TimeoutException {
            for (RabbitSubscription subscription : subscriptions) {
                subscription.open(connection);
            }
        }

        @Override
        public void down(ShutdownSignalException cause) {
            // Each is opened anew on the connection to come.
        }

        @Override
        public void failed(RpcException error) {
            // Goes on until it is there.
        }
    }

    @Override
    public void connect() {
        publishing.open();
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
            Declarations.declare(connection, queue);
        } catch (IOException | TimeoutException | ShutdownSignalException e) {
            throw new ConnectionLostException("queue '" + queue.name() + "' cannot be declared: " + e.getMessage(), e);
        }
    }

    @Override
    public Subscription subscribe(List<Queue> queues, int prefetch, Receiver receiver) {
        return open(new RabbitSubscription(consuming, options, queues, prefetch, receiver, subscriptions::remove));
    }

    @Override
    public void receive(Queue own, Consumer<Delivery> handler) {
        int prefetch = Math.max(0, options.prefetch()); // What calls may run at once is no bound for replies.
        BatchAcknowledger receiver = new BatchAcknowledger(handler, prefetch);
        open(new RabbitSubscription(consuming, options, List.of(own), prefetch, receiver, subscriptions::remove));
    }

    private Subscription open(RabbitSubscription subscription) {
        // First, so that it comes with every connection from now on; one that did not know of it yet is the one at
        // hand.
        subscriptions.add(subscription);
        try {
            Connection connection = consuming.open();
            if (connection != null) {
                subscription.open(connection);
            }
        } catch (IOException | TimeoutException | ShutdownSignalException e) {
            subscription.abandon();
            ShutdownSignalException signal = Connector.signal(e);
            throw new ConnectionLostException(
                    "the broker refuses to let consume: " + (signal == null ? e.getMessage() : signal.getMessage()), e);
        } catch (RpcException e) {
            subscription.abandon();
            throw e;
        }
        return subscription;
    }

    @Override
    public void inOneGo(Runnable work) {
        BatchingFrameHandler.inOneGo(
                publishing.connection(), () -> BatchingFrameHandler.inOneGo(consuming.connection(), work));
    }

    @Override
    public void drain(Duration atMost) {
        publisher.drain(atMost);
    }

    @Override
    public void close() {
        consuming.close();
        publishing.close();
        publisher.close();
    }
}
