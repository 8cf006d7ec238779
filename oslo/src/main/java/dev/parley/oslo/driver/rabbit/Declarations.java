package dev.parley.oslo.driver.rabbit;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import dev.parley.RpcException;
import dev.parley.oslo.driver.QueueState;
import dev.parley.oslo.topology.Exchange;
import dev.parley.oslo.topology.Queue;
import dev.parley.oslo.topology.Topology;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Declares exchanges and queues. Each declaration has a channel of its own: if an exchange or queue of that name exists
 * with other attributes, the broker responds with 406 and closes the channel; then the existing one is used, with a
 * warning. Safe for use by any thread that may block.
 *
 * <p>A queue on an exchange that should be durable but is not is declared not durable either, as oslo.messaging does
 * ({@code _declare_fallback_nondurable}): its servers could not share the queue otherwise.
 *
 * <p>RabbitMQ 4.3 denies queues that are neither durable nor exclusive, unless it is configured otherwise; where that
 * is so, queues and exchanges are declared as {@link Topology#toDurable(Queue)} says. Brokers from 4.3 on are asked
 * first, on a connection of its own, since a denial closes the connection, and an exchange that is not durable would
 * stay for others who declare it durable. Older ones can be configured to deny too: their denial closes the connection
 * in use, and the next one knows.
 */
final class Declarations {
    private static final Logger log = LoggerFactory.getLogger(Declarations.class);
    private static final Set<String> WARNED = ConcurrentHashMap.newKeySet();
    private static final Pattern DIFFERING_ATTRIBUTE = Pattern.compile("inequivalent arg '([^']*)'");
    private static final int MAX_ATTEMPTS = 5;
    /** RabbitMQ's version from which a broker is asked whether it permits transient queues. */
    private static final Version ASKED_FROM = new Version(4, 3);

    private static final int PROBE_EXPIRES_MILLIS = 10_000;
    private static final int CLOSE_MILLIS = 5_000;

    private final Connector connector;
    private final Topology topology;
    private final ReentrantLock asking = new ReentrantLock();
    private volatile boolean asked;
    private volatile boolean denied;

    /** Declarations on one broker, to which the connector connects. */
    Declarations(Connector connector, Topology topology) {
        this.connector = connector;
        this.topology = topology;
    }

    /** The version of a broker. */
    private record Version(int major, int minor) {
        private static final Pattern START = Pattern.compile("(\\d{1,4})\\.(\\d{1,4}).*");

        boolean isReachedBy(Connection connection) {
            Map<String, Object> server = connection.getServerProperties();
            Matcher version = START.matcher(String.valueOf(server.get("version")));
            if (!"RabbitMQ".equals(String.valueOf(server.get("product"))) || !version.matches()) {
                return false;
            }
            int theirs = Integer.parseInt(version.group(1));
            return theirs > major || theirs == major && Integer.parseInt(version.group(2)) >= minor;
        }
    }

    private interface Declaration {
        void on(Channel channel) throws IOException;
    }

    /**
     * Remembers if the broker has closed a connection because it denies transient queues. Returns whether that is so:
     * then another attempt succeeds.
     */
    boolean learn(Throwable error) {
        if (!Refusals.deniesTransientQueues(error)) {
            return false;
        }
        denied = true;
        if (WARNED.add(Refusals.TRANSIENT_QUEUES)) {
            log.info(
                    "the broker denies queues that are neither durable nor exclusive ({}): exchanges are durable and"
                            + " queues are quorum queues instead, as with rabbit_quorum_queue=true and"
                            + " rabbit_transient_quorum_queue=true, which peers in Python need there",
                    Refusals.TRANSIENT_QUEUES);
        }
        return true;
    }

    /** Whether the broker is known to deny transient queues; asks it if it may and has not been asked. Blocks. */
    private boolean denies(Connection connection) {
        if (denied || asked || !ASKED_FROM.isReachedBy(connection)) {
            return denied;
        }
        asking.lock();
        try {
            if (!asked) {
                ask();
                asked = true;
            }
        } finally {
            asking.unlock();
        }
        return denied;
    }

    private void ask() {
        Connection probe;
        try {
            probe = connector.connect("asking", true).connection();
        } catch (RpcException e) {
            log.debug("failed to ask the broker about transient queues", e);
            return;
        }
        String queue = "parley_probe_" + UUID.randomUUID();
        try {
            Channel channel = Channels.open(probe);
            channel.queueDeclare(queue, false, false, false, Map.of("x-expires", PROBE_EXPIRES_MILLIS));
            channel.queueDelete(queue);
        } catch (IOException | ShutdownSignalException e) {
            if (!learn(e)) {
                // It may be that the user may not declare a queue of that name.
                log.debug("failed to ask the broker about transient queues", e);
            }
        } finally {
            Channels.abort(probe, CLOSE_MILLIS);
        }
    }

    /**
     * Declares an exchange.
     *
     * @throws RpcException if the broker refuses it for good
     */
    void declare(Connection connection, Exchange exchange) throws IOException, TimeoutException {
        declareExchange(
                connection, exchange.durable() || !denies(connection) ? exchange : topology.toDurable(exchange));
    }

    /** Declares an exchange; returns the attribute in which an existing one differs, {@code null} if there is none. */
    private static @Nullable String declareExchange(Connection connection, Exchange exchange)
            throws IOException, TimeoutException {
        return exchange.isDefault()
                ? null
                : attempt(
                        connection,
                        "exchange '" + exchange.name() + "'",
                        channel -> channel.exchangeDeclare(
                                exchange.name(), exchange.type(), exchange.durable(), exchange.autoDelete(), null));
    }

    /** What the broker says about a queue. */
    static QueueState look(Connection connection, String queue) throws IOException {
        Channel channel = Channels.open(connection);
        try {
            AMQP.Queue.DeclareOk state = channel.queueDeclarePassive(queue);
            return new QueueState(true, state.getMessageCount(), state.getConsumerCount());
        } catch (IOException | ShutdownSignalException e) {
            if (refusal(e, AMQP.NOT_FOUND) == null) {
                throw e;
            }
            return QueueState.MISSING;
        } finally {
            Channels.closeQuietly(channel);
        }
    }

    /**
     * Declares a queue: its exchange first and its bindings last, as oslo.messaging does. Starts again, a few times, if
     * one of them is deleted in between: an auto-delete exchange is deleted with its last queue, which may belong to a
     * server that is just stopping.
     *
     * @throws RpcException if the broker refuses it for good
     */
    void declare(Connection connection, Queue wanted) throws IOException, TimeoutException {
        for (int left = MAX_ATTEMPTS - 1; ; left--) {
            try {
                declareOnce(connection, wanted);
                return;
            } catch (IOException | ShutdownSignalException e) {
                if (left == 0 || refusal(e, AMQP.NOT_FOUND) == null) {
                    throw e;
                }
            }
        }
    }

    private void declareOnce(Connection connection, Queue asConfigured) throws IOException, TimeoutException {
        boolean permanent = asConfigured.durable() && asConfigured.exchange().durable();
        Queue wanted = !permanent && denies(connection) ? topology.toDurable(asConfigured) : asConfigured;
        boolean nonDurable = "durable".equals(declareExchange(connection, wanted.exchange()))
                && wanted.exchange().durable()
                && !denies(connection);
        Queue queue = nonDurable ? wanted.nonDurable() : wanted;
        attempt(
                connection,
                "queue '" + queue.name() + "'",
                channel -> channel.queueDeclare(
                        queue.name(), queue.durable(), false, queue.autoDelete(), queue.arguments()));
        if (!queue.exchange().isDefault()) {
            for (String key : queue.keys()) {
                attempt(
                        connection,
                        "binding of queue '" + queue.name() + "'",
                        channel ->
                                channel.queueBind(queue.name(), queue.exchange().name(), key));
            }
        }
    }

    private static @Nullable String attempt(Connection connection, String what, Declaration declaration)
            throws IOException, TimeoutException {
        Channel channel = Channels.open(connection);
        try {
            declaration.on(channel);
            return null;
        } catch (IOException | ShutdownSignalException e) {
            // Other texts with this code mean that the attributes are invalid, and that nothing of that name exists.
            String refusal = refusal(e, AMQP.PRECONDITION_FAILED);
            Matcher differs = DIFFERING_ATTRIBUTE.matcher(refusal == null ? "" : refusal);
            if (differs.find()) {
                if (WARNED.add(what)) {
                    log.warn("{} exists with other attributes and is used anyway: {}", what, refusal);
                }
                return differs.group(1);
            }
            RpcException error = Refusals.error(what, e);
            if (error != null) {
                throw error;
            }
            throw e;
        } finally {
            Channels.closeQuietly(channel);
        }
    }

    /** The broker's reply text if it closed the channel with this code, otherwise {@code null}. */
    private static @Nullable String refusal(Exception e, int code) {
        ShutdownSignalException signal = Channels.shutdownSignal(e);
        return signal != null && signal.getReason() instanceof AMQP.Channel.Close close && close.getReplyCode() == code
                ? close.getReplyText()
                : null;
    }
}
