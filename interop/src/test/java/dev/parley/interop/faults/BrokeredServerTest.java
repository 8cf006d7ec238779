package dev.parley.interop.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.RpcClient;
import dev.parley.RpcException;
import dev.parley.RpcServer;
import dev.parley.Target;
import dev.parley.broker.EmbeddedBroker;
import dev.parley.interop.OnRabbitMq;
import dev.parley.interop.RabbitMq;
import dev.parley.interop.faults.Fault.Kind;
import dev.parley.interop.faults.Fault.Way;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Servers of oslo.messaging that lose their broker at every byte of a call, and of its reply. The caller does not: its
 * call is redelivered or its reply sent again, and the method runs once.
 */
@Timeout(600)
@ExtendWith(Prepared.class)
class BrokeredServerTest {
    private static final int STEP = Integer.getInteger("parley.faults.step", 0);
    private static final int LANES = 12;
    private static final AtomicInteger IDS = new AtomicInteger();

    private final CountedService service = new CountedService();

    @Test
    void callsAreCompletedOnTheEmbeddedBroker() throws Exception {
        Leftovers before = Leftovers.now();
        try (EmbeddedBroker broker = EmbeddedBroker.builder().start()) {
            run("embedded", broker.address(), STEP > 0 ? STEP : 3);
        }
        before.awaitNoMore("faults between servers and the embedded broker");
    }

    @Nested
    @OnRabbitMq
    class OnRealBroker {
        @Test
        void callsAreCompleted(RabbitMq broker) throws Exception {
            run("RabbitMQ", broker.transportUrl(), STEP > 0 ? STEP : 29);
        }
    }

    private void run(String name, String broker, int step) throws Exception {
        for (Way way : Way.values()) {
            for (Kind kind : new Kind[] {Kind.CLOSE, Kind.RESET}) {
                Tally tally = new Tally();
                int length = length(broker, way);
                inLanes(broker, length / step + 1, (lane, i) -> lane.trial(new Fault(way, i * step, kind), tally));
                System.out.printf(
                        "%-12s %-10s %-9s %5d calls, server's connection: %s%n", name, kind, way, tally.total(), tally);
                tally.assertNothingViolated(name + " " + kind + " " + way);
            }
        }
    }

    private int length(String broker, Way way) throws Exception {
        try (ServerLane lane = new ServerLane(broker)) {
            lane.call();
            long before = lane.proxy.count(way);
            lane.call();
            return (int) (lane.proxy.count(way) - before);
        }
    }

    private interface Trial {
        void run(ServerLane lane, int number);
    }

    private void inLanes(String broker, int trials, Trial trial) throws Exception {
        AtomicInteger next = new AtomicInteger();
        List<CompletableFuture<Void>> lanes = new ArrayList<>();
        for (int i = 0; i < Math.min(LANES, trials); i++) {
            lanes.add(CompletableFuture.runAsync(
                    () -> {
                        try (ServerLane lane = new ServerLane(broker)) {
                            lane.call();
                            for (int n = next.getAndIncrement(); n < trials; n = next.getAndIncrement()) {
                                trial.run(lane, n);
                            }
                        }
                    },
                    task -> Thread.ofVirtual().start(task)));
        }
        for (CompletableFuture<Void> lane : lanes) {
            lane.get();
        }
    }

    /** A server behind a proxy, and a client that is not. Confined to one thread. */
    private final class ServerLane implements AutoCloseable {
        private final FaultProxy proxy;
        private final RpcServer server;
        private final RpcClient client;

        ServerLane(String broker) {
            int port = URI.create(broker).getPort();
            proxy = FaultProxy.to(port);
            Target target = Target.topic("server-faults-" + IDS.incrementAndGet());
            server = FaultyWire.serveAt(service, broker.replace(":" + port, ":" + proxy.port()), target);
            client = RpcClient.builder(broker)
                    .target(target)
                    .timeout(Leftovers.PATIENCE)
                    .build();
        }

        int call() {
            int id = IDS.incrementAndGet();
            assertThat(client.call("work", String.class, FaultyWire.OSLO.arguments(id, "text")))
                    .isEqualTo(CountedService.resultOf(id));
            return id;
        }

        void trial(Fault fault, Tally tally) {
            proxy.arm(fault);
            try {
                int id = call();
                tally.count("ok");
                if (service.runs(id) != 1) {
                    tally.violated(fault + ": did not run once");
                }
            } catch (RpcException e) {
                tally.count(e);
                tally.violated(fault.toString(), e);
            }
            proxy.disarm();
        }

        @Override
        public void close() {
            client.close();
            server.close();
            proxy.close();
        }
    }
}
