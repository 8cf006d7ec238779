package dev.parley.oslo.rpc;

import dev.parley.RpcException;
import dev.parley.oslo.driver.Driver;
import dev.parley.oslo.driver.QueueState;
import dev.parley.spi.Guard;
import dev.parley.spi.Timers;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the broker about queues whose calls are about to time out. Calls to the same queue share one question, a second
 * long, and only a few questions are open at once. Thread-safe.
 */
final class QueueProbe {
    private static final Logger log = LoggerFactory.getLogger(QueueProbe.class);
    private static final long SHARED_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int MAX_OPEN = 8;

    private final Driver driver;
    private final Semaphore open = new Semaphore(MAX_OPEN);
    private final ConcurrentMap<String, CompletableFuture<@Nullable QueueState>> states = new ConcurrentHashMap<>();

    QueueProbe(Driver driver) {
        this.driver = driver;
    }

    /** The state of a queue once the broker has told it, {@code null} if it does not. Does not block. */
    CompletableFuture<@Nullable QueueState> look(String queue) {
        return states.computeIfAbsent(queue, this::ask);
    }

    private CompletableFuture<@Nullable QueueState> ask(String queue) {
        CompletableFuture<@Nullable QueueState> state = new CompletableFuture<>();
        if (!open.tryAcquire()) {
            state.complete(null);
        } else {
            Guard.start("parley-queue-probe", () -> ask(queue, state), error -> state.complete(null));
        }
        state.whenComplete((told, error) -> Timers.after(SHARED_NANOS, () -> states.remove(queue)));
        return state;
    }

    private void ask(String queue, CompletableFuture<@Nullable QueueState> state) {
        QueueState told = null;
        try {
            told = driver.look(queue);
        } catch (RpcException e) {
            log.debug("{}", e.getMessage());
        } finally {
            open.release();
            state.complete(told);
        }
    }
}
