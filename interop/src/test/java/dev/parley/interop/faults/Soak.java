package dev.parley.interop.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.ConnectionLostException;
import dev.parley.InvalidArgumentsException;
import dev.parley.OverloadedException;
import dev.parley.ProtocolException;
import dev.parley.RpcException;
import dev.parley.RpcTimeoutException;
import dev.parley.SerializationException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Mixed traffic on all wires, each behind a network that breaks at random, for as long as wanted; then the curves of
 * memory, descriptors and threads. Not thread-safe.
 */
final class Soak {
    private static final int CLIENTS = 2;
    private static final int CALLERS = 3;
    private static final int SAMPLES = 12;
    private static final Duration TIMEOUT = Duration.ofSeconds(3);

    /** What callers may see of a broken network, garbage included; see errors.md. */
    private static final Set<Class<? extends RpcException>> ALLOWED = Set.of(
            ConnectionLostException.class,
            RpcTimeoutException.class,
            ProtocolException.class,
            SerializationException.class,
            InvalidArgumentsException.class,
            OverloadedException.class);

    private final long seed;
    private final Duration time;
    private final List<Line> lines = new ArrayList<>();
    private final Curves curves = new Curves();

    Soak(long seed, Duration time) {
        this.seed = seed;
        this.time = time;
    }

    /** One wire: its server, its network, and the traffic over it. */
    private record Line(
            FaultyWire wire,
            FaultyWire.Peer peer,
            CountedService service,
            RandomFaults faults,
            FaultProxy proxy,
            Tally tally,
            List<Traffic> traffic) {
        long calls() {
            return tally.total();
        }
    }

    /** Runs it; throws an {@code AssertionError} if anything was not as it must be. */
    void run() throws Exception {
        Leftovers before = Leftovers.now();
        try {
            for (FaultyWire wire : FaultyWire.values()) {
                lines.add(start(wire));
            }
            long start = System.nanoTime();
            for (int i = 1; i <= SAMPLES; i++) {
                long until = start + time.toNanos() / SAMPLES * i;
                Thread.sleep(Duration.ofNanos(Math.max(0, until - System.nanoTime())));
                curves.sample(lines.stream().mapToLong(Line::calls).sum());
            }
            for (Line line : lines) {
                line.faults().close();
                // The network is well again, and so are the clients.
                line.traffic().forEach(each -> each.awaitMore(20));
                line.traffic().forEach(Traffic::close);
            }
        } finally {
            for (Line line : lines) {
                line.faults().close();
                line.traffic().forEach(Traffic::close);
                line.proxy().close();
                line.peer().close();
            }
        }
        print();
        for (Line line : lines) {
            line.tally().assertNothingViolated(line.wire() + ", seed " + seed);
            assertThat(line.service().repeated())
                    .as("%s calls that ran twice, seed %d", line.wire(), seed)
                    .isEmpty();
        }
        before.awaitNoMore("the soak");
        curves.assertNoGrowth();
    }

    private Line start(FaultyWire wire) {
        CountedService service = new CountedService();
        FaultyWire.Peer peer = wire.serve(service, "");
        FaultProxy proxy = FaultProxy.to(peer.port());
        Tally tally = new Tally();
        List<Traffic> traffic = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            traffic.add(new Traffic(
                    wire,
                    peer.client(peer.through(proxy)).timeout(TIMEOUT).build(),
                    CALLERS,
                    TIMEOUT,
                    Duration.ofMillis(5),
                    ALLOWED,
                    tally));
        }
        return new Line(
                wire, peer, service, new RandomFaults(proxy, seed + wire.name().hashCode()), proxy, tally, traffic);
    }

    private void print() {
        System.out.printf("%nsoak: %d s, seed %d%n%s%n", time.toSeconds(), seed, curves);
        for (Line line : lines) {
            System.out.printf(
                    "%-12s %6d faults, %8d calls, longest %5d ms: %s%n",
                    line.wire(),
                    line.faults().count(),
                    line.calls(),
                    line.traffic().stream()
                            .mapToLong(each -> each.longest().toMillis())
                            .max()
                            .orElse(0),
                    line.tally());
        }
    }
}
