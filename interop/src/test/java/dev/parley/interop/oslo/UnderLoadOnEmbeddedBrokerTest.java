package dev.parley.interop.oslo;

import dev.parley.broker.EmbeddedBroker;
import dev.parley.broker.QueueInfo;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class UnderLoadOnEmbeddedBrokerTest extends UnderLoad {
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

    @Override
    Set<String> queues() {
        return broker.queues().stream().map(QueueInfo::name).collect(Collectors.toSet());
    }

    @Override
    void cutConnections() {
        broker.faults()
                .dropConnections(connection -> ThreadLocalRandom.current().nextBoolean());
    }

    @Override
    int casts() {
        return 1_000_000;
    }
}
