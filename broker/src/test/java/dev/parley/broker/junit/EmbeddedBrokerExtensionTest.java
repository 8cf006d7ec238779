package dev.parley.broker.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import dev.parley.broker.EmbeddedBroker;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class EmbeddedBrokerExtensionTest {
    private static final String TRANSIENT = "transient_nonexcl_queues";

    @Nested
    class WithASettingOfTheBuilder {
        @RegisterExtension
        static final EmbeddedBrokerExtension BROKER =
                EmbeddedBrokerExtension.with(EmbeddedBroker.builder().queue("declared", Map.of()));

        private static int port;

        @RepeatedTest(2)
        void sharesOneBrokerPerClass(EmbeddedBroker broker) throws Exception {
            assertThat(port == 0 || port == broker.port()).isTrue();
            port = broker.port();
            try (Connection connection = connect(broker)) {
                connection.createChannel().queueDeclarePassive("declared");
                connection.createChannel().queueDeclare("transient", false, false, false, Map.of());
                assertThat(version(connection)).startsWith("3.10.");
            }
        }
    }

    @Nested
    class AsALaterVersion {
        @RegisterExtension
        static final EmbeddedBrokerExtension BROKER = new EmbeddedBrokerExtension().rabbitmq("4.3");

        @Test
        void deniesTransientQueues(EmbeddedBroker broker) throws Exception {
            Connection connection = connect(broker);
            assertThat(version(connection)).startsWith("4.3.");
            assertThatThrownBy(
                            () -> connection.createChannel().queueDeclare("transient", false, false, false, Map.of()))
                    .isInstanceOf(IOException.class)
                    .hasStackTraceContaining(TRANSIENT);
        }
    }

    @Nested
    class PermittingADeprecatedFeature {
        @RegisterExtension
        static final EmbeddedBrokerExtension BROKER =
                new EmbeddedBrokerExtension().rabbitmq("4.3").permitDeprecatedFeature(TRANSIENT);

        @Test
        void hasTransientQueues(EmbeddedBroker broker) throws Exception {
            try (Connection connection = connect(broker)) {
                assertThat(version(connection)).startsWith("4.3.");
                connection.createChannel().queueDeclare("transient", false, false, false, Map.of());
            }
        }
    }

    @Test
    void unknownSettingsAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new EmbeddedBrokerExtension().rabbitmq("3.9"))
                .withMessageContaining("3.10");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new EmbeddedBrokerExtension().permitDeprecatedFeature("nonsense"))
                .withMessageContaining(TRANSIENT);
    }

    private static Connection connect(EmbeddedBroker broker) throws Exception {
        var factory = new ConnectionFactory();
        factory.setUri(broker.amqpUri());
        factory.setAutomaticRecoveryEnabled(false);
        return factory.newConnection();
    }

    private static String version(Connection connection) {
        return connection.getServerProperties().get("version").toString();
    }
}
