package dev.parley.broker.amqp;

/**
 * A protocol error that the peer is told: the reply text is {@code CODE_NAME - text}, as RabbitMQ words it. Without a stack trace, because it
 * is the peer's doing and can be frequent.
 */
public final class AmqpException extends RuntimeException {
    private static final int MAX_TEXT = 255;

    private final ReplyCode code;
    private final boolean hard;

    /** An error that closes what its code says. */
    public AmqpException(ReplyCode code, String text) {
        this(code, text, code.hard());
    }

    private AmqpException(ReplyCode code, String text, boolean hard) {
        super(code + " - " + text, null, false, false);
        this.code = code;
        this.hard = hard;
    }

    /** An error that closes the connection although its code alone would not. */
    public static AmqpException hard(ReplyCode code, String text) {
        return new AmqpException(code, text, true);
    }

    /** The code of the close method. */
    public ReplyCode code() {
        return code;
    }

    /** Whether the whole connection goes. */
    public boolean isHard() {
        return hard;
    }

    /** The text of the close method, cut to what a short string can carry. */
    public String replyText() {
        String text = String.valueOf(getMessage());
        return text.length() > MAX_TEXT ? text.substring(0, MAX_TEXT - 3) + "..." : text;
    }
}
