package dev.parley.broker.auth;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * What a user may do in one virtual host: a regular expression per action for the names it may be done to. As in
 * RabbitMQ an expression matches anywhere in a name, and the empty expression matches nothing. Immutable.
 */
public final class Grant {
    /** Allows everything. */
    public static final Grant ALL = of(".*", ".*", ".*");
    /** Allows nothing. */
    public static final Grant NONE = of("", "", "");

    /** What can be done to a queue or an exchange. */
    public enum Action {
        CONFIGURE,
        WRITE,
        READ
    }

    private final @Nullable Pattern configure;
    private final @Nullable Pattern write;
    private final @Nullable Pattern read;

    private Grant(@Nullable Pattern configure, @Nullable Pattern write, @Nullable Pattern read) {
        this.configure = configure;
        this.write = write;
        this.read = read;
    }

    /**
     * Compiles a grant.
     *
     * @throws PatternSyntaxException if one is not a regular expression
     */
    public static Grant of(String configure, String write, String read) {
        return new Grant(compile(configure), compile(write), compile(read));
    }

    private static @Nullable Pattern compile(String expression) {
        return expression.isEmpty() ? null : Pattern.compile(expression);
    }

    /** The expression for an action; empty if it is never allowed. */
    public String expression(Action action) {
        Pattern pattern = pattern(action);
        return pattern == null ? "" : pattern.pattern();
    }

    private @Nullable Pattern pattern(Action action) {
        return switch (action) {
            case CONFIGURE -> configure;
            case WRITE -> write;
            case READ -> read;
        };
    }

    /** Whether an action is allowed on the queue or exchange of this name. */
    public boolean allows(Action action, String name) {
        Pattern pattern = pattern(action);
        return pattern != null
                && (pattern.pattern().equals(".*") || pattern.matcher(name).find());
    }
}
