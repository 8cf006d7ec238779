package dev.parley.interop.faults;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * All wires under traffic while their networks break. {@code -Dparley.soak.minutes=30} takes longer than each build
 * does, {@code -Dparley.soak.seed} repeats the faults of another run.
 */
@ExtendWith(Prepared.class)
class SoakTest {
    @Test
    void nothingIsLostAndNothingGrows() throws Exception {
        double minutes = Double.parseDouble(System.getProperty("parley.soak.minutes", "1"));
        long seed = Long.getLong("parley.soak.seed", System.nanoTime() % 1_000_000);
        new Soak(seed, Duration.ofMillis((long) (minutes * 60_000))).run();
    }
}
