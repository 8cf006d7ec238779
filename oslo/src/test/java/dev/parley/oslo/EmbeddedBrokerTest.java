package dev.parley.oslo;

import dev.parley.broker.EmbeddedBroker;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The behavior over AMQP, on the embedded broker. */
class EmbeddedBrokerTest extends RpcBehaviour {
    private static EmbeddedBroker broker;

    @BeforeAll
    static void start() {
        broker = EmbeddedBroker.builder().start();
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @Override
    String address() {
        return broker.address();
    }
}
