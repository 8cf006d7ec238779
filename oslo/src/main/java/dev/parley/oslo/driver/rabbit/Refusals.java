package dev.parley.oslo.driver.rabbit;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Method;
import com.rabbitmq.client.ShutdownSignalException;
import dev.parley.AccessDeniedException;
import dev.parley.DeliveryException;
import dev.parley.InvalidTargetException;
import dev.parley.OverloadedException;
import dev.parley.RpcException;
import org.jspecify.annotations.Nullable;

/**
 * What a broker means when it closes a channel or a connection that is being set up: a refusal for good, which is an
 * answer and becomes an error with the broker's words, or a failure that another attempt may overcome. Thread-safe.
 */
final class Refusals {
    /** RabbitMQ's name of the feature that a queue has which is neither durable nor exclusive. */
    static final String TRANSIENT_QUEUES = "transient_nonexcl_queues";

    private Refusals() {}

    /**
     * The error of a refusal for good.
     *
     * @param refused what was refused, for the message
     * @return {@code null} if the error is none: the connection broke, or another attempt may succeed
     */
    static @Nullable RpcException error(String refused, Throwable e) {
        ShutdownSignalException signal = Channels.shutdownSignal(e);
        Method reason = signal == null ? null : signal.getReason();
        return switch (reason) {
            case AMQP.Channel.Close close -> error(refused, close.getReplyCode(), close.getReplyText(), e);
            case AMQP.Connection.Close close -> error(refused, close.getReplyCode(), close.getReplyText(), e);
            case null, default -> null;
        };
    }

    private static @Nullable RpcException error(String refused, int code, String reply, Throwable e) {
        // RabbitMQ explains deprecated features in several lines.
        String words = reply.replaceAll("\\s+", " ");
        String text = "the broker refused " + refused + ": " + words + advice(words);
        return switch (code) {
            case AMQP.ACCESS_REFUSED -> new AccessDeniedException(text, e);
            // Many clients that connect again at once may reach a limit for a moment.
            case AMQP.NOT_ALLOWED ->
                words.contains("limit") ? new OverloadedException(text, e) : new InvalidTargetException(text, e);
            case AMQP.NOT_IMPLEMENTED, AMQP.PRECONDITION_FAILED -> new InvalidTargetException(text, e);
            case AMQP.INTERNAL_ERROR -> internalError(text, words, e);
            default -> null;
        };
    }

    private static @Nullable RpcException internalError(String text, String words, Throwable e) {
        if (words.contains("is deprecated")) {
            return new InvalidTargetException(text, e);
        }
        // A virtual host is down while its node starts.
        return words.endsWith("is down") ? null : new DeliveryException(text, e);
    }

    /** The option that helps, as the end of a message; empty if none does. */
    private static String advice(String words) {
        if (words.contains(TRANSIENT_QUEUES)) {
            return " (rabbit_quorum_queue=true makes topic queues durable,"
                    + " rabbit_transient_quorum_queue=true reply and fanout queues)";
        } else if (words.contains("invalid property 'auto-delete'")) {
            return " (quorum queues need amqp_auto_delete=false)";
        } else if (words.contains("x-cancel-on-ha-failover")) {
            return " (quorum queues need enable_cancel_on_failover=false)";
        }
        return "";
    }

    /** Whether the broker denies queues that are neither durable nor exclusive. */
    static boolean deniesTransientQueues(Throwable e) {
        ShutdownSignalException signal = Channels.shutdownSignal(e);
        return signal != null
                && signal.getReason() instanceof AMQP.Connection.Close close
                && close.getReplyCode() == AMQP.INTERNAL_ERROR
                && close.getReplyText().contains(TRANSIENT_QUEUES);
    }

    /** Whether this is the broker's answer, so that what waits for a connection would wait in vain. */
    static boolean isFinal(RpcException error) {
        return error instanceof AccessDeniedException
                || (error instanceof InvalidTargetException || error instanceof DeliveryException)
                        && Channels.shutdownSignal(error) != null;
    }
}
