package dev.parley.interop.faults;

import dev.parley.ProtocolException;
import dev.parley.RemoteException;
import dev.parley.RpcClient;
import dev.parley.RpcException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Callers that make one call after the other: blocking and asynchronous ones, casts, idempotent calls, small and larger
 * ones. Each must end once, in time, with the right result or an error that may happen. Thread-safe.
 */
final class Traffic implements AutoCloseable {
    /** Other processes have other numbers. */
    private static final AtomicInteger IDS =
            new AtomicInteger((int) (ProcessHandle.current().pid() % 1000) * 2_000_000);

    private static final Duration MARGIN = Duration.ofSeconds(30);
    private static final int LARGE = 20_000;

    private final FaultyWire wire;
    private final RpcClient client;
    private final Duration timeout;
    private final Duration pause;
    private final Set<Class<? extends RpcException>> allowed;
    private final Tally tally;
    private final AtomicLong succeeded = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final AtomicLong longestNanos = new AtomicLong();
    private final List<CompletableFuture<Void>> callers = new ArrayList<>();
    private volatile boolean over;

    /**
     * Starts it.
     *
     * @param client whose timeout is {@code timeout}
     * @param pause of a caller between two calls
     * @param allowed the errors that may happen
     */
    Traffic(
            FaultyWire wire,
            RpcClient client,
            int callers,
            Duration timeout,
            Duration pause,
            Set<Class<? extends RpcException>> allowed,
            Tally tally) {
        this.wire = wire;
        this.client = client;
        this.timeout = timeout;
        this.pause = pause;
        this.allowed = allowed;
        this.tally = tally;
        for (int i = 0; i < callers; i++) {
            this.callers.add(CompletableFuture.runAsync(
                    this::loop, task -> Thread.ofVirtual().name("caller").start(task)));
        }
    }

    private void loop() {
        while (!over) {
            try {
                one(IDS.incrementAndGet());
            } catch (InterruptedException e) {
                return;
            }
            LockSupport.parkNanos(pause.toNanos());
        }
    }

    private void one(int id) throws InterruptedException {
        long start = System.nanoTime();
        CompletableFuture<@Nullable RpcException> outcome = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                outcome.complete(outcome(id));
            } catch (Throwable e) {
                outcome.completeExceptionally(e);
            }
        });
        try {
            RpcException error = outcome.get(timeout.plus(MARGIN).toMillis(), TimeUnit.MILLISECONDS);
            longestNanos.accumulateAndGet(System.nanoTime() - start, Math::max);
            tally.count(error);
            (error == null ? succeeded : failed).incrementAndGet();
            if (error != null && !isAllowed(error)) {
                tally.violated(wire + " call " + id, error);
            }
        } catch (TimeoutException e) {
            tally.count("no end");
            tally.violated(wire + " call " + id + " did not end");
        } catch (ExecutionException e) {
            tally.count(e.getCause());
            tally.violated(wire + " call " + id, e.getCause());
        }
    }

    private boolean isAllowed(RpcException error) {
        return allowed.contains(error.getClass())
                // What a zerorpc server says of an event that garbage has changed.
                || (allowed.contains(ProtocolException.class)
                        && error instanceof RemoteException remote
                        && remote.type().equals("ValueError"));
    }

    /** Makes the call; {@code null} if it succeeded. */
    private @Nullable RpcException outcome(int id) throws Exception {
        boolean idempotent = id % 5 == 0;
        int length = id % 7 == 0 ? ThreadLocalRandom.current().nextInt(LARGE) : id % 30;
        Object[] arguments = wire.arguments(id, (idempotent ? CountedService.IDEMPOTENT : "") + "x".repeat(length));
        try {
            if (id % 11 == 0) {
                client.cast("work", arguments);
                return null;
            }
            RpcClient prepared = idempotent ? client.prepare(options -> options.withIdempotent(true)) : client;
            String result = id % 2 == 0
                    ? prepared.call("work", String.class, arguments)
                    : prepared.callAsync("work", String.class, arguments).get();
            if (!CountedService.resultOf(id).equals(result)) {
                tally.violated(wire + " call " + id + " returned " + result);
            }
            return null;
        } catch (RpcException e) {
            return e;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RpcException error) {
                return error;
            }
            throw e;
        }
    }

    FaultyWire wire() {
        return wire;
    }

    long succeeded() {
        return succeeded.get();
    }

    long failed() {
        return failed.get();
    }

    Duration longest() {
        return Duration.ofNanos(longestNanos.get());
    }

    /** Waits until so many more calls have succeeded. */
    void awaitMore(int count) {
        long until = succeeded() + count;
        Leftovers.await(() -> succeeded() >= until);
        if (succeeded() < until) {
            tally.violated(wire + ": only " + (succeeded() - until + count) + " of " + count + " calls succeeded");
        }
    }

    /** Lets no further call start and waits for the end of those that have. */
    void stop() {
        over = true;
        CompletableFuture.allOf(callers.toArray(CompletableFuture<?>[]::new)).join();
    }

    /** Closes the client too; none of its calls is left. */
    @Override
    public void close() {
        stop();
        client.stop();
        try {
            if (!client.await(Leftovers.PATIENCE)) {
                tally.violated(wire + ": the client still counts calls as in flight");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        client.close();
    }
}
