package dev.parley.oslo.rpc;

import dev.parley.RpcException;
import dev.parley.RpcTimeoutException;
import dev.parley.oslo.OsloCallOptions;
import dev.parley.oslo.message.MessageIds;
import dev.parley.oslo.message.Reply;
import dev.parley.spi.ClientCall;
import dev.parley.spi.ResponseListener;
import dev.parley.spi.StartedCall;
import dev.parley.spi.Timers;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import org.jspecify.annotations.Nullable;

/** A call that waits for its reply. Thread-safe. */
final class PendingCall implements PendingReply, StartedCall {
    private final String id = MessageIds.unique();
    private final ResponseListener listener;
    private final ReplyQueue replies;
    private final @Nullable Duration monitor;
    private final String method;
    private volatile @Nullable Reply result;
    private volatile @Nullable ScheduledFuture<?> silence;
    private final RequestTrace trace;
    private volatile boolean over;

    PendingCall(ClientCall call, ResponseListener listener, ReplyQueue replies, RequestTrace trace) {
        this.listener = listener;
        this.replies = replies;
        this.trace = trace;
        this.monitor = call.options().get(OsloCallOptions.MONITOR_TIMEOUT);
        this.method = call.qualifiedMethod();
    }

    @Override
    public String id() {
        return id;
    }

    /**
     * Takes a reply. One that is not the last is a heartbeat, or the result from an old server: then the ending
     * follows, except after a failure, which openstack.common.rpc sends without one.
     */
    @Override
    public void received(Reply message) {
        if (message.isEnding() || message.failure() != null) {
            Reply early = result;
            over();
            (message.isEmpty() && early != null ? early : message).report(listener);
        } else {
            if (!message.isEmpty()) {
                result = message;
            }
            watch();
        }
    }

    @Override
    public void sending() {
        watch();
    }

    /** Fails the call if the server sends no heartbeat for longer than the call monitor allows. */
    private void watch() {
        if (monitor != null && !over) {
            stopWatching();
            silence = Timers.after(
                    monitor.toNanos(),
                    () -> fail(new RpcTimeoutException("no heartbeat of " + method + " within " + monitor.toSeconds()
                            + " s: " + trace.explanation())));
            if (over) {
                stopWatching();
            }
        }
    }

    private void stopWatching() {
        ScheduledFuture<?> timer = silence;
        if (timer != null) {
            timer.cancel(false);
        }
    }

    private void over() {
        over = true;
        stopWatching();
        replies.forget(this);
    }

    @Override
    public void fail(Throwable error) {
        over();
        listener.onFailure(error);
    }

    @Override
    public void notSent(RpcException error) {
        over();
        listener.onNotSent(error);
    }

    @Override
    public RequestTrace trace() {
        return trace;
    }

    @Override
    public void expiring() {
        trace.expiring();
    }

    @Override
    public String explanation() {
        return trace.explanation();
    }

    @Override
    public void cancel() {
        over();
    }
}
