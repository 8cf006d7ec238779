package dev.parley.oslo.driver.rabbit;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import dev.parley.oslo.driver.QueueState;
import dev.parley.oslo.topology.Exchange;
import dev.parley.oslo.topology.Queue;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
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
 */
final class Declarations {
    private static final Logger log = LoggerFactory.getLogger(Declarations.class);
    private static final Set<String> WARNED = ConcurrentHashMap.newKeySet();
    private static final Pattern DIFFERING_ATTRIBUTE = Pattern.compile("inequivalent arg '([^']*)'");
    private static final int MAX_ATTEMPTS = 5;

    private Declarations() {}

    private interface Declaration {
        void on(Channel channel) throws IOException;
    }

    /** Declares an exchange. */
    static void declare(Connection connection, Exchange exchange) throws IOException, TimeoutException {
        declareExchange(connection, exchange);
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
     */
    static void declare(Connection connection, Queue wanted) throws IOException, TimeoutException {
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

    private static void declareOnce(Connection connection, Queue wanted) throws IOException, TimeoutException {
        boolean nonDurable = "durable".equals(declareExchange(connection, wanted.exchange()))
                && wanted.exchange().durable();
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
