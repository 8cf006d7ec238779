package dev.parley.broker.auth;

/** Says who may log in besides the users that have a password here. Thread-safe. */
@FunctionalInterface
public interface PasswordCheck {
    /**
     * Whether this is the password of this user. May block.
     *
     * @throws Exception if that cannot be found out
     */
    boolean accepts(String user, String password) throws Exception;
}
