package dev.parley.broker.auth;

import dev.parley.broker.amqp.AmqpException;
import dev.parley.broker.amqp.FieldTable;
import dev.parley.broker.amqp.Method.ConnectionStartOk;
import dev.parley.broker.amqp.ReplyCode;
import io.netty.buffer.Unpooled;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import org.jspecify.annotations.Nullable;

/**
 * Authenticates clients by SASL mechanism: PLAIN (RFC 4616), AMQPLAIN (a field table, RabbitMQ), EXTERNAL (the TLS
 * client certificate). Stateless.
 */
public final class Login {
    private Login() {}

    /** The mechanisms to offer; EXTERNAL only if client certificates are requested. */
    public static String mechanisms(boolean certificates) {
        return certificates ? "EXTERNAL PLAIN AMQPLAIN" : "PLAIN AMQPLAIN";
    }

    /**
     * Returns the user that logs in.
     *
     * @param from the address of the client; {@code null} if the transport has none
     * @param certificate the subject of the client's certificate
     * @throws AmqpException with {@link ReplyCode#ACCESS_REFUSED} if the login is refused, with
     *     {@link ReplyCode#COMMAND_INVALID} if the mechanism is unknown
     */
    public static User authenticate(
            Users users, ConnectionStartOk start, @Nullable InetAddress from, @Nullable Principal certificate) {
        User user = switch (start.mechanism()) {
            case "PLAIN" -> plain(users, start.response().array(), from);
            case "AMQPLAIN" -> amqplain(users, start.response().array(), from);
            case "EXTERNAL" -> certificate == null ? null : external(users, certificate.getName(), from);
            default ->
                throw AmqpException.hard(
                        ReplyCode.COMMAND_INVALID, "unknown authentication mechanism '" + start.mechanism() + "'");
        };
        if (user == null) {
            throw AmqpException.hard(
                    ReplyCode.ACCESS_REFUSED,
                    "Login was refused using authentication mechanism " + start.mechanism()
                            + ". For details see the broker logfile.");
        }
        return user;
    }

    private static @Nullable User plain(Users users, byte[] response, @Nullable InetAddress from) {
        String[] parts = new String(response, StandardCharsets.UTF_8).split("\0", -1);
        return parts.length == 3 ? users.authenticate(parts[1], parts[2], from) : null;
    }

    private static @Nullable User amqplain(Users users, byte[] response, @Nullable InetAddress from) {
        try {
            var fields = FieldTable.readFields(Unpooled.wrappedBuffer(response));
            return fields.get("LOGIN") instanceof String name && fields.get("PASSWORD") instanceof String password
                    ? users.authenticate(name, password, from)
                    : null;
        } catch (IndexOutOfBoundsException e) {
            return null;
        }
    }

    /** By the distinguished name, as RabbitMQ does, or else by the common name in it. */
    private static @Nullable User external(Users users, String distinguishedName, @Nullable InetAddress from) {
        User user = users.find(distinguishedName, from);
        if (user != null) {
            return user;
        }
        for (String part : distinguishedName.split(",")) {
            if (part.strip().startsWith("CN=")) {
                return users.find(part.strip().substring(3), from);
            }
        }
        return null;
    }
}
