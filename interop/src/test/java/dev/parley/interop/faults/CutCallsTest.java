package dev.parley.interop.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.interop.faults.Fault.Kind;
import dev.parley.interop.faults.Fault.Way;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every wire with its connection broken at every byte of a call and of its response, in every manner. By default some
 * manners skip positions; {@code -Dparley.faults.step=1} leaves none out.
 */
@Timeout(1800)
@ExtendWith(Prepared.class)
class CutCallsTest {
    private static final int STEP = Integer.getInteger("parley.faults.step", 0);

    private final CountedService service = new CountedService();

    @ParameterizedTest
    @EnumSource
    void eachCallEndsOnceWhereverItsConnectionBreaks(FaultyWire wire) throws Exception {
        Leftovers before = Leftovers.now();
        try (FaultyWire.Peer peer = wire.serve(service, "")) {
            for (Way way : Way.values()) {
                for (Kind kind : Kind.values()) {
                    calls(peer, way, kind, false, step(kind));
                }
                calls(peer, way, Kind.CLOSE, true, step(Kind.GARBAGE));
            }
            peer.server().stop();
            assertThat(peer.server().await(Leftovers.PATIENCE))
                    .as("no call is left in the server")
                    .isTrue();
        }
        before.awaitNoMore("faults on " + wire);
    }

    private static int step(Kind kind) {
        if (STEP > 0) {
            return STEP;
        }
        return switch (kind) {
            case CLOSE, RESET -> 1;
            case HALF_CLOSE, GARBAGE -> 7;
            case SILENCE -> 11;
        };
    }

    private void calls(FaultyWire.Peer peer, Way way, Kind kind, boolean idempotent, int step) throws Exception {
        Tally tally = new Tally();
        Lanes lanes = new Lanes(peer, service, tally);
        int positions = lanes.length(way) / step + 1;
        lanes.run(positions, (lane, i) -> lane.trial(new Fault(way, i * step, kind), idempotent));
        report(peer.wire(), kind, way, idempotent ? "idempotent calls" : "calls", tally);
    }

    /** Where connecting takes more than a call: with an upgrade, a greeting, a login. */
    @ParameterizedTest
    @EnumSource(names = {"JSONRPC_WS", "ZERORPC", "OSLO"})
    void eachCallEndsOnceWhereverConnectingBreaks(FaultyWire wire) throws Exception {
        Leftovers before = Leftovers.now();
        try (FaultyWire.Peer peer = wire.serve(service, "")) {
            for (Way way : Way.values()) {
                for (Kind kind : new Kind[] {Kind.CLOSE, Kind.RESET, Kind.SILENCE}) {
                    if (kind == Kind.SILENCE && wire.brokered() && STEP == 0) {
                        // A client waits for the broker's login for 10 seconds each time.
                        continue;
                    }
                    Tally tally = new Tally();
                    Lanes lanes = new Lanes(peer, service, tally);
                    int step = STEP > 0 ? STEP : wire.brokered() ? 67 : step(kind);
                    int positions = lanes.lengthWithConnecting(way) / step + 1;
                    lanes.run(positions, (lane, i) -> lane.setUpTrial(new Fault(way, i * step, kind)));
                    report(wire, kind, way, "new clients", tally);
                }
            }
        }
        before.awaitNoMore("faults while connecting on " + wire);
    }

    private static void report(FaultyWire wire, Kind kind, Way way, String what, Tally tally) {
        System.out.printf("%-12s %-10s %-9s %5d %s: %s%n", wire, kind, way, tally.total(), what, tally);
        tally.assertNothingViolated(wire + " " + kind + " " + way);
    }
}
