package dev.parley.broker.amqp;

import static dev.parley.broker.amqp.FieldTable.writeLongString;
import static dev.parley.broker.amqp.FieldTable.writeShortString;

import io.netty.buffer.ByteBuf;
import java.util.Map;

/**
 * Writes the methods and content frames that a broker sends, each as a whole frame. Stateless; the caller owns the
 * buffer.
 */
public final class MethodWriter {
    private static final byte FRAME_END = (byte) 0xce;

    private MethodWriter() {}

    private static int begin(ByteBuf out, int channel, AmqpMethod method) {
        out.writeByte(FrameDecoder.METHOD).writeShort(channel);
        int at = out.writerIndex();
        out.writeInt(0).writeShort(method.classId()).writeShort(method.methodId());
        return at;
    }

    private static void end(ByteBuf out, int at) {
        out.setInt(at, out.writerIndex() - at - 4);
        out.writeByte(FRAME_END);
    }

    /** Writes a method without arguments, such as most of those whose name ends in {@code -ok}. */
    public static void plain(ByteBuf out, int channel, AmqpMethod method) {
        end(out, begin(out, channel, method));
    }

    public static void connectionStart(ByteBuf out, Map<String, Object> serverProperties, String mechanisms) {
        int at = begin(out, 0, AmqpMethod.CONNECTION_START);
        out.writeByte(0).writeByte(9);
        FieldTable.write(out, serverProperties);
        writeLongString(out, mechanisms);
        writeLongString(out, "en_US");
        end(out, at);
    }

    public static void connectionTune(ByteBuf out, int channelMax, long frameMax, int heartbeat) {
        int at = begin(out, 0, AmqpMethod.CONNECTION_TUNE);
        out.writeShort(channelMax).writeInt((int) frameMax).writeShort(heartbeat);
        end(out, at);
    }

    public static void connectionOpenOk(ByteBuf out) {
        int at = begin(out, 0, AmqpMethod.CONNECTION_OPEN_OK);
        out.writeByte(0);
        end(out, at);
    }

    public static void connectionBlocked(ByteBuf out, String reason) {
        int at = begin(out, 0, AmqpMethod.CONNECTION_BLOCKED);
        writeShortString(out, reason);
        end(out, at);
    }

    /**
     * Writes connection.close if the channel is 0, otherwise channel.close.
     *
     * @param failedClass class id of the method that failed as the client sent it, known or not; 0 if there is none
     * @param failedMethod its method id
     */
    public static void close(ByteBuf out, int channel, int code, String text, int failedClass, int failedMethod) {
        int at = channel == 0
                ? begin(out, 0, AmqpMethod.CONNECTION_CLOSE)
                : begin(out, channel, AmqpMethod.CHANNEL_CLOSE);
        out.writeShort(code);
        writeShortString(out, text);
        out.writeShort(failedClass).writeShort(failedMethod);
        end(out, at);
    }

    public static void channelOpenOk(ByteBuf out, int channel) {
        int at = begin(out, channel, AmqpMethod.CHANNEL_OPEN_OK);
        out.writeInt(0);
        end(out, at);
    }

    public static void channelFlowOk(ByteBuf out, int channel, boolean active) {
        int at = begin(out, channel, AmqpMethod.CHANNEL_FLOW_OK);
        out.writeBoolean(active);
        end(out, at);
    }

    public static void queueDeclareOk(ByteBuf out, int channel, String queue, long messages, int consumers) {
        int at = begin(out, channel, AmqpMethod.QUEUE_DECLARE_OK);
        writeShortString(out, queue);
        out.writeInt((int) messages).writeInt(consumers);
        end(out, at);
    }

    /** Writes queue.purge-ok or queue.delete-ok, which have the same argument. */
    public static void queueCountOk(ByteBuf out, int channel, AmqpMethod method, long messages) {
        int at = begin(out, channel, method);
        out.writeInt((int) messages);
        end(out, at);
    }

    /** Writes basic.consume-ok or basic.cancel-ok, which have the same argument. */
    public static void consumerOk(ByteBuf out, int channel, AmqpMethod method, String consumerTag) {
        int at = begin(out, channel, method);
        writeShortString(out, consumerTag);
        end(out, at);
    }

    public static void basicCancel(ByteBuf out, int channel, String consumerTag) {
        int at = begin(out, channel, AmqpMethod.BASIC_CANCEL);
        writeShortString(out, consumerTag);
        out.writeBoolean(true);
        end(out, at);
    }

    public static void basicReturn(
            ByteBuf out, int channel, ReplyCode code, String text, String exchange, String routingKey) {
        int at = begin(out, channel, AmqpMethod.BASIC_RETURN);
        out.writeShort(code.code());
        writeShortString(out, text);
        writeShortString(out, exchange);
        writeShortString(out, routingKey);
        end(out, at);
    }

    public static void basicDeliver(
            ByteBuf out,
            int channel,
            String consumerTag,
            long deliveryTag,
            boolean redelivered,
            String exchange,
            String routingKey) {
        int at = begin(out, channel, AmqpMethod.BASIC_DELIVER);
        writeShortString(out, consumerTag);
        out.writeLong(deliveryTag).writeBoolean(redelivered);
        writeShortString(out, exchange);
        writeShortString(out, routingKey);
        end(out, at);
    }

    public static void basicGetOk(
            ByteBuf out,
            int channel,
            long deliveryTag,
            boolean redelivered,
            String exchange,
            String routingKey,
            long messages) {
        int at = begin(out, channel, AmqpMethod.BASIC_GET_OK);
        out.writeLong(deliveryTag).writeBoolean(redelivered);
        writeShortString(out, exchange);
        writeShortString(out, routingKey);
        out.writeInt((int) messages);
        end(out, at);
    }

    public static void basicGetEmpty(ByteBuf out, int channel) {
        int at = begin(out, channel, AmqpMethod.BASIC_GET_EMPTY);
        out.writeByte(0);
        end(out, at);
    }

    public static void basicAck(ByteBuf out, int channel, long deliveryTag, boolean multiple) {
        int at = begin(out, channel, AmqpMethod.BASIC_ACK);
        out.writeLong(deliveryTag).writeBoolean(multiple);
        end(out, at);
    }

    public static void basicNack(ByteBuf out, int channel, long deliveryTag) {
        int at = begin(out, channel, AmqpMethod.BASIC_NACK);
        out.writeLong(deliveryTag).writeByte(0);
        end(out, at);
    }

    /** Writes a content header frame. */
    public static void contentHeader(ByteBuf out, int channel, long bodySize, ContentHeader header) {
        byte[] octets = header.octets();
        out.writeByte(FrameDecoder.HEADER).writeShort(channel).writeInt(12 + octets.length);
        out.writeShort(AmqpClass.BASIC.id()).writeShort(0).writeLong(bodySize).writeBytes(octets);
        out.writeByte(FRAME_END);
    }

    /** Writes what precedes the payload of a body frame. */
    public static void bodyStart(ByteBuf out, int channel, int size) {
        out.writeByte(FrameDecoder.BODY).writeShort(channel).writeInt(size);
    }

    /** Writes what follows the payload of any frame. */
    public static void frameEnd(ByteBuf out) {
        out.writeByte(FRAME_END);
    }

    public static void heartbeat(ByteBuf out) {
        out.writeByte(FrameDecoder.HEARTBEAT).writeShort(0).writeInt(0).writeByte(FRAME_END);
    }
}
