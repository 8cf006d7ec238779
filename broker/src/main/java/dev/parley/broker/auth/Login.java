package dev.parley.broker.auth;

import dev.parley.broker.amqp.AmqpException;
import dev.parley.broker.amqp.FieldTable;
import dev.parley.broker.amqp.Method.ConnectionStartOk;
import dev.parley.broker.amqp.ReplyCode;
import dev.parley.broker.profile.RabbitMqProfile;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Reads the credentials of clients: by SASL mechanism, which is PLAIN (RFC 4616), AMQPLAIN (a field table, RabbitMQ),
 * EXTERNAL (the TLS client certificate) or ANONYMOUS (the user guest), and those of HTTP. Stateless.
 */
public final class Login {
    private static final String BASIC = "Basic ";

    /** RabbitMQ's default; it is refused if there is no such user. */
    private static final Credentials ANONYMOUS = new Credentials.Password("guest", "guest");

    private Login() {}

    /** The mechanisms to offer; EXTERNAL only if client certificates are requested. */
    public static String mechanisms(boolean certificates, RabbitMqProfile profile) {
        return (certificates ? "EXTERNAL " : "") + "PLAIN AMQPLAIN" + (profile.letsAnonymousIn() ? " ANONYMOUS" : "");
    }

    /**
     * The credentials of an AMQP client.
     *
     * @param certificate the subject of the client's certificate
     * @throws AmqpException with {@link ReplyCode#COMMAND_INVALID} if the mechanism is unknown
     */
    public static Credentials sasl(ConnectionStartOk start, @Nullable Principal certificate, RabbitMqProfile profile) {
        return switch (start.mechanism()) {
            case "PLAIN" -> plain(start.response().array());
            case "AMQPLAIN" -> amqplain(start.response().array());
            case "EXTERNAL" ->
                certificate == null ? Credentials.MALFORMED : new Credentials.Certificate(certificate.getName());
            case "ANONYMOUS" -> {
                if (!profile.letsAnonymousIn()) {
                    throw unknown(start);
                }
                yield ANONYMOUS;
            }
            default -> throw unknown(start);
        };
    }

    private static AmqpException unknown(ConnectionStartOk start) {
        return AmqpException.hard(
                ReplyCode.COMMAND_INVALID, "unknown authentication mechanism '" + start.mechanism() + "'");
    }

    /** The error that refuses a login by this mechanism. */
    public static AmqpException refused(String mechanism) {
        return AmqpException.hard(
                ReplyCode.ACCESS_REFUSED,
                "Login was refused using authentication mechanism " + mechanism
                        + ". For details see the broker logfile.");
    }

    /** The credentials of basic authentication; {@code null} if the header field is of no or another scheme. */
    public static @Nullable Credentials basic(@Nullable String authorization) {
        if (authorization == null || !authorization.regionMatches(true, 0, BASIC, 0, BASIC.length())) {
            return null;
        }
        try {
            byte[] octets = Base64.getDecoder()
                    .decode(authorization.substring(BASIC.length()).strip());
            String[] parts = new String(octets, StandardCharsets.UTF_8).split(":", 2);
            return parts.length < 2 ? Credentials.MALFORMED : new Credentials.Password(parts[0], parts[1]);
        } catch (IllegalArgumentException e) {
            return Credentials.MALFORMED; // Not Base64.
        }
    }

    private static Credentials plain(byte[] response) {
        String[] parts = new String(response, StandardCharsets.UTF_8).split("\0", -1);
        return parts.length == 3 ? new Credentials.Password(parts[1], parts[2]) : Credentials.MALFORMED;
    }

    private static Credentials amqplain(byte[] response) {
        try {
            var fields = FieldTable.readFields(Unpooled.wrappedBuffer(response));
            return fields.get("LOGIN") instanceof String name && fields.get("PASSWORD") instanceof String password
                    ? new Credentials.Password(name, password)
                    : Credentials.MALFORMED;
        } catch (IndexOutOfBoundsException e) {
            return Credentials.MALFORMED;
        }
    }
}
