package dev.parley.broker.auth;

import dev.parley.broker.amqp.AmqpException;
import dev.parley.broker.amqp.FieldTable;
import dev.parley.broker.amqp.Method.ConnectionStartOk;
import dev.parley.broker.amqp.ReplyCode;
import dev.parley.broker.connection.BrokerCore;
import io.netty.buffer.Unpooled;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells who a client is, by SASL mechanism: PLAIN (RFC 4616), AMQPLAIN (RabbitMQ's field table), EXTERNAL (its TLS certificate). */
public final class Login {
    private static final Logger LOG = LoggerFactory.getLogger(Login.class);

    private Login() {}

    /** The mechanisms to offer; EXTERNAL only where certificates are asked for. */
    public static String mechanisms(boolean certificates) {
        return certificates ? "EXTERNAL PLAIN AMQPLAIN" : "PLAIN AMQPLAIN";
    }

    public static User authenticate(
            BrokerCore broker, ConnectionStartOk start, @Nullable InetAddress from, @Nullable Principal certificate) {
        User user = switch (start.mechanism()) {
            case "PLAIN" -> plain(broker, start.response().array());
            case "AMQPLAIN" -> amqplain(broker, start.response().array());
            case "EXTERNAL" -> certificate == null ? null : external(broker, certificate.getName());
            default ->
                throw AmqpException.hard(
                        ReplyCode.COMMAND_INVALID, "unknown authentication mechanism '" + start.mechanism() + "'");
        };
        if (user != null && user.loopbackOnly() && from != null && !from.isLoopbackAddress()) {
            LOG.warn("User '{}' can only connect via localhost; refused from {}", user.name(), from);
            user = null;
        }
        if (user == null) {
            throw AmqpException.hard(
                    ReplyCode.ACCESS_REFUSED,
                    "Login was refused using authentication mechanism " + start.mechanism()
                            + ". For details see the broker logfile.");
        }
        return user;
    }

    private static @Nullable User plain(BrokerCore broker, byte[] response) {
        String[] parts = new String(response, StandardCharsets.UTF_8).split("\0", -1);
        return parts.length == 3 ? withPassword(broker, parts[1], parts[2]) : null;
    }

    private static @Nullable User amqplain(BrokerCore broker, byte[] response) {
        try {
            var fields = FieldTable.readFields(Unpooled.wrappedBuffer(response));
            return fields.get("LOGIN") instanceof String name && fields.get("PASSWORD") instanceof String password
                    ? withPassword(broker, name, password)
                    : null;
        } catch (IndexOutOfBoundsException e) {
            return null;
        }
    }

    private static @Nullable User withPassword(BrokerCore broker, String name, String password) {
        User user = broker.user(name);
        if (user == null || !user.hasPassword(password)) {
            LOG.warn("Login of user '{}' refused: {}", name, user == null ? "no such user" : "wrong password");
            return null;
        }
        return user;
    }

    /** By distinguished name as RabbitMQ does, or by the common name in it. */
    private static @Nullable User external(BrokerCore broker, String distinguishedName) {
        User user = broker.user(distinguishedName);
        if (user != null) {
            return user;
        }
        for (String part : distinguishedName.split(",")) {
            if (part.strip().startsWith("CN=")) {
                return broker.user(part.strip().substring(3));
            }
        }
        return null;
    }
}
