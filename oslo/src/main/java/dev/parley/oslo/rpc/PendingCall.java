package dev.parley.oslo.rpc;

import dev.parley.RpcException;
import dev.parley.RpcTimeoutException;
import dev.parley.oslo.message.MessageIds;
import dev.parley.oslo.message.Reply;
import dev.parley.oslo.time.Timers;
import dev.parley.spi.ClientCall;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import org.jspecify.annotations.Nullable;

/** A call that waits for its reply. Safe for use by any thread. */
final class PendingCall implements PendingReply {
    private final String id = MessageIds.unique();
    private final CompletableFuture<Reply> reply = new CompletableFuture<>();
    private final @Nullable Duration monitor;
    private final String method;
    private volatile @Nullable Reply result;
    private volatile @Nullable ScheduledFuture<?> silence;

    PendingCall(ClientCall call) {
        monitor = call.options().monitorTimeout();
        method = call.qualifiedMethod();
        listen();
    }

    @Override
    public String id() {
        return id;
    }

    CompletableFuture<Reply> reply() {
        return reply;
    }

    @Override
    public void fail(RpcException error) {
        reply.completeExceptionally(error);
    }

    /**
     * Takes a reply. One that is not the last is a heartbeat, or the result from an old server: then the ending
     * follows, except after a failure, which openstack.common.rpc sends without one.
     */
    @Override
    public void received(Reply message) {
        if (message.isEnding() || message.failure() != null) {
            Reply early = result;
            reply.complete(message.isEmpty() && early != null ? early : message);
        } else {
            if (!message.isEmpty()) {
                result = message;
            }
            listen();
        }
    }

    /** Fails the call if the server sends no heartbeat for longer than the call monitor allows. */
    private void listen() {
        if (monitor != null) {
            stopListening();
            silence = Timers.after(
                    monitor.toNanos(),
                    () -> fail(new RpcTimeoutException(
                            "no heartbeat of " + method + " within " + monitor.toSeconds() + " s")));
        }
    }

    @Override
    public void stopListening() {
        ScheduledFuture<?> timer = silence;
        if (timer != null) {
            timer.cancel(false);
        }
    }
}
