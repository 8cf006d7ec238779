package dev.parley.broker;

/**
 * Decides who may log in to an {@link EmbeddedBroker}, such as by the users of another system; see
 * {@link BrokerBuilder#logins}. It is called by several threads at a time, never on an event loop, so that it may
 * block.
 */
@FunctionalInterface
public interface LoginCheck {
    /**
     * Whether this is the password of this user.
     *
     * @param user the name, 1 to 255 characters, none of them a control character
     * @param password as the client sent it; compare it in constant time, and keep it out of logs
     * @return whether to let the client in
     * @throws Exception if that cannot be found out: the login is refused, and the type of the exception is logged at
     *     ERROR, without its message, which may quote the password
     */
    boolean accepts(String user, String password) throws Exception;
}
