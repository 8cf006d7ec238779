package dev.parley.broker;

import java.util.Objects;
import java.util.regex.Pattern;

/**
 * What a user may do in a virtual host: a regular expression each for the names of the queues and exchanges that the
 * user may configure (declare, delete), write to, and read from. As in RabbitMQ an expression matches anywhere in a
 * name, the empty expression matches nothing, and the default exchange has the name {@code amq.default}.
 *
 * <p>Immutable; the {@code with} methods return changed copies, and throw
 * {@link java.util.regex.PatternSyntaxException} if the argument is not a regular expression.
 */
public final class Permissions {
    /** Allows everything. */
    public static final Permissions ALL = new Permissions(".*", ".*", ".*");

    /** Allows nothing, not even to declare a queue. */
    public static final Permissions NONE = new Permissions("", "", "");

    private final String configure;
    private final String write;
    private final String read;

    private Permissions(String configure, String write, String read) {
        this.configure = configure;
        this.write = write;
        this.read = read;
    }

    /** The expression for what may be declared and deleted. */
    public String configure() {
        return configure;
    }

    /** A copy with another expression for what may be declared and deleted. */
    public Permissions withConfigure(String expression) {
        return new Permissions(checked(expression), write, read);
    }

    /** The expression for what may be published to and bound. */
    public String write() {
        return write;
    }

    /** A copy with another expression for what may be published to and bound. */
    public Permissions withWrite(String expression) {
        return new Permissions(configure, checked(expression), read);
    }

    /** The expression for what may be consumed from. */
    public String read() {
        return read;
    }

    /** A copy with another expression for what may be consumed from. */
    public Permissions withRead(String expression) {
        return new Permissions(configure, write, checked(expression));
    }

    private static String checked(String expression) {
        Pattern.compile(Objects.requireNonNull(expression, "expression"));
        return expression;
    }

    @Override
    public String toString() {
        return "configure '" + configure + "', write '" + write + "', read '" + read + "'";
    }
}
