package dev.parley.broker.auth;

import dev.parley.broker.Permissions;
import dev.parley.broker.Permissions.Action;
import dev.parley.broker.amqp.AmqpException;
import dev.parley.broker.amqp.ReplyCode;
import dev.parley.broker.virtualhost.VirtualHost;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What the user of a connection may do in its virtual host. Used on the connection's event loop. */
public final class Access {
    private final User user;
    private final Permissions permissions;
    private final VirtualHost virtualHost;
    private @Nullable String lastWritten;

    public Access(User user, Permissions permissions, VirtualHost virtualHost) {
        this.user = user;
        this.permissions = permissions;
        this.virtualHost = virtualHost;
    }

    public String userName() {
        return user.name();
    }

    public void configureQueue(String queue) {
        check(Action.CONFIGURE, "queue", queue);
    }

    public void writeQueue(String queue) {
        check(Action.WRITE, "queue", queue);
    }

    public void readQueue(String queue) {
        check(Action.READ, "queue", queue);
    }

    public void configureExchange(String exchange) {
        check(Action.CONFIGURE, "exchange", exchange);
    }

    /** Remembers the last one allowed: publishers repeat themselves. */
    public void writeExchange(String exchange) {
        if (!Objects.equals(lastWritten, exchange)) {
            check(Action.WRITE, "exchange", exchange);
            lastWritten = exchange;
        }
    }

    public void readExchange(String exchange) {
        check(Action.READ, "exchange", exchange);
    }

    private void check(Action action, String kind, String name) {
        String checked = name.isEmpty() && kind.equals("exchange") ? "amq.default" : name;
        if (!permissions.allows(action, checked)) {
            throw new AmqpException(
                    ReplyCode.ACCESS_REFUSED,
                    "access to " + kind + " '" + checked + "' in vhost '" + virtualHost.name() + "' refused for user '"
                            + user.name() + "'");
        }
    }
}
