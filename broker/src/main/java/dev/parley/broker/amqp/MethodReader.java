package dev.parley.broker.amqp;

import dev.parley.broker.amqp.Method.*;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;

/** Reads the arguments of each method into its record, in the order of the specification. Stateless. */
final class MethodReader {
    private MethodReader() {}

    static Method read(AmqpMethod method, ByteBuf in) {
        return switch (method.amqpClass()) {
            case CONNECTION -> connection(method, in);
            case CHANNEL -> channel(method, in);
            case EXCHANGE -> exchange(method, in);
            case QUEUE -> queue(method, in);
            case BASIC -> basic(method, in);
            case CONFIRM, TX -> confirmOrTransaction(method, in);
        };
    }

    private static Method connection(AmqpMethod method, ByteBuf in) {
        return switch (method) {
            case CONNECTION_START_OK -> {
                var properties = FieldTable.read(in);
                String mechanism = string(in);
                ByteBuffer response = octets(in);
                yield new ConnectionStartOk(properties, mechanism, response, string(in));
            }
            case CONNECTION_SECURE_OK -> new ConnectionSecureOk(octets(in));
            case CONNECTION_TUNE_OK -> {
                int channelMax = in.readUnsignedShort();
                long frameMax = in.readUnsignedInt();
                yield new ConnectionTuneOk(channelMax, frameMax, in.readUnsignedShort());
            }
            case CONNECTION_OPEN -> new ConnectionOpen(string(in));
            case CONNECTION_CLOSE -> {
                int code = in.readUnsignedShort();
                yield new ConnectionClose(code, string(in));
            }
            case CONNECTION_CLOSE_OK -> new ConnectionCloseOk();
            case CONNECTION_UPDATE_SECRET -> {
                ByteBuffer secret = octets(in);
                yield new ConnectionUpdateSecret(secret, string(in));
            }
            default -> throw notForBroker(method);
        };
    }

    private static Method channel(AmqpMethod method, ByteBuf in) {
        return switch (method) {
            case CHANNEL_OPEN -> new ChannelOpen();
            case CHANNEL_FLOW -> new ChannelFlow(in.readBoolean());
            case CHANNEL_FLOW_OK -> new ChannelFlowOk(in.readBoolean());
            case CHANNEL_CLOSE -> {
                int code = in.readUnsignedShort();
                yield new ChannelClose(code, string(in));
            }
            case CHANNEL_CLOSE_OK -> new ChannelCloseOk();
            default -> throw notForBroker(method);
        };
    }

    private static Method exchange(AmqpMethod method, ByteBuf in) {
        in.skipBytes(2);
        return switch (method) {
            case EXCHANGE_DECLARE -> {
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
            case EXCHANGE_DELETE -> {
                String exchange = string(in);
                int bits = in.readByte();
                yield new ExchangeDelete(exchange, bit(bits, 0), bit(bits, 1));
            }
            case EXCHANGE_BIND -> {
                String destination = string(in);
                String source = string(in);
                String key = string(in);
                boolean noWait = in.readBoolean();
                yield new ExchangeBind(destination, source, key, noWait, FieldTable.read(in));
            }
            case EXCHANGE_UNBIND -> {
                String destination = string(in);
                String source = string(in);
                String key = string(in);
                boolean noWait = in.readBoolean();
                yield new ExchangeUnbind(destination, source, key, noWait, FieldTable.read(in));
            }
            default -> throw notForBroker(method);
        };
    }

    private static Method queue(AmqpMethod method, ByteBuf in) {
        in.skipBytes(2);
        String queue = string(in);
        return switch (method) {
            case QUEUE_DECLARE -> {
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
            case QUEUE_BIND -> {
                String exchange = string(in);
                String key = string(in);
                boolean noWait = in.readBoolean();
                yield new QueueBind(queue, exchange, key, noWait, FieldTable.read(in));
            }
            case QUEUE_PURGE -> new QueuePurge(queue, in.readBoolean());
            case QUEUE_DELETE -> {
                int bits = in.readByte();
                yield new QueueDelete(queue, bit(bits, 0), bit(bits, 1), bit(bits, 2));
            }
            case QUEUE_UNBIND -> {
                String exchange = string(in);
                String key = string(in);
                yield new QueueUnbind(queue, exchange, key, FieldTable.read(in));
            }
            default -> throw notForBroker(method);
        };
    }

    private static Method basic(AmqpMethod method, ByteBuf in) {
        return switch (method) {
            case BASIC_QOS -> {
                long size = in.readUnsignedInt();
                int count = in.readUnsignedShort();
                yield new BasicQos(size, count, in.readBoolean());
            }
            case BASIC_CONSUME -> {
                in.skipBytes(2);
                String queue = string(in);
                String tag = string(in);
                int bits = in.readByte();
                yield new BasicConsume(
                        queue, tag, bit(bits, 0), bit(bits, 1), bit(bits, 2), bit(bits, 3), FieldTable.read(in));
            }
            case BASIC_CANCEL -> {
                String tag = string(in);
                yield new BasicCancel(tag, in.readBoolean());
            }
            case BASIC_CANCEL_OK -> new BasicCancelOk(string(in));
            case BASIC_PUBLISH -> {
                in.skipBytes(2);
                String exchange = string(in);
                String key = string(in);
                int bits = in.readByte();
                yield new BasicPublish(exchange, key, bit(bits, 0), bit(bits, 1));
            }
            case BASIC_GET -> {
                in.skipBytes(2);
                String queue = string(in);
                yield new BasicGet(queue, in.readBoolean());
            }
            case BASIC_ACK -> {
                long tag = in.readLong();
                yield new BasicAck(tag, in.readBoolean());
            }
            case BASIC_REJECT -> {
                long tag = in.readLong();
                yield new BasicReject(tag, in.readBoolean());
            }
            case BASIC_RECOVER_ASYNC -> new BasicRecover(in.readBoolean(), false);
            case BASIC_RECOVER -> new BasicRecover(in.readBoolean(), true);
            case BASIC_NACK -> {
                long tag = in.readLong();
                int bits = in.readByte();
                yield new BasicNack(tag, bit(bits, 0), bit(bits, 1));
            }
            default -> throw notForBroker(method);
        };
    }

    private static Method confirmOrTransaction(AmqpMethod method, ByteBuf in) {
        return switch (method) {
            case CONFIRM_SELECT -> new ConfirmSelect(in.readBoolean());
            case TX_SELECT -> new TxSelect();
            case TX_COMMIT -> new TxCommit();
            case TX_ROLLBACK -> new TxRollback();
            default -> throw notForBroker(method);
        };
    }

    /** Only a broker sends these: for a broker they are as unknown as ids that nobody uses. */
    private static AmqpException notForBroker(AmqpMethod method) {
        return AmqpMethod.unknown(method.classId(), method.methodId());
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
