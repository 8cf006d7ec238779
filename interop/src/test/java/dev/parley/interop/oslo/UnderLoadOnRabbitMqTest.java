package dev.parley.interop.oslo;

import dev.parley.interop.NeedsPeer;
import dev.parley.interop.Peer;
import dev.parley.interop.RabbitMq;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** On a node of its own, as all its connections are cut. */
@NeedsPeer(Peer.RABBITMQ)
class UnderLoadOnRabbitMqTest extends UnderLoad {
    private static RabbitMq rabbit;

    @BeforeAll
    static void start() {
        rabbit = RabbitMq.start();
    }

    @AfterAll
    static void stop() {
        rabbit.close();
    }

    @Override
    String url() {
        return rabbit.transportUrl();
    }

    @Override
    Set<String> queues() {
        return rabbit.ctl("list_queues", "name").lines().collect(Collectors.toSet());
    }

    @Override
    void cutConnections() {
        rabbit.ctl("close_all_connections", "cut by a test");
    }

    @Override
    int casts() {
        return 100_000;
    }
}
