package dev.parley.interop.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.Args;
import dev.parley.DeliveryException;
import dev.parley.RpcClient;
import dev.parley.interop.QpidBroker;
import dev.parley.oslo.OsloCallOptions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** On Apache Qpid Broker-J, which is not RabbitMQ. */
class QpidBehaviourTest extends RabbitBehaviour {
    private static QpidBroker broker;

    @BeforeAll
    static void startBroker() {
        broker = QpidBroker.start();
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @Override
    String listenAddress() {
        return broker.transportUrl();
    }

    /** Broker-J refuses such a message first and returns it after that; RabbitMQ returns it and then confirms it. */
    @Test
    void whatMustReachAQueueAndCannotFailsAtOnce() {
        RpcClient strict = client.prepare(o -> o.withServer("nobody").with(OsloCallOptions.MUST_ROUTE, true));
        for (int i = 0; i < 20; i++) {
            assertThatThrownBy(() -> strict.call("add", int.class, args("a", 1, "b", 2)))
                    .isInstanceOf(DeliveryException.class)
                    .hasMessageContaining("nobody");
            assertThatThrownBy(() -> strict.cast("note", Args.named("text", "to nobody")))
                    .isInstanceOf(DeliveryException.class);
            assertThat(client.prepare(o -> o.with(OsloCallOptions.MUST_ROUTE, true))
                            .call("add", int.class, args("a", 1, "b", 2)))
                    .isEqualTo(3);
        }
    }
}
