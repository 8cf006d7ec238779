package dev.parley.interop.oslo;

import dev.parley.broker.EmbeddedBroker;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** On the embedded broker. */
class PythonNotifiesOnEmbeddedBrokerTest extends PythonNotifies {
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
    String url() {
        return broker.address();
    }
}
