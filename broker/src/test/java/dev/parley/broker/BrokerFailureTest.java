package dev.parley.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import dev.parley.broker.connection.LoopFailures;
import java.io.IOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A broker whose event loops have failed. */
@Timeout(120)
class BrokerFailureTest {
    private static ConnectionFactory factory(EmbeddedBroker broker) throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(broker.amqpUri());
        factory.setAutomaticRecoveryEnabled(false);
        return factory;
    }

    @Test
    void itStopsListeningTellsItsUserOnceAndCanBeStartedAgain() throws Exception {
        BlockingQueue<Throwable> told = new LinkedBlockingQueue<>();
        try (EmbeddedBroker broker =
                EmbeddedBroker.builder().onFailure(told::add).start()) {
            var closed = new CountDownLatch(1);
            factory(broker).newConnection().addShutdownListener(cause -> closed.countDown());
            LoopFailures.failAll();
            assertThat(told.poll(30, TimeUnit.SECONDS)).isInstanceOf(OutOfMemoryError.class);
            assertThat(closed.await(30, TimeUnit.SECONDS)).isTrue();
            assertThatThrownBy(() -> factory(broker).newConnection()).isInstanceOf(IOException.class);

            broker.start();
            try (Connection again = factory(broker).newConnection()) {
                assertThat(again.isOpen()).isTrue();
            }
        }
    }
}
