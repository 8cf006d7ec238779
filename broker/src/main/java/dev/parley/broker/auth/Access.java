package dev.parley.broker.auth;

import dev.parley.broker.amqp.AmqpException;
import dev.parley.broker.amqp.ReplyCode;
import dev.parley.broker.auth.Grant.Action;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Checks what the user of a connection may do in its virtual host. Each check throws {@link AmqpException} with
 * {@link ReplyCode#ACCESS_REFUSED} if the action is not allowed. The checks are used on the connection's event loop;
 * {@link #userName()} by any thread.
 */
public final class Access {
    private final User user;
    private final Grant grant;
    private final String virtualHost;
    private @Nullable String lastWritten;

    /** Creates it for a user and the grant of that user in a virtual host. */
    public Access(User user, Grant grant, String virtualHost) {
        this.user = user;
        this.grant = grant;
        this.virtualHost = virtualHost;
    }

    /** The name of the user. */
    public String userName() {
        return user.name();
    }

    /** Checks that a queue may be declared and deleted. */
    public void configureQueue(String queue) {
        check(Action.CONFIGURE, "queue", queue);
    }

    /** Checks that a queue may be bound. */
    public void writeQueue(String queue) {
        check(Action.WRITE, "queue", queue);
    }

    /** Checks that a queue may be consumed from and purged. */
    public void readQueue(String queue) {
        check(Action.READ, "queue", queue);
    }

    /** Checks that an exchange may be declared and deleted. */
    public void configureExchange(String exchange) {
        check(Action.CONFIGURE, "exchange", exchange);
    }

    /** Checks that an exchange may be published to. Remembers the last one: most publishers use the same one again. */
    public void writeExchange(String exchange) {
        if (!Objects.equals(lastWritten, exchange)) {
            check(Action.WRITE, "exchange", exchange);
            lastWritten = exchange;
        }
    }

    /** Checks that a destination may be bound to an exchange. */
    public void readExchange(String exchange) {
        check(Action.READ, "exchange", exchange);
    }

    private void check(Action action, String kind, String name) {
        String checked = name.isEmpty() && kind.equals("exchange") ? "amq.default" : name;
        if (!grant.allows(action, checked)) {
            throw new AmqpException(
                    ReplyCode.ACCESS_REFUSED,
                    "access to " + kind + " '" + checked + "' in vhost '" + virtualHost + "' refused for user '"
                            + user.name() + "'");
        }
    }
}
