package dev.parley.broker.connection;

import dev.parley.broker.Permissions;
import dev.parley.broker.amqp.AmqpException;
import dev.parley.broker.amqp.Method;
import dev.parley.broker.amqp.Method.ConnectionOpen;
import dev.parley.broker.amqp.Method.ConnectionStartOk;
import dev.parley.broker.amqp.Method.ConnectionTuneOk;
import dev.parley.broker.amqp.MethodWriter;
import dev.parley.broker.amqp.ReplyCode;
import dev.parley.broker.auth.Access;
import dev.parley.broker.auth.Login;
import dev.parley.broker.auth.User;
import dev.parley.broker.limit.Limits;
import dev.parley.broker.virtualhost.VirtualHost;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How a connection begins: start, tune, open. Used on the connection's event loop. */
public final class Handshake {
    private static final int MIN_FRAME = 4096;

    private enum Step {
        START_OK,
        TUNE_OK,
        OPEN,
        DONE
    }

    private final Connection connection;
    private final BrokerCore broker;
    private Step next = Step.START_OK;
    private Map<String, @Nullable Object> clientProperties = Map.of();
    private @Nullable User user;

    public Handshake(Connection connection, BrokerCore broker) {
        this.connection = connection;
        this.broker = broker;
    }

    public void start() {
        MethodWriter.connectionStart(
                connection.output().frame(), serverProperties(), Login.mechanisms(connection.asksCertificates()));
    }

    /** What RabbitMQ 3.10 says of itself, because clients choose by it; the platform tells the truth. */
    private static Map<String, Object> serverProperties() {
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
        properties.put("information", "In-memory broker for laptops and tests; it behaves as RabbitMQ does.");
        properties.put("platform", "Parley on Java " + Runtime.version().feature());
        properties.put("product", "RabbitMQ");
        properties.put("version", "3.10.8");
        return properties;
    }

    public boolean done() {
        return next == Step.DONE;
    }

    public boolean loggedIn() {
        return user != null;
    }

    public Map<String, @Nullable Object> clientProperties() {
        return clientProperties;
    }

    public boolean clientCan(String capability) {
        return clientProperties.get("capabilities") instanceof Map<?, ?> map
                && Boolean.TRUE.equals(map.get(capability));
    }

    public void handle(Method method) {
        switch (method) {
            case ConnectionStartOk start when next == Step.START_OK -> startOk(start);
            case ConnectionTuneOk tune when next == Step.TUNE_OK -> tuneOk(tune);
            case ConnectionOpen open when next == Step.OPEN && user != null -> open(open.virtualHost(), user);
            default ->
                throw AmqpException.hard(
                        ReplyCode.COMMAND_INVALID,
                        "unexpected " + method.getClass().getSimpleName() + " where " + next + " is right");
        }
    }

    private void startOk(ConnectionStartOk start) {
        clientProperties = start.clientProperties();
        user = Login.authenticate(broker, start, connection.remoteAddress(), connection.certificate());
        Limits limits = broker.limits();
        MethodWriter.connectionTune(
                connection.output().frame(), limits.channelMax(), limits.frameMax(), limits.heartbeatSeconds());
        next = Step.TUNE_OK;
    }

    private void tuneOk(ConnectionTuneOk tune) {
        Limits limits = broker.limits();
        if (tune.channelMax() > limits.channelMax()) {
            throw tooHigh("channel_max", tune.channelMax(), limits.channelMax());
        }
        if (tune.frameMax() > limits.frameMax()) {
            throw tooHigh("frame_max", tune.frameMax(), limits.frameMax());
        }
        if (tune.frameMax() != 0 && tune.frameMax() < MIN_FRAME) {
            throw AmqpException.hard(
                    ReplyCode.NOT_ALLOWED,
                    "negotiated frame_max = " + tune.frameMax() + " is lower than the minimum allowed value ("
                            + MIN_FRAME + ")");
        }
        connection.tuned(
                tune.channelMax() == 0 ? limits.channelMax() : tune.channelMax(),
                tune.frameMax() == 0 ? limits.frameMax() : (int) tune.frameMax(),
                tune.heartbeat());
        next = Step.OPEN;
    }

    private static AmqpException tooHigh(String what, long asked, long limit) {
        return AmqpException.hard(
                ReplyCode.NOT_ALLOWED,
                "negotiated " + what + " = " + asked + " is higher than the maximum allowed value (" + limit + ")");
    }

    private void open(String name, User user) {
        VirtualHost virtualHost = broker.virtualHost(name);
        if (virtualHost == null) {
            throw AmqpException.hard(ReplyCode.NOT_ALLOWED, "vhost " + name + " not found");
        }
        Permissions permissions = user.permissions().get(name);
        if (permissions == null) {
            throw AmqpException.hard(
                    ReplyCode.NOT_ALLOWED, "access to vhost '" + name + "' refused for user '" + user.name() + "'");
        }
        connection.opened(virtualHost, new Access(user, permissions, virtualHost));
        MethodWriter.connectionOpenOk(connection.output().frame());
        next = Step.DONE;
    }
}
