package dev.parley.internal.client;

import dev.parley.RpcException;
import dev.parley.spi.ClientCall;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Gathers the calls of a batch that come out of their interceptors, each on a thread of its own, and sends them when
 * every thread has one or has ended without. Thread-safe.
 */
final class Gathering {
    private final CallEngine engine;
    private final ReentrantLock lock = new ReentrantLock();
    private final List<ClientCall> calls = new ArrayList<>(); // Guarded by the lock.
    private final List<CompletableFuture<Batch.Outcome>> outcomes = new ArrayList<>(); // Guarded by the lock.
    private int missing; // Guarded by the lock.

    /**
     * A gathering.
     *
     * @param missing how many threads there are
     */
    Gathering(CallEngine engine, int missing) {
        this.engine = engine;
        this.missing = missing;
    }

    Turn turn() {
        return new Turn();
    }

    /** The part of one thread. Confined to it. */
    final class Turn {
        private boolean counted;

        /**
         * Sends a call with the others and blocks until it has its result; by itself if the interceptor proceeds once
         * more.
         *
         * @throws RpcException if it fails
         */
        @Nullable
        Object proceed(ClientCall call) {
            if (counted) {
                return engine.call(call);
            }
            CompletableFuture<Batch.Outcome> outcome = new CompletableFuture<>();
            lock.lock();
            try {
                calls.add(call);
                outcomes.add(outcome);
            } finally {
                lock.unlock();
            }
            end();
            try {
                Batch.Outcome known = outcome.get();
                if (known.error() != null) {
                    throw known.error();
                }
                return known.value();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw CallEngine.interrupted(call);
            } catch (ExecutionException e) {
                throw new IllegalStateException(e.getCause());
            }
        }

        /** This thread has no further call for the batch. */
        void end() {
            if (counted) {
                return;
            }
            counted = true;
            boolean last;
            lock.lock();
            try {
                last = --missing == 0;
            } finally {
                lock.unlock();
            }
            if (last) {
                send();
            }
        }
    }

    /** Called once, when no thread changes the lists any more. */
    private void send() {
        try {
            List<Batch.Outcome> all = engine.batch(calls);
            for (int i = 0; i < all.size(); i++) {
                outcomes.get(i).complete(all.get(i));
            }
        } catch (Throwable e) {
            outcomes.forEach(outcome -> outcome.completeExceptionally(e));
        }
    }
}
