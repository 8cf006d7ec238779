package dev.parley.broker.amqp;

import static dev.parley.broker.amqp.FieldTable.writeLongString;
import static dev.parley.broker.amqp.FieldTable.writeShortString;

import io.netty.buffer.ByteBuf;
import java.util.Map;

/** Writes the methods a broker sends, each as a whole frame. */
public final class MethodWriter {
    private static final byte FRAME_END = (byte) 0xce;

    private MethodWriter() {}

    private static int begin(ByteBuf out, int channel, int classId, int methodId) {
        out.writeByte(FrameDecoder.METHOD).writeShort(channel);
        int at = out.writerIndex();
        out.writeInt(0).writeShort(classId).writeShort(methodId);
        return at;
    }

    private static void end(ByteBuf out, int at) {
        out.setInt(at, out.writerIndex() - at - 4);
        out.writeByte(FRAME_END);
    }

    /** A method without arguments, such as most of those that end in "-ok". */
    public static void plain(ByteBuf out, int channel, int classId, int methodId) {
        end(out, begin(out, channel, classId, methodId));
    }

    public static void connectionStart(ByteBuf out, Map<String, Object> serverProperties, String mechanisms) {
        int at = begin(out, 0, 10, 10);
        out.writeByte(0).writeByte(9);
        FieldTable.write(out, serverProperties);
        writeLongString(out, mechanisms);
        writeLongString(out, "en_US");
        end(out, at);
    }

    public static void connectionTune(ByteBuf out, int channelMax, long frameMax, int heartbeat) {
        int at = begin(out, 0, 10, 30);
        out.writeShort(channelMax).writeInt((int) frameMax).writeShort(heartbeat);
        end(out, at);
    }

    public static void connectionOpenOk(ByteBuf out) {
        int at = begin(out, 0, 10, 41);
        out.writeByte(0);
        end(out, at);
    }

    public static void connectionBlocked(ByteBuf out, String reason) {
        int at = begin(out, 0, 10, 60);
        writeShortString(out, reason);
        end(out, at);
    }

    /** connection.close on channel 0, else channel.close. */
    public static void close(ByteBuf out, int channel, int code, String text, int failedClass, int failedMethod) {
        int at = channel == 0 ? begin(out, 0, 10, 50) : begin(out, channel, 20, 40);
        out.writeShort(code);
        writeShortString(out, text);
        out.writeShort(failedClass).writeShort(failedMethod);
        end(out, at);
    }

    public static void channelOpenOk(ByteBuf out, int channel) {
        int at = begin(out, channel, 20, 11);
        out.writeInt(0);
        end(out, at);
    }

    public static void channelFlowOk(ByteBuf out, int channel, boolean active) {
        int at = begin(out, channel, 20, 21);
        out.writeBoolean(active);
        end(out, at);
    }

    public static void queueDeclareOk(ByteBuf out, int channel, String queue, long messages, int consumers) {
        int at = begin(out, channel, 50, 11);
        writeShortString(out, queue);
        out.writeInt((int) messages).writeInt(consumers);
        end(out, at);
    }

    /** queue.purge-ok (31) or queue.delete-ok (41). */
    public static void queueCountOk(ByteBuf out, int channel, int methodId, long messages) {
        int at = begin(out, channel, 50, methodId);
        out.writeInt((int) messages);
        end(out, at);
    }

    /** basic.consume-ok (21) or basic.cancel-ok (31). */
    public static void consumerOk(ByteBuf out, int channel, int methodId, String consumerTag) {
        int at = begin(out, channel, 60, methodId);
        writeShortString(out, consumerTag);
        end(out, at);
    }

    public static void basicCancel(ByteBuf out, int channel, String consumerTag) {
        int at = begin(out, channel, 60, 30);
        writeShortString(out, consumerTag);
        out.writeBoolean(true);
        end(out, at);
    }

    public static void basicReturn(
            ByteBuf out, int channel, ReplyCode code, String text, String exchange, String routingKey) {
        int at = begin(out, channel, 60, 50);
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
        int at = begin(out, channel, 60, 60);
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
        int at = begin(out, channel, 60, 71);
        out.writeLong(deliveryTag).writeBoolean(redelivered);
        writeShortString(out, exchange);
        writeShortString(out, routingKey);
        out.writeInt((int) messages);
        end(out, at);
    }

    public static void basicGetEmpty(ByteBuf out, int channel) {
        int at = begin(out, channel, 60, 72);
        out.writeByte(0);
        end(out, at);
    }

    public static void basicAck(ByteBuf out, int channel, long deliveryTag, boolean multiple) {
        int at = begin(out, channel, 60, 80);
        out.writeLong(deliveryTag).writeBoolean(multiple);
        end(out, at);
    }

    public static void basicNack(ByteBuf out, int channel, long deliveryTag) {
        int at = begin(out, channel, 60, 120);
        out.writeLong(deliveryTag).writeByte(0);
        end(out, at);
    }

    /** A content header frame. */
    public static void contentHeader(ByteBuf out, int channel, long bodySize, ContentHeader header) {
        byte[] octets = header.octets();
        out.writeByte(FrameDecoder.HEADER).writeShort(channel).writeInt(12 + octets.length);
        out.writeShort(60).writeShort(0).writeLong(bodySize).writeBytes(octets);
        out.writeByte(FRAME_END);
    }

    /** What comes before the octets of a body frame. */
    public static void bodyStart(ByteBuf out, int channel, int size) {
        out.writeByte(FrameDecoder.BODY).writeShort(channel).writeInt(size);
    }

    /** What comes after the payload of any frame. */
    public static void frameEnd(ByteBuf out) {
        out.writeByte(FRAME_END);
    }

    public static void heartbeat(ByteBuf out) {
        out.writeByte(FrameDecoder.HEARTBEAT).writeShort(0).writeInt(0).writeByte(FRAME_END);
    }
}
