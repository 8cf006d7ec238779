package dev.parley.oslo.driver.rabbit;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
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
 * Declares exchanges and queues. Where one of that name exists with other attributes, the broker answers 406 and closes the channel; then what exists is used as
 * it is, and said so once. So each declaration has a channel to lose.
 *
 * <p>Queues on an exchange that should be durable and is not are not durable either, as oslo.messaging has it ({@code _declare_fallback_nondurable}): its servers
 * could not share them otherwise.
 */
final class Declarations {
    private static final Logger log = LoggerFactory.getLogger(Declarations.class);
    private static final Set<String> TOLD = ConcurrentHashMap.newKeySet();
    private static final Pattern DIFFERS = Pattern.compile("inequivalent arg '([^']*)'");
    private static final int TRIES = 5;

    private Declarations() {}

    private interface Step {
        void on(Channel channel) throws IOException;
    }

    static void declare(Connection connection, Exchange exchange) throws IOException, TimeoutException {
        declared(connection, exchange);
    }

    /** Declares an exchange, and tells in which attribute the one that exists differs; {@code null} for none. */
    private static @Nullable String declared(Connection connection, Exchange exchange)
            throws IOException, TimeoutException {
        return exchange.isDefault()
                ? null
                : attempt(
                        connection,
                        "exchange '" + exchange.name() + "'",
                        channel -> channel.exchangeDeclare(
                                exchange.name(), exchange.type(), exchange.durable(), exchange.autoDelete(), null));
    }

    /**
     * With its exchange first and its binding last, as the peer does. Anew, a few times, if one of them is gone in between: an auto-delete exchange goes with its
     * last queue, which may be that of a server that stops just now.
     */
    static void declare(Connection connection, Queue wanted) throws IOException, TimeoutException {
        for (int left = TRIES - 1; ; left--) {
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
        boolean passing = "durable".equals(declared(connection, wanted.exchange()))
                && wanted.exchange().durable();
        Queue queue = passing ? wanted.passing() : wanted;
        attempt(
                connection,
                "queue '" + queue.name() + "'",
                channel -> channel.queueDeclare(
                        queue.name(), queue.durable(), false, queue.autoDelete(), queue.arguments()));
        if (!queue.exchange().isDefault()) {
            attempt(
                    connection,
                    "binding of queue '" + queue.name() + "'",
                    channel -> channel.queueBind(queue.name(), queue.exchange().name(), queue.key()));
        }
    }

    private static @Nullable String attempt(Connection connection, String what, Step step)
            throws IOException, TimeoutException {
        Channel channel = connection.createChannel();
        if (channel == null) {
            throw new IOException("the broker allows no more channels");
        }
        try {
            step.on(channel);
            return null;
        } catch (IOException | ShutdownSignalException e) {
            // Other texts with this code mean that attributes do not go together, and that nothing exists.
            String refusal = refusal(e, AMQP.PRECONDITION_FAILED);
            Matcher differs = DIFFERS.matcher(refusal == null ? "" : refusal);
            if (differs.find()) {
                if (TOLD.add(what)) {
                    log.warn("{} exists with other attributes and is used as it is: {}", what, refusal);
                }
                return differs.group(1);
            }
            throw e;
        } finally {
            PublishQueue.quietly(channel);
        }
    }

    /** The broker's words, if it closed the channel with this code. */
    private static @Nullable String refusal(Exception e, int code) {
        ShutdownSignalException signal = Connector.signal(e);
        return signal != null && signal.getReason() instanceof AMQP.Channel.Close close && close.getReplyCode() == code
                ? close.getReplyText()
                : null;
    }
}
