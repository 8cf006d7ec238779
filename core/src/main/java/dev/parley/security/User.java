package dev.parley.security;

import java.security.Principal;
import java.util.Objects;

/**
 * A principal that is known by its name alone. Immutable.
 *
 * @param name the name
 */
public record User(String name) implements Principal {
    /** The principal of callers without credentials, where an {@link Authenticator} accepts them. */
    public static final User ANONYMOUS = new User("anonymous");

    /** Checks that there is a name. */
    public User {
        Objects.requireNonNull(name, "name");
    }

    @Override
    public String getName() {
        return name;
    }

    @Override
    public String toString() {
        return name;
    }
}
