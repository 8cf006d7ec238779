package dev.parley.interop.faults;

import dev.parley.interop.faults.Fault.Way;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;

/** Runs trials with several clients of one server at a time. Thread-safe. */
final class Lanes {
    private static final int COUNT = 16;

    private final FaultyWire.Peer peer;
    private final CountedService service;
    private final Tally tally;

    Lanes(FaultyWire.Peer peer, CountedService service, Tally tally) {
        this.peer = peer;
        this.service = service;
        this.tally = tally;
    }

    /** How many bytes a call has, or its response. */
    int length(Way way) {
        try (Lane lane = new Lane(peer, service, tally)) {
            lane.length(way);
            return lane.length(way);
        }
    }

    /** The same, with all that a new client and server say to each other before it. */
    int lengthWithConnecting(Way way) {
        try (Lane lane = new Lane(peer, service, tally)) {
            return lane.length(way);
        }
    }

    /** Runs so many trials, each with its number, and returns when all are over. */
    void run(int trials, BiConsumer<Lane, Integer> trial) throws Exception {
        AtomicInteger next = new AtomicInteger();
        List<CompletableFuture<Void>> lanes = new ArrayList<>();
        for (int i = 0; i < Math.min(COUNT, trials); i++) {
            lanes.add(CompletableFuture.runAsync(
                    () -> {
                        try (Lane lane = new Lane(peer, service, tally)) {
                            lane.length(Way.TO_SERVER); // Connects it.
                            for (int n = next.getAndIncrement(); n < trials; n = next.getAndIncrement()) {
                                trial.accept(lane, n);
                            }
                        }
                    },
                    task -> Thread.ofVirtual().start(task)));
        }
        for (CompletableFuture<Void> lane : lanes) {
            lane.get();
        }
    }
}
