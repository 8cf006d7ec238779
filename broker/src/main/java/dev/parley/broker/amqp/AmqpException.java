package dev.parley.broker.amqp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;

/**
 * A protocol error that is reported to the client. The reply text is {@code CODE_NAME - text}, as in RabbitMQ. It has
 * no stack trace: clients cause it and can do so often. Immutable.
 */
public final class AmqpException extends RuntimeException {
    private static final int MAX_TEXT = 255;

    private final ReplyCode code;
    private final boolean hard;
    private final String text;

    /** An error that closes the connection if its code is hard, otherwise the channel. */
    public AmqpException(ReplyCode code, String text) {
        this(code, text, code.hard());
    }

    private AmqpException(ReplyCode code, String text, boolean hard) {
        super(text.isEmpty() ? code.toString() : code + " - " + text, null, false, false);
        this.code = code;
        this.hard = hard;
        this.text = text;
    }

    /** An error that closes the connection whatever its code. */
    public static AmqpException hard(ReplyCode code, String text) {
        return new AmqpException(code, text, true);
    }

    /** What RabbitMQ says of an error of its own: the code alone. It closes the connection. */
    public static AmqpException internal() {
        return new AmqpException(ReplyCode.INTERNAL_ERROR, "");
    }

    /** The error for a method whose fields cannot be read; they begin at an index of the payload of its frame. */
    public static AmqpException undecodable(ByteBuf payload, int start) {
        byte[] fields = ByteBufUtil.getBytes(payload, start, payload.writerIndex() - start);
        return new AmqpException(ReplyCode.FRAME_ERROR, "cannot decode " + ErlangText.binary(fields));
    }

    /** The reply code of the close method. */
    public ReplyCode code() {
        return code;
    }

    /** Whether it closes the connection and not only the channel. */
    public boolean isHard() {
        return hard;
    }

    /** What is wrong, without the name of the code. */
    public String text() {
        return text;
    }

    /** The reply text of the close method, truncated to what a short string can hold. */
    public String replyText() {
        String text = String.valueOf(getMessage());
        return text.length() > MAX_TEXT ? text.substring(0, MAX_TEXT - 3) + "..." : text;
    }
}
