package dev.parley.broker.junit;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.ConnectionFactory;
import dev.parley.broker.EmbeddedBroker;
import java.util.Map;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.extension.RegisterExtension;

class EmbeddedBrokerExtensionTest {
    @RegisterExtension
    static final EmbeddedBrokerExtension BROKER =
            EmbeddedBrokerExtension.with(EmbeddedBroker.builder().queue("declared", Map.of()));

    private static int port;

    @RepeatedTest(2)
    void sharesOneBrokerPerClass(EmbeddedBroker broker) throws Exception {
        assertThat(port == 0 || port == broker.port()).isTrue();
        port = broker.port();
        var factory = new ConnectionFactory();
        factory.setUri(broker.amqpUri());
        try (var connection = factory.newConnection()) {
            connection.createChannel().queueDeclarePassive("declared");
        }
    }
}
