package dev.parley.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.AuthenticationFailureException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.LongString;
import com.rabbitmq.client.SaslMechanism;
import com.rabbitmq.client.ShutdownSignalException;
import com.rabbitmq.client.impl.LongStringHelper;
import dev.parley.broker.amqp.FieldTable;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AccessTest {
    private final EmbeddedBroker broker = EmbeddedBroker.builder()
            .user("admin", "secret")
            .user("reader", "word")
            .permissions("reader", "/", Permissions.NONE.withRead("^public\\."))
            .permissions("reader", "guests", Permissions.ALL)
            .start();

    @AfterEach
    void end() {
        broker.close();
    }

    private ConnectionFactory factory(String user, String password, String virtualHost) {
        var factory = new ConnectionFactory();
        factory.setPort(broker.port());
        factory.setHost("127.0.0.1");
        factory.setUsername(user);
        factory.setPassword(password);
        factory.setVirtualHost(virtualHost);
        factory.setAutomaticRecoveryEnabled(false);
        return factory;
    }

    @Test
    void hasNoGuestIfUsersAreSet() {
        assertThatThrownBy(() -> factory("guest", "guest", "/").newConnection())
                .isInstanceOf(AuthenticationFailureException.class);
    }

    @Test
    void virtualHostsAreSeparate() throws Exception {
        try (Connection root = factory("admin", "secret", "/").newConnection();
                Connection guests = factory("reader", "word", "guests").newConnection()) {
            root.createChannel().queueDeclare("q", false, false, false, Map.of());
            Channel channel = guests.createChannel();
            assertThat(channel.queueDelete("q").getMessageCount()).isZero();
            root.createChannel().queueDeclarePassive("q");
        }
    }

    @Test
    void userOpensOnlyPermittedVirtualHosts() throws Exception {
        try (EmbeddedBroker strict = EmbeddedBroker.builder()
                .virtualHost("closed")
                .user("reader", "word")
                .permissions("reader", "/", Permissions.ALL)
                .start()) {
            ConnectionFactory factory = factory("reader", "word", "closed");
            factory.setPort(strict.port());
            assertThatThrownBy(factory::newConnection)
                    .isInstanceOf(IOException.class)
                    .hasRootCauseInstanceOf(ShutdownSignalException.class)
                    .rootCause()
                    .hasMessageContaining("NOT_ALLOWED - access to vhost 'closed' refused for user 'reader'");
        }
    }

    @Test
    void checksPermissions() throws Exception {
        try (Connection admin = factory("admin", "secret", "/").newConnection();
                Connection reader = factory("reader", "word", "/").newConnection()) {
            Channel channel = admin.createChannel();
            channel.queueDeclare("public.news", false, false, false, Map.of());
            channel.queueDeclare("private", false, false, false, Map.of());
            channel.confirmSelect();
            channel.basicPublish("", "public.news", null, new byte[] {1});
            channel.waitForConfirmsOrDie(10_000);
            assertThat(reader.createChannel().basicGet("public.news", true).getBody())
                    .containsExactly(1);
            assertThatThrownBy(() -> reader.createChannel().basicGet("private", true))
                    .rootCause()
                    .hasMessageContaining(
                            "ACCESS_REFUSED - access to queue 'private' in vhost '/' refused for user 'reader'");
            assertThatThrownBy(() -> reader.createChannel().queueDeclare("public.mine", false, false, false, Map.of()))
                    .rootCause()
                    .hasMessageContaining("ACCESS_REFUSED");
        }
    }

    @Test
    void checksTheNameThatTheBrokerGaveAQueue() throws Exception {
        try (EmbeddedBroker strict = EmbeddedBroker.builder()
                .user("temporary", "word")
                .permissions(
                        "temporary",
                        "/",
                        Permissions.ALL.withConfigure("^amq\\.gen").withWrite(""))
                .user("reader", "word")
                .permissions("reader", "/", Permissions.NONE.withRead(".*"))
                .start()) {
            ConnectionFactory factory = factory("temporary", "word", "/");
            factory.setPort(strict.port());
            try (Connection connection = factory.newConnection()) {
                assertThat(connection.createChannel().queueDeclare().getQueue()).startsWith("amq.gen-");
            }
            factory = factory("reader", "word", "/");
            factory.setPort(strict.port());
            try (Connection connection = factory.newConnection()) {
                assertThatThrownBy(() -> connection.createChannel().queueDeclare())
                        .rootCause()
                        .hasMessageContaining("ACCESS_REFUSED - access to queue 'amq.gen-");
            }
        }
    }

    @Test
    void amqplain() throws Exception {
        ConnectionFactory factory = factory("admin", "wrong for PLAIN", "/");
        factory.setSaslConfig(mechanisms -> new SaslMechanism() {
            @Override
            public String getName() {
                return "AMQPLAIN";
            }

            @Override
            public LongString handleChallenge(LongString challenge, String user, String password) {
                Map<String, Object> login = new LinkedHashMap<>();
                login.put("LOGIN", "admin");
                login.put("PASSWORD", "secret");
                ByteBuf out = Unpooled.buffer();
                FieldTable.write(out, login);
                return LongStringHelper.asLongString(ByteBufUtil.getBytes(out.skipBytes(4)));
            }
        });
        try (Connection connection = factory.newConnection()) {
            assertThat(connection.isOpen()).isTrue();
        }
    }
}
