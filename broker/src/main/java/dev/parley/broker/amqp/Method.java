package dev.parley.broker.amqp;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A method that a client sends, with its arguments. What the broker sends is written by {@link MethodWriter}.
 * Immutable, except that the octets of a buffer are not copied.
 */
public sealed interface Method {
    record ConnectionStartOk(
            Map<String, @Nullable Object> clientProperties, String mechanism, ByteBuffer response, String locale)
            implements Method {}

    record ConnectionSecureOk(ByteBuffer response) implements Method {}

    record ConnectionTuneOk(int channelMax, long frameMax, int heartbeat) implements Method {}

    record ConnectionOpen(String virtualHost) implements Method {}

    record ConnectionClose(int code, String text) implements Method {}

    record ConnectionCloseOk() implements Method {}

    record ConnectionUpdateSecret(ByteBuffer secret, String reason) implements Method {}

    record ChannelOpen() implements Method {}

    record ChannelFlow(boolean active) implements Method {}

    record ChannelFlowOk(boolean active) implements Method {}

    record ChannelClose(int code, String text) implements Method {}

    record ChannelCloseOk() implements Method {}

    record ExchangeDeclare(
            String exchange,
            String type,
            boolean passive,
            boolean durable,
            boolean autoDelete,
            boolean internal,
            boolean noWait,
            Map<String, @Nullable Object> arguments)
            implements Method {}

    record ExchangeDelete(String exchange, boolean ifUnused, boolean noWait) implements Method {}

    record ExchangeBind(
            String destination,
            String source,
            String routingKey,
            boolean noWait,
            Map<String, @Nullable Object> arguments)
            implements Method {}

    record ExchangeUnbind(
            String destination,
            String source,
            String routingKey,
            boolean noWait,
            Map<String, @Nullable Object> arguments)
            implements Method {}

    record QueueDeclare(
            String queue,
            boolean passive,
            boolean durable,
            boolean exclusive,
            boolean autoDelete,
            boolean noWait,
            Map<String, @Nullable Object> arguments)
            implements Method {}

    record QueueBind(
            String queue, String exchange, String routingKey, boolean noWait, Map<String, @Nullable Object> arguments)
            implements Method {}

    record QueueUnbind(String queue, String exchange, String routingKey, Map<String, @Nullable Object> arguments)
            implements Method {}

    record QueuePurge(String queue, boolean noWait) implements Method {}

    record QueueDelete(String queue, boolean ifUnused, boolean ifEmpty, boolean noWait) implements Method {}

    record BasicQos(long prefetchSize, int prefetchCount, boolean global) implements Method {}

    record BasicConsume(
            String queue,
            String consumerTag,
            boolean noLocal,
            boolean noAck,
            boolean exclusive,
            boolean noWait,
            Map<String, @Nullable Object> arguments)
            implements Method {}

    record BasicCancel(String consumerTag, boolean noWait) implements Method {}

    record BasicCancelOk(String consumerTag) implements Method {}

    record BasicPublish(String exchange, String routingKey, boolean mandatory, boolean immediate) implements Method {}

    record BasicGet(String queue, boolean noAck) implements Method {}

    record BasicAck(long deliveryTag, boolean multiple) implements Method {}

    record BasicReject(long deliveryTag, boolean requeue) implements Method {}

    record BasicNack(long deliveryTag, boolean multiple, boolean requeue) implements Method {}

    record BasicRecover(boolean requeue, boolean hasResponse) implements Method {}

    record ConfirmSelect(boolean noWait) implements Method {}

    record TxSelect() implements Method {}

    record TxCommit() implements Method {}

    record TxRollback() implements Method {}

    /**
     * Reads the arguments of a method.
     *
     * @throws AmqpException with {@link ReplyCode#FRAME_ERROR} if they are malformed, with
     *     {@link ReplyCode#COMMAND_INVALID} if only a broker sends this method
     */
    static Method read(AmqpMethod method, ByteBuf in) {
        int start = in.readerIndex();
        try {
            return MethodReader.read(method, in);
        } catch (IndexOutOfBoundsException e) {
            throw AmqpException.undecodable(in, start);
        }
    }
}
