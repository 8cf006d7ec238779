package dev.parley.interop.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.RpcServer;
import dev.parley.broker.EmbeddedBroker;
import dev.parley.interop.PeerProcess;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Servers and clients in JVMs of their own that are stopped, continued and killed by their ids amid calls. */
@Timeout(300)
@ExtendWith(Prepared.class)
class KilledPeersTest {
    private static final String RECONNECT = "?rabbit_retry_interval=0.1&rabbit_interval_max=0.5";
    private static final String TOPIC = "#killed";
    private static final int SOME = 50;

    @Test
    void serversThatAreStoppedAndKilled() throws Exception {
        Leftovers before = Leftovers.now();
        Tally tally = new Tally();
        Runs runs = new Runs();
        List<Traffic> traffic = new ArrayList<>();
        try (EmbeddedBroker broker = EmbeddedBroker.builder().start()) {
            List<String> addresses;
            try (PeerProcess server = KilledChild.start("serve", unbound(broker))) {
                addresses = bound(server, broker);
                traffic.addAll(traffic(addresses, tally));
                traffic.forEach(each -> each.awaitMore(SOME));
                signal("-STOP", server);
                // Nobody is told, so that calls end by their timeouts.
                awaitFailures(traffic, tally);
                signal("-CONT", server);
                traffic.forEach(each -> each.awaitMore(SOME));
                server.handle().destroyForcibly();
                server.handle().onExit().join();
                runs.add(server);
            }
            awaitFailures(
                    traffic.stream().filter(each -> !each.wire().brokered()).toList(), tally);
            try (PeerProcess server = KilledChild.start("serve", addresses)) {
                server.ready();
                traffic.forEach(each -> each.awaitMore(SOME));
                traffic.forEach(Traffic::close);
                // All calls have ended: what they started has run, or never will.
                server.handle().destroyForcibly();
                server.handle().onExit().join();
                runs.add(server);
            }
        }
        System.out.println("servers stopped and killed: " + tally);
        tally.assertNothingViolated("servers that are stopped and killed");
        assertThat(runs.repeated).as("calls that ran twice").isEmpty();
        assertThat(runs.count).isGreaterThan(SOME * FaultyWire.values().length);
        before.awaitNoMore("servers that were killed");
    }

    /** What servers have printed of their calls. Not thread-safe. */
    private static final class Runs {
        private final Set<String> seen = new HashSet<>();
        private final List<String> repeated = new ArrayList<>();
        private int count;

        void add(PeerProcess server) {
            for (String line : server.rest()) {
                if (line.startsWith("ran ")) {
                    count++;
                    int id = Integer.parseInt(line.substring(4));
                    // An idempotent one may run again.
                    if (!seen.add(line) && id % 5 != 0) {
                        repeated.add(line);
                    }
                }
            }
        }
    }

    @Test
    void clientsThatAreStoppedAndKilled() throws Exception {
        Leftovers before = Leftovers.now();
        CountedService service = new CountedService();
        try (EmbeddedBroker broker = EmbeddedBroker.builder().start()) {
            RpcServer.Builder builder = RpcServer.builder().endpoint(service);
            for (String address : unbound(broker)) {
                builder.listen(KilledChild.withoutTopic(address), KilledChild.serverTopic(address));
            }
            Tally tally = new Tally();
            List<Traffic> traffic = new ArrayList<>();
            try (RpcServer server = builder.build().start()) {
                List<String> addresses = server.addresses().stream()
                        .map(address -> address.toUri() + (address.scheme().startsWith("rabbit") ? TOPIC : ""))
                        .toList();
                Leftovers alone = Leftovers.now();
                for (int round = 0; round < 2; round++) {
                    try (PeerProcess client = KilledChild.start("call", addresses)) {
                        awaitCalls(client);
                        signal("-STOP", client);
                        traffic.addAll(traffic(addresses, tally));
                        traffic.forEach(each -> each.awaitMore(SOME));
                        signal("-CONT", client);
                        awaitCalls(client);
                        client.handle().destroyForcibly();
                        client.handle().onExit().join();
                        traffic.forEach(each -> each.awaitMore(SOME));
                        traffic.forEach(Traffic::close);
                        traffic.clear();
                    }
                    alone.awaitNoMore("a client that was killed");
                }
                server.stop();
                assertThat(server.await(Leftovers.PATIENCE))
                        .as("no call is left in the server")
                        .isTrue();
            }
            System.out.println("clients stopped and killed twice: others had " + tally);
            tally.assertNothingViolated("clients that are stopped and killed");
            assertThat(tally.of("ok")).as("nobody else noticed").isEqualTo(tally.total());
            assertThat(service.repeated()).as("calls that ran twice").isEmpty();
        }
        before.awaitNoMore("clients that were killed");
    }

    /** Callers on each wire. */
    private static List<Traffic> traffic(List<String> addresses, Tally tally) {
        List<Traffic> traffic = new ArrayList<>();
        Iterator<String> next = addresses.iterator();
        for (FaultyWire wire : FaultyWire.values()) {
            traffic.add(KilledChild.traffic(wire, next.next(), tally));
        }
        return traffic;
    }

    private static List<String> unbound(EmbeddedBroker broker) {
        List<String> addresses = new ArrayList<>();
        for (FaultyWire wire : FaultyWire.values()) {
            addresses.add(wire.brokered() ? broker.address() + RECONNECT + TOPIC : wire.address());
        }
        return addresses;
    }

    private static List<String> bound(PeerProcess server, EmbeddedBroker broker) {
        List<String> addresses = new ArrayList<>(List.of(server.ready().split(" ")));
        addresses.set(addresses.size() - 1, broker.address() + RECONNECT + TOPIC);
        return addresses;
    }

    /** Waits until a call has failed on each wire. */
    private static void awaitFailures(List<Traffic> traffic, Tally tally) {
        Map<Traffic, Long> before = traffic.stream().collect(Collectors.toMap(each -> each, Traffic::failed));
        before.forEach((each, failed) -> {
            Leftovers.await(() -> each.failed() > failed);
            if (each.failed() == failed) {
                tally.violated(each.wire() + ": no call noticed");
            }
        });
    }

    /** Waits until the child's calls have succeeded on every wire since now; none may have ended wrongly. */
    private static void awaitCalls(PeerProcess client) {
        client.rest();
        String[] first = client.line(line -> line.startsWith("calls ")).split(" ");
        client.line(line -> {
            String[] now = line.split(" ");
            boolean all = now[0].equals("calls");
            for (int i = 1; all && i < now.length; i += 3) {
                all = Long.parseLong(now[i]) >= Long.parseLong(first[i]) + SOME && now[i + 2].equals("false");
            }
            return all;
        });
    }

    private static void signal(String signal, PeerProcess process) throws Exception {
        assertThat(new ProcessBuilder(
                                "kill", signal, Long.toString(process.handle().pid()))
                        .inheritIO()
                        .start()
                        .waitFor())
                .isZero();
    }
}
