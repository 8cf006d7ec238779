package dev.parley.broker;

import java.util.regex.Pattern;

/**
 * What a user may do in a virtual host: a regular expression each for the names of what he may configure (declare, delete), write to and read from.
 * As in RabbitMQ an expression matches anywhere in a name and the empty one matches nothing; the default exchange goes by {@code amq.default}. What
 * is no regular expression is refused with a {@link java.util.regex.PatternSyntaxException}.
 */
public record Permissions(String configure, String write, String read) {
    /** Everything. */
    public static final Permissions ALL = new Permissions(".*", ".*", ".*");

    /** Checks that all three are regular expressions. */
    public Permissions {
        for (String expression : new String[] {configure, write, read}) {
            Pattern.compile(expression);
        }
    }

    public boolean allows(Action action, String name) {
        String expression = switch (action) {
            case CONFIGURE -> configure;
            case WRITE -> write;
            case READ -> read;
        };
        return expression.equals(".*")
                || (!expression.isEmpty()
                        && Pattern.compile(expression).matcher(name).find());
    }

    public enum Action {
        CONFIGURE,
        WRITE,
        READ
    }
}
