package dev.parley.interop.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.broker.EmbeddedBroker;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.boot.amqp.autoconfigure.RabbitAutoConfiguration;
import org.springframework.boot.amqp.autoconfigure.RabbitConnectionDetails;
import org.springframework.boot.amqp.health.RabbitHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Spring Boot's own configuration of RabbitMQ, connected to the embedded broker as docs/broker.md says. */
class SpringBootTest {
    @Configuration(proxyBeanMethods = false)
    static class BrokerForTests {
        @Bean
        EmbeddedBroker broker() {
            return EmbeddedBroker.builder().start();
        }

        @Bean
        RabbitConnectionDetails connectionDetails(EmbeddedBroker broker) {
            return () -> List.of(new RabbitConnectionDetails.Address(broker.host(), broker.port()));
        }

        @Bean
        Queue orders() {
            return new Queue("orders");
        }
    }

    @Test
    void anApplicationUsesTheEmbeddedBroker() {
        EmbeddedBroker broker;
        try (var application =
                new AnnotationConfigApplicationContext(BrokerForTests.class, RabbitAutoConfiguration.class)) {
            broker = application.getBean(EmbeddedBroker.class);
            RabbitTemplate template = application.getBean(RabbitTemplate.class);
            template.convertAndSend("orders", "book");
            assertThat(template.receiveAndConvert("orders", 30_000)).isEqualTo("book");
            Health health = new RabbitHealthIndicator(template).health();
            assertThat(health.getStatus()).isEqualTo(Status.UP);
            assertThat(health.getDetails()).containsEntry("version", "3.10.8");
        }
        assertThat(broker.connections()).as("it is closed with the application").isEmpty();
    }
}
