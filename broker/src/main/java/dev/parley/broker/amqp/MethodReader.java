package dev.parley.broker.amqp;

import dev.parley.broker.amqp.Method.*;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;

/** Arguments to records, method by method, in the order of the specification. */
final class MethodReader {
    private MethodReader() {}

    static Method read(int classId, int methodId, ByteBuf in) {
        return switch (classId) {
            case 10 -> connection(methodId, in);
            case 20 -> channel(methodId, in);
            case 40 -> exchange(methodId, in);
            case 50 -> queue(methodId, in);
            case 60 -> basic(methodId, in);
            case 85 -> methodId == 10 ? new ConfirmSelect(in.readBoolean()) : unknown(classId, methodId);
            case 90 ->
                switch (methodId) {
                    case 10 -> new TxSelect();
                    case 20 -> new TxCommit();
                    case 30 -> new TxRollback();
                    default -> unknown(classId, methodId);
                };
            default -> unknown(classId, methodId);
        };
    }

    private static Method connection(int methodId, ByteBuf in) {
        return switch (methodId) {
            case 11 -> {
                var properties = FieldTable.read(in);
                String mechanism = string(in);
                ByteBuffer response = octets(in);
                yield new ConnectionStartOk(properties, mechanism, response, string(in));
            }
            case 21 -> new ConnectionSecureOk(octets(in));
            case 31 -> {
                int channelMax = in.readUnsignedShort();
                long frameMax = in.readUnsignedInt();
                yield new ConnectionTuneOk(channelMax, frameMax, in.readUnsignedShort());
            }
            case 40 -> new ConnectionOpen(string(in));
            case 50 -> {
                int code = in.readUnsignedShort();
                yield new ConnectionClose(code, string(in));
            }
            case 51 -> new ConnectionCloseOk();
            case 70 -> {
                ByteBuffer secret = octets(in);
                yield new ConnectionUpdateSecret(secret, string(in));
            }
            default -> unknown(10, methodId);
        };
    }

    private static Method channel(int methodId, ByteBuf in) {
        return switch (methodId) {
            case 10 -> new ChannelOpen();
            case 20 -> new ChannelFlow(in.readBoolean());
            case 21 -> new ChannelFlowOk(in.readBoolean());
            case 40 -> {
                int code = in.readUnsignedShort();
                yield new ChannelClose(code, string(in));
            }
            case 41 -> new ChannelCloseOk();
            default -> unknown(20, methodId);
        };
    }

    private static Method exchange(int methodId, ByteBuf in) {
        in.skipBytes(2);
        return switch (methodId) {
            case 10 -> {
                String exchange = string(in);
                String type = string(in);
                int bits = in.readByte();
                yield new ExchangeDeclare(
                        exchange,
                        type,
                        bit(bits, 0),
                        bit(bits, 1),
                        bit(bits, 2),
                        bit(bits, 3),
                        bit(bits, 4),
                        FieldTable.read(in));
            }
            case 20 -> {
                String exchange = string(in);
                int bits = in.readByte();
                yield new ExchangeDelete(exchange, bit(bits, 0), bit(bits, 1));
            }
            case 30 -> {
                String destination = string(in);
                String source = string(in);
                String key = string(in);
                boolean noWait = in.readBoolean();
                yield new ExchangeBind(destination, source, key, noWait, FieldTable.read(in));
            }
            case 40 -> {
                String destination = string(in);
                String source = string(in);
                String key = string(in);
                boolean noWait = in.readBoolean();
                yield new ExchangeUnbind(destination, source, key, noWait, FieldTable.read(in));
            }
            default -> unknown(40, methodId);
        };
    }

    private static Method queue(int methodId, ByteBuf in) {
        in.skipBytes(2);
        String queue = string(in);
        return switch (methodId) {
            case 10 -> {
                int bits = in.readByte();
                yield new QueueDeclare(
                        queue,
                        bit(bits, 0),
                        bit(bits, 1),
                        bit(bits, 2),
                        bit(bits, 3),
                        bit(bits, 4),
                        FieldTable.read(in));
            }
            case 20 -> {
                String exchange = string(in);
                String key = string(in);
                boolean noWait = in.readBoolean();
                yield new QueueBind(queue, exchange, key, noWait, FieldTable.read(in));
            }
            case 30 -> new QueuePurge(queue, in.readBoolean());
            case 40 -> {
                int bits = in.readByte();
                yield new QueueDelete(queue, bit(bits, 0), bit(bits, 1), bit(bits, 2));
            }
            case 50 -> {
                String exchange = string(in);
                String key = string(in);
                yield new QueueUnbind(queue, exchange, key, FieldTable.read(in));
            }
            default -> unknown(50, methodId);
        };
    }

    private static Method basic(int methodId, ByteBuf in) {
        return switch (methodId) {
            case 10 -> {
                long size = in.readUnsignedInt();
                int count = in.readUnsignedShort();
                yield new BasicQos(size, count, in.readBoolean());
            }
            case 20 -> {
                in.skipBytes(2);
                String queue = string(in);
                String tag = string(in);
                int bits = in.readByte();
                yield new BasicConsume(
                        queue, tag, bit(bits, 0), bit(bits, 1), bit(bits, 2), bit(bits, 3), FieldTable.read(in));
            }
            case 30 -> {
                String tag = string(in);
                yield new BasicCancel(tag, in.readBoolean());
            }
            case 31 -> new BasicCancelOk(string(in));
            case 40 -> {
                in.skipBytes(2);
                String exchange = string(in);
                String key = string(in);
                int bits = in.readByte();
                yield new BasicPublish(exchange, key, bit(bits, 0), bit(bits, 1));
            }
            case 70 -> {
                in.skipBytes(2);
                String queue = string(in);
                yield new BasicGet(queue, in.readBoolean());
            }
            case 80 -> {
                long tag = in.readLong();
                yield new BasicAck(tag, in.readBoolean());
            }
            case 90 -> {
                long tag = in.readLong();
                yield new BasicReject(tag, in.readBoolean());
            }
            case 100 -> new BasicRecover(in.readBoolean(), false);
            case 110 -> new BasicRecover(in.readBoolean(), true);
            case 120 -> {
                long tag = in.readLong();
                int bits = in.readByte();
                yield new BasicNack(tag, bit(bits, 0), bit(bits, 1));
            }
            default -> unknown(60, methodId);
        };
    }

    private static Method unknown(int classId, int methodId) {
        throw new AmqpException(ReplyCode.COMMAND_INVALID, "unknown method " + classId + "." + methodId);
    }

    private static boolean bit(int bits, int index) {
        return (bits & (1 << index)) != 0;
    }

    private static String string(ByteBuf in) {
        return FieldTable.shortString(in);
    }

    private static ByteBuffer octets(ByteBuf in) {
        int length = in.readInt();
        if (length < 0 || length > in.readableBytes()) {
            throw new IndexOutOfBoundsException();
        }
        byte[] octets = new byte[length];
        in.readBytes(octets);
        return ByteBuffer.wrap(octets);
    }
}
