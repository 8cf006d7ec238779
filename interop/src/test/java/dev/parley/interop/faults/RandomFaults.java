package dev.parley.interop.faults;

import dev.parley.interop.faults.Fault.Kind;
import dev.parley.interop.faults.Fault.Way;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/** Has the network of a {@link FaultProxy} break again and again, at random but for the seed. Thread-safe. */
final class RandomFaults implements AutoCloseable {
    private static final int BYTES = 3_000;
    private static final List<Kind> KINDS = List.of(Kind.values());

    private final FaultProxy proxy;
    private final Random random;
    private final Thread thread;
    private volatile boolean over;
    private final AtomicInteger count = new AtomicInteger();

    /** Begins at once. */
    RandomFaults(FaultProxy proxy, long seed) {
        this.proxy = proxy;
        this.random = new Random(seed);
        this.thread = Thread.ofPlatform().daemon().name("random-faults").unstarted(this::run);
        thread.start();
    }

    /** How many there have been. */
    int count() {
        return count.get();
    }

    private void run() {
        try {
            while (!over) {
                Thread.sleep(50 + random.nextInt(600));
                one();
                count.incrementAndGet();
            }
        } catch (InterruptedException e) {
            // Closed.
        } finally {
            proxy.disarm();
            proxy.refuse(false);
            proxy.chop(false);
            proxy.delay(Duration.ZERO);
            proxy.bandwidth(0);
            // Connections that are silent would be so forever.
            proxy.cut();
        }
    }

    private void one() throws InterruptedException {
        switch (random.nextInt(12)) {
            case 0 -> proxy.cut();
            case 1 -> proxy.reset();
            case 2 -> {
                proxy.silence();
                Thread.sleep(random.nextInt(2_000));
                proxy.cut();
            }
            case 3 -> {
                proxy.refuse(true);
                proxy.cut();
                Thread.sleep(random.nextInt(500));
                proxy.refuse(false);
            }
            case 4 -> {
                proxy.delay(Duration.ofMillis(random.nextInt(50)));
                Thread.sleep(random.nextInt(1_000));
                proxy.delay(Duration.ZERO);
            }
            case 5 -> {
                proxy.bandwidth(5_000 + random.nextInt(100_000));
                Thread.sleep(random.nextInt(1_000));
                proxy.bandwidth(0);
            }
            case 6 -> {
                proxy.chop(true);
                Thread.sleep(random.nextInt(300));
                proxy.chop(false);
            }
            default -> {
                Kind kind = KINDS.get(random.nextInt(KINDS.size()));
                Way way = random.nextBoolean() ? Way.TO_SERVER : Way.TO_CLIENT;
                proxy.arm(new Fault(way, random.nextInt(BYTES), kind));
                Thread.sleep(random.nextInt(500));
                if (kind == Kind.SILENCE || kind == Kind.HALF_CLOSE || kind == Kind.GARBAGE) {
                    proxy.cut();
                }
            }
        }
    }

    /** Ends them; the network is well again. */
    @Override
    public void close() {
        over = true;
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
