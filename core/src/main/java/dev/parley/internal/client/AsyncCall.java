package dev.parley.internal.client;

import dev.parley.ProtocolException;
import dev.parley.RpcException;
import dev.parley.spi.ClientCall;
import dev.parley.spi.EncodedResult;
import dev.parley.spi.Guard;
import dev.parley.spi.ResponseListener;
import dev.parley.spi.StartedCall;
import dev.parley.spi.Timers;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A call whose caller does not wait, as its future. A result completes it on the thread that brings the response; a
 * failure on a virtual thread, since dependents must not hold up the timer or a reconnecting connection. Thread-safe.
 */
final class AsyncCall extends CompletableFuture<@Nullable Object> implements ResponseListener {
    private final CallEngine engine;
    private final ClientCall call;
    private final AtomicBoolean over = new AtomicBoolean();
    private volatile StartedCall started = StartedCall.NONE;
    private volatile @Nullable ScheduledFuture<?> deadline;
    private volatile @Nullable Thread runner;
    private volatile int failures;

    AsyncCall(CallEngine engine, ClientCall call) {
        this.engine = engine;
        this.call = call;
    }

    void start() {
        if (!engine.transport().blocks()) {
            deadline = Timers.after(call.remainingNanos() - call.noticeNanos(), this::expiring);
        }
        attempt();
    }

    private void expiring() {
        started.expiring();
        deadline = Timers.after(call.remainingNanos(), () -> {
            StartedCall now = started;
            end(call.timedOut(now.explanation()));
            now.cancel();
        });
        if (over.get()) {
            stopTimer();
        }
    }

    private void attempt() {
        if (over.get()) {
            return;
        }
        try {
            StartedCall now = engine.transport().start(call, this);
            started = now;
            if (over.get()) {
                now.cancel();
            } else if (engine.transport().blocks()) {
                Thread thread = Thread.ofVirtual().name("parley-call").unstarted(() -> CallEngine.run(now, this));
                runner = thread;
                thread.start();
                if (isCancelled()) {
                    thread.interrupt();
                }
            }
        } catch (RpcException e) {
            end(e);
        } catch (RuntimeException | Error e) {
            // Perhaps on a timer: its future is the only one to tell.
            end(engine.failure(call, started, e));
        }
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        boolean cancelled = super.cancel(mayInterruptIfRunning);
        if (cancelled && settle()) {
            started.cancel();
            Thread thread = runner;
            if (thread != null) {
                thread.interrupt();
            }
        }
        return cancelled;
    }

    /** Whether this is the event that ends the call. */
    private boolean settle() {
        if (!over.compareAndSet(false, true)) {
            return false;
        }
        stopTimer();
        engine.release();
        return true;
    }

    private void stopTimer() {
        ScheduledFuture<?> timer = deadline;
        if (timer != null) {
            timer.cancel(false);
        }
    }

    private void end(RpcException error) {
        if (settle()) {
            Runnable complete = () -> completeExceptionally(error);
            Guard.start("parley-call-failed", complete, unused -> complete.run());
        }
    }

    private void failed(RpcException error, boolean notSent) {
        int count = failures + 1;
        failures = count;
        long pause = over.get() ? -1 : engine.retryAfter(call, error, notSent, count);
        if (pause < 0) {
            end(error);
        } else {
            Timers.after(pause, this::attempt);
        }
    }

    @Override
    public void onSent() {
        // A call has more to wait for.
    }

    @Override
    public void onResult(EncodedResult result) {
        if (over.get()) {
            return;
        }
        try {
            Object value = result.decode(engine.readers(), call);
            if (settle()) {
                complete(value);
            }
        } catch (Throwable e) {
            end(engine.failure(call, started, e));
        }
    }

    @Override
    public void onItem(EncodedResult item) {
        // A call that is not a stream has none.
    }

    @Override
    public void onEnd() {
        end(new ProtocolException("the response is the end of a stream"));
    }

    @Override
    public void onFailure(Throwable error) {
        failed(engine.failure(call, started, error), false);
    }

    @Override
    public void onNotSent(RpcException error) {
        failed(error, true);
    }
}
