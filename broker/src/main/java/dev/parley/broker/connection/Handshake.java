package dev.parley.broker.connection;

import dev.parley.broker.amqp.AmqpClass;
import dev.parley.broker.amqp.AmqpException;
import dev.parley.broker.amqp.AmqpMethod;
import dev.parley.broker.amqp.Method;
import dev.parley.broker.amqp.Method.ConnectionOpen;
import dev.parley.broker.amqp.Method.ConnectionStartOk;
import dev.parley.broker.amqp.Method.ConnectionTuneOk;
import dev.parley.broker.amqp.MethodWriter;
import dev.parley.broker.amqp.ReplyCode;
import dev.parley.broker.auth.Access;
import dev.parley.broker.auth.Grant;
import dev.parley.broker.auth.Login;
import dev.parley.broker.auth.PendingLogin;
import dev.parley.broker.auth.User;
import dev.parley.broker.limit.Limits;
import dev.parley.broker.virtualhost.VirtualHost;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.Principal;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The handshake of a connection: start, tune, open. Used on the connection's event loop; {@link #clientProperties()}
 * and {@link #mechanism()} by any thread.
 */
final class Handshake {
    private static final Logger log = LoggerFactory.getLogger(Handshake.class);
    private static final byte[] PROTOCOL_HEADER = {'A', 'M', 'Q', 'P', 0, 0, 9, 1};
    /** The answer to a wrong protocol header of a RabbitMQ that speaks AMQP 1.0, too. */
    private static final byte[] AMQP_1_0_HEADER = {'A', 'M', 'Q', 'P', 3, 1, 0, 0};
    /** A header that differs after so many octets only is answered with the one that is right. */
    private static final int NEAR = 7;

    private final Connection connection;
    private final BrokerCore broker;
    private final boolean requestsCertificate;
    private @Nullable AmqpMethod expected = AmqpMethod.CONNECTION_START_OK;
    private volatile Map<String, @Nullable Object> clientProperties = Map.of();
    private volatile String mechanism = "";
    private @Nullable User user;
    private @Nullable PendingLogin login;

    Handshake(Connection connection, BrokerCore broker, boolean requestsCertificate) {
        this.connection = connection;
        this.broker = broker;
        this.requestsCertificate = requestsCertificate;
    }

    /** The first octets of the client: any others are answered by those of AMQP, and the connection is closed. */
    void protocolHeader(byte[] octets) {
        if (Arrays.equals(octets, PROTOCOL_HEADER)) {
            start();
        } else {
            boolean newer = isAmqp10(octets);
            if (newer) {
                log.warn("{} speaks AMQP 1.0, which this broker does not: use AMQP 0-9-1", connection);
            } else {
                log.debug("{} does not speak AMQP 0-9-1", connection);
            }
            connection.decoder().stop();
            Channel socket = connection.socket();
            // A client of AMQP 1.0 is told what is spoken here, not what RabbitMQ would speak.
            boolean near = newer || Arrays.equals(octets, 0, NEAR, PROTOCOL_HEADER, 0, NEAR);
            byte[] answer = !near && broker.profile().namesAmqp10() ? AMQP_1_0_HEADER : PROTOCOL_HEADER;
            socket.writeAndFlush(Unpooled.wrappedBuffer(answer)).addListener(done -> socket.close());
        }
    }

    /** Whether this is the header of AMQP 1.0, with or without SASL or TLS. */
    private static boolean isAmqp10(byte[] octets) {
        return Arrays.equals(octets, 0, 4, PROTOCOL_HEADER, 0, 4) && octets[4] <= 3 && octets[5] == 1 && octets[7] == 0;
    }

    /** Sends connection.start. */
    void start() {
        MethodWriter.connectionStart(
                connection.output().frame(),
                serverProperties(),
                Login.mechanisms(requestsCertificate, broker.profile()));
    }

    /** Those of RabbitMQ, because clients adapt to them; platform and information name this broker. */
    private Map<String, Object> serverProperties() {
        Map<String, Object> capabilities = new LinkedHashMap<>();
        for (String capability : new String[] {
            "publisher_confirms",
            "exchange_exchange_bindings",
            "basic.nack",
            "consumer_cancel_notify",
            "connection.blocked",
            "consumer_priorities",
            "authentication_failure_close",
            "per_consumer_qos",
            "direct_reply_to"
        }) {
            capabilities.put(capability, true);
        }
        Map<String, Object> properties = new LinkedHashMap<>();
        properties.put("capabilities", capabilities);
        properties.put("cluster_name", "parley@localhost");
        properties.put("copyright", broker.profile().copyright());
        properties.put("information", "In-memory broker for laptops and tests; it behaves as RabbitMQ does.");
        properties.put("platform", "Parley on Java " + Runtime.version().feature());
        properties.put("product", "RabbitMQ");
        properties.put("version", broker.profile().release());
        return properties;
    }

    /** The mechanism by which the client logs in; empty until connection.start-ok. */
    String mechanism() {
        return mechanism;
    }

    /** Whether the virtual host is open. */
    boolean isDone() {
        return expected == null;
    }

    /** Whether the client is authenticated. */
    boolean isLoggedIn() {
        return user != null;
    }

    /** The properties that the client sent; empty until connection.start-ok. Immutable. */
    Map<String, @Nullable Object> clientProperties() {
        return clientProperties;
    }

    boolean clientCan(String capability) {
        return clientProperties.get("capabilities") instanceof Map<?, ?> map
                && Boolean.TRUE.equals(map.get(capability));
    }

    void handle(Method method, AmqpMethod name) {
        if (login != null && user == null) {
            throw AmqpException.hard(ReplyCode.COMMAND_INVALID, "expected nothing before connection.tune, got " + name);
        }
        if (isDone()) {
            throw AmqpException.hard(ReplyCode.COMMAND_INVALID, name + " on a connection that is open");
        }
        if (name != expected) {
            throw AmqpException.hard(ReplyCode.COMMAND_INVALID, "expected " + expected + ", got " + name);
        }
        switch (method) {
            case ConnectionStartOk start -> startOk(start);
            case ConnectionTuneOk tune -> tuneOk(tune);
            case ConnectionOpen open -> open(open.virtualHost(), Objects.requireNonNull(user));
            default -> throw new IllegalStateException(name.toString());
        }
    }

    private void startOk(ConnectionStartOk start) {
        clientProperties = start.clientProperties();
        mechanism = start.mechanism();
        login = PendingLogin.begin(
                broker.users(),
                Login.sasl(start, certificate(), broker.profile()),
                remoteAddress(),
                connection.socket().eventLoop(),
                found -> loggedIn(found, start.mechanism()));
    }

    private void loggedIn(@Nullable User found, String mechanism) {
        if (found == null) {
            connection.close(
                    Login.refused(mechanism), AmqpClass.CONNECTION.id(), AmqpMethod.CONNECTION_START_OK.methodId());
            return;
        }
        user = found;
        Limits limits = broker.limits();
        MethodWriter.connectionTune(
                connection.output().frame(), limits.maxChannels(), limits.maxFrameSize(), limits.heartbeatSeconds());
        connection.output().flush();
        expected = AmqpMethod.CONNECTION_TUNE_OK;
    }

    /** The connection has ended. */
    void end() {
        if (login != null) {
            login.cancel();
        }
    }

    private void tuneOk(ConnectionTuneOk tune) {
        Limits limits = broker.limits();
        if (tune.channelMax() > limits.maxChannels()) {
            throw tooHigh("channel_max", tune.channelMax(), limits.maxChannels());
        }
        if (tune.frameMax() > limits.maxFrameSize()) {
            throw tooHigh("frame_max", tune.frameMax(), limits.maxFrameSize());
        }
        int minFrame = broker.profile().minFrameSize();
        if (tune.frameMax() != 0 && tune.frameMax() < minFrame) {
            throw AmqpException.hard(
                    ReplyCode.NOT_ALLOWED,
                    "negotiated frame_max = " + tune.frameMax() + " is lower than the minimum allowed value ("
                            + minFrame + ")");
        }
        connection.tuned(new Tuning(
                tune.channelMax() == 0 ? limits.maxChannels() : tune.channelMax(),
                tune.frameMax() == 0 ? limits.maxFrameSize() : (int) tune.frameMax(),
                tune.heartbeat()));
        expected = AmqpMethod.CONNECTION_OPEN;
    }

    private @Nullable InetAddress remoteAddress() {
        return connection.socket().remoteAddress() instanceof InetSocketAddress address ? address.getAddress() : null;
    }

    private @Nullable Principal certificate() {
        SslHandler tls = connection.socket().pipeline().get(SslHandler.class);
        try {
            return tls == null ? null : tls.engine().getSession().getPeerPrincipal();
        } catch (SSLPeerUnverifiedException e) {
            return null;
        }
    }

    private static AmqpException tooHigh(String what, long requested, long limit) {
        return AmqpException.hard(
                ReplyCode.NOT_ALLOWED,
                "negotiated " + what + " = " + requested + " is higher than the maximum allowed value (" + limit + ")");
    }

    private void open(String name, User user) {
        VirtualHost virtualHost = broker.virtualHost(name);
        if (virtualHost == null) {
            throw AmqpException.hard(ReplyCode.NOT_ALLOWED, "vhost " + name + " not found");
        }
        // As they are now, not as they were at the login.
        User known = broker.users().find(user.name());
        Grant grant = (known == null ? user : known).grants().get(name);
        if (grant == null) {
            throw AmqpException.hard(
                    ReplyCode.NOT_ALLOWED, "access to vhost '" + name + "' refused for user '" + user.name() + "'");
        }
        connection.opened(virtualHost, new Access(user, grant, name));
        // It may have been deleted since: then its connections were closed, this one perhaps not.
        if (broker.virtualHost(name) != virtualHost) {
            throw AmqpException.hard(ReplyCode.NOT_ALLOWED, "vhost " + name + " not found");
        }
        MethodWriter.connectionOpenOk(connection.output().frame());
        expected = null;
    }
}
