package dev.parley.broker.amqp;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The methods of AMQP 0-9-1 and of RabbitMQ's extensions to it, with the class and method ids that name them on the
 * wire. This is the only place that maps ids to methods. Immutable.
 */
public enum AmqpMethod {
    CONNECTION_START(AmqpClass.CONNECTION, 10),
    CONNECTION_START_OK(AmqpClass.CONNECTION, 11),
    CONNECTION_SECURE(AmqpClass.CONNECTION, 20),
    CONNECTION_SECURE_OK(AmqpClass.CONNECTION, 21),
    CONNECTION_TUNE(AmqpClass.CONNECTION, 30),
    CONNECTION_TUNE_OK(AmqpClass.CONNECTION, 31),
    CONNECTION_OPEN(AmqpClass.CONNECTION, 40),
    CONNECTION_OPEN_OK(AmqpClass.CONNECTION, 41),
    CONNECTION_CLOSE(AmqpClass.CONNECTION, 50),
    CONNECTION_CLOSE_OK(AmqpClass.CONNECTION, 51),
    CONNECTION_BLOCKED(AmqpClass.CONNECTION, 60),
    CONNECTION_UNBLOCKED(AmqpClass.CONNECTION, 61),
    CONNECTION_UPDATE_SECRET(AmqpClass.CONNECTION, 70),
    CONNECTION_UPDATE_SECRET_OK(AmqpClass.CONNECTION, 71),

    CHANNEL_OPEN(AmqpClass.CHANNEL, 10),
    CHANNEL_OPEN_OK(AmqpClass.CHANNEL, 11),
    CHANNEL_FLOW(AmqpClass.CHANNEL, 20),
    CHANNEL_FLOW_OK(AmqpClass.CHANNEL, 21),
    CHANNEL_CLOSE(AmqpClass.CHANNEL, 40),
    CHANNEL_CLOSE_OK(AmqpClass.CHANNEL, 41),

    EXCHANGE_DECLARE(AmqpClass.EXCHANGE, 10),
    EXCHANGE_DECLARE_OK(AmqpClass.EXCHANGE, 11),
    EXCHANGE_DELETE(AmqpClass.EXCHANGE, 20),
    EXCHANGE_DELETE_OK(AmqpClass.EXCHANGE, 21),
    EXCHANGE_BIND(AmqpClass.EXCHANGE, 30),
    EXCHANGE_BIND_OK(AmqpClass.EXCHANGE, 31),
    EXCHANGE_UNBIND(AmqpClass.EXCHANGE, 40),
    /** 51, not 41 as the pattern of the other ids suggests: RabbitMQ and all its clients use it. */
    EXCHANGE_UNBIND_OK(AmqpClass.EXCHANGE, 51),

    QUEUE_DECLARE(AmqpClass.QUEUE, 10),
    QUEUE_DECLARE_OK(AmqpClass.QUEUE, 11),
    QUEUE_BIND(AmqpClass.QUEUE, 20),
    QUEUE_BIND_OK(AmqpClass.QUEUE, 21),
    QUEUE_PURGE(AmqpClass.QUEUE, 30),
    QUEUE_PURGE_OK(AmqpClass.QUEUE, 31),
    QUEUE_DELETE(AmqpClass.QUEUE, 40),
    QUEUE_DELETE_OK(AmqpClass.QUEUE, 41),
    QUEUE_UNBIND(AmqpClass.QUEUE, 50),
    QUEUE_UNBIND_OK(AmqpClass.QUEUE, 51),

    BASIC_QOS(AmqpClass.BASIC, 10),
    BASIC_QOS_OK(AmqpClass.BASIC, 11),
    BASIC_CONSUME(AmqpClass.BASIC, 20),
    BASIC_CONSUME_OK(AmqpClass.BASIC, 21),
    BASIC_CANCEL(AmqpClass.BASIC, 30),
    BASIC_CANCEL_OK(AmqpClass.BASIC, 31),
    BASIC_PUBLISH(AmqpClass.BASIC, 40),
    BASIC_RETURN(AmqpClass.BASIC, 50),
    BASIC_DELIVER(AmqpClass.BASIC, 60),
    BASIC_GET(AmqpClass.BASIC, 70),
    BASIC_GET_OK(AmqpClass.BASIC, 71),
    BASIC_GET_EMPTY(AmqpClass.BASIC, 72),
    BASIC_ACK(AmqpClass.BASIC, 80),
    BASIC_REJECT(AmqpClass.BASIC, 90),
    BASIC_RECOVER_ASYNC(AmqpClass.BASIC, 100),
    BASIC_RECOVER(AmqpClass.BASIC, 110),
    BASIC_RECOVER_OK(AmqpClass.BASIC, 111),
    BASIC_NACK(AmqpClass.BASIC, 120),

    CONFIRM_SELECT(AmqpClass.CONFIRM, 10),
    CONFIRM_SELECT_OK(AmqpClass.CONFIRM, 11),

    TX_SELECT(AmqpClass.TX, 10),
    TX_SELECT_OK(AmqpClass.TX, 11),
    TX_COMMIT(AmqpClass.TX, 20),
    TX_COMMIT_OK(AmqpClass.TX, 21),
    TX_ROLLBACK(AmqpClass.TX, 30),
    TX_ROLLBACK_OK(AmqpClass.TX, 31);

    private static final int MAX_ID = 127;
    /** By class id and method id, seven bits each. */
    private static final @Nullable AmqpMethod[] BY_ID = new AmqpMethod[1 << 14];

    static {
        for (AmqpMethod method : values()) {
            BY_ID[method.classId() << 7 | method.methodId] = method;
        }
    }

    private final AmqpClass amqpClass;
    private final int methodId;
    private final String text;

    AmqpMethod(AmqpClass amqpClass, int methodId) {
        this.amqpClass = amqpClass;
        this.methodId = methodId;
        this.text = name().toLowerCase(Locale.ROOT).replaceFirst("_", ".").replace('_', '-');
    }

    /**
     * Returns the method with these ids.
     *
     * @throws AmqpException with {@link ReplyCode#COMMAND_INVALID} if there is none
     */
    public static AmqpMethod of(int classId, int methodId) {
        AmqpMethod found = classId > MAX_ID || methodId > MAX_ID ? null : BY_ID[classId << 7 | methodId];
        if (found == null) {
            throw unknown(classId, methodId);
        }
        return found;
    }

    static AmqpException unknown(int classId, int methodId) {
        return new AmqpException(ReplyCode.COMMAND_INVALID, "unknown method " + classId + "." + methodId);
    }

    /** The class the method belongs to. */
    public AmqpClass amqpClass() {
        return amqpClass;
    }

    /** The class id on the wire. */
    public int classId() {
        return amqpClass.id();
    }

    /** The method id on the wire, unique within the class. */
    public int methodId() {
        return methodId;
    }

    /** The name as the specification writes it, such as {@code connection.start-ok}. */
    @Override
    public String toString() {
        return text;
    }
}
