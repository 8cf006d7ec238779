package dev.parley.interop.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.RpcClient;
import dev.parley.RpcTimeoutException;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every wire over a network that is slow, or passes byte after byte. */
@Timeout(300)
@ExtendWith(Prepared.class)
class DribbleTest {
    private final CountedService service = new CountedService();

    @ParameterizedTest
    @EnumSource
    void bytesComeOneByOne(FaultyWire wire) throws Exception {
        try (FaultyWire.Peer peer = wire.serve(service, "");
                FaultProxy proxy = new FaultProxy(peer.port())) {
            proxy.chop(true);
            try (RpcClient client = client(peer, proxy)) {
                for (int id = 0; id < 20; id++) {
                    assertThat(client.call("work", String.class, wire.arguments(id, "ä".repeat(id))))
                            .isEqualTo(CountedService.resultOf(id));
                    assertThat(service.runs(id)).isEqualTo(1);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void piecesAreLate(FaultyWire wire) throws Exception {
        try (FaultyWire.Peer peer = wire.serve(service, "");
                FaultProxy proxy = new FaultProxy(peer.port())) {
            proxy.delay(Duration.ofMillis(20));
            try (RpcClient client = client(peer, proxy)) {
                String text = "x".repeat(100_000);
                assertThat(client.call("work", String.class, wire.arguments(1, text)))
                        .isEqualTo(CountedService.resultOf(1));
                assertThat(service.runs(1)).isEqualTo(1);
            }
        }
    }

    /** Each byte that still comes must not give a call more time. */
    @ParameterizedTest
    @EnumSource
    void aSlowNetworkHoldsNoCallPastItsDeadline(FaultyWire wire) throws Exception {
        Leftovers before = Leftovers.now();
        try (FaultyWire.Peer peer = wire.serve(service, "");
                FaultProxy proxy = new FaultProxy(peer.port());
                RpcClient client = client(peer, proxy)) {
            assertThat(client.call("work", String.class, wire.arguments(1, ""))).isEqualTo("done 1");
            proxy.bandwidth(20_000);
            RpcClient hurried = client.prepare(options -> options.withTimeout(Duration.ofSeconds(1)));
            assertThatThrownBy(() -> hurried.call("work", String.class, wire.arguments(2, incompressible())))
                    .isInstanceOf(RpcTimeoutException.class);
            assertThat(service.runs(2)).isZero();
            proxy.bandwidth(0);
            proxy.cut();
            RpcClient again = client.prepare(options -> options.withIdempotent(true));
            assertThat(again.call("work", String.class, wire.arguments(3, ""))).isEqualTo("done 3");
        }
        before.awaitNoMore("a slow network on " + wire);
    }

    /** Random letters: half a minute's worth, compressed too. */
    private static String incompressible() {
        return new Random(1)
                .ints(700_000, 'a', 'z' + 1)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private static RpcClient client(FaultyWire.Peer peer, FaultProxy proxy) {
        return peer.client(peer.through(proxy)).timeout(Lane.LONG).build();
    }
}
