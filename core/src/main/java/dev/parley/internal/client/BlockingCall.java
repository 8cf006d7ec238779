package dev.parley.internal.client;

import dev.parley.ProtocolException;
import dev.parley.RpcException;
import dev.parley.spi.ClientCall;
import dev.parley.spi.EncodedResult;
import dev.parley.spi.ResponseListener;
import dev.parley.spi.StartedCall;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One attempt of a call whose caller waits: the thread that brings the response wakes it directly. The value is the
 * outcome, once there is one: an {@link EncodedResult}, a mark that the message was handed over, or a {@link Failure}.
 * Waiting is for the thread that made it; the rest is thread-safe.
 */
@SuppressWarnings("serial") // The base class is serializable, this one is not meant to be.
class BlockingCall extends AtomicReference<@Nullable Object> implements ResponseListener {
    /** The outcome of a message that was handed over. */
    static final Object SENT = new Object();

    /** Why there is no result. */
    record Failure(Throwable error) {}

    private final Thread caller = Thread.currentThread();
    private volatile boolean notSent;

    /**
     * Blocks until there is an outcome, and cancels the call when its deadline has passed or the thread is interrupted.
     */
    Object await(ClientCall call, StartedCall started) {
        Object outcome = get();
        long notice = call.noticeNanos();
        while (outcome == null) {
            long left = call.remainingNanos();
            if (left <= 0) {
                complete(new Failure(call.timedOut(started.explanation())));
                started.cancel();
            } else if (Thread.currentThread().isInterrupted()) {
                complete(new Failure(CallEngine.interrupted(call)));
                started.cancel();
            } else if (left <= notice) {
                notice = 0;
                started.expiring();
            } else {
                LockSupport.parkNanos(this, left - notice);
            }
            outcome = get();
        }
        return outcome;
    }

    /** Whether the attempt failed before anything was sent. */
    boolean isNotSent() {
        return notSent;
    }

    /** Sets the outcome; {@code false} if there is one. */
    final boolean complete(Object outcome) {
        if (!compareAndSet(null, outcome)) {
            return false;
        }
        LockSupport.unpark(caller);
        return true;
    }

    @Override
    public void onSent() {
        complete(SENT);
    }

    @Override
    public void onResult(EncodedResult result) {
        complete(result);
    }

    @Override
    public void onItem(EncodedResult item) {
        // A call that is not a stream has none.
    }

    @Override
    public void onEnd() {
        complete(new Failure(new ProtocolException("the response is the end of a stream")));
    }

    @Override
    public void onFailure(Throwable error) {
        complete(new Failure(error));
    }

    @Override
    public void onNotSent(RpcException error) {
        notSent = true;
        complete(new Failure(error));
    }
}
