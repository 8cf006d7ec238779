package dev.parley.oslo.rpc;

import dev.parley.ConnectionLostException;
import dev.parley.RpcException;
import dev.parley.oslo.OsloCallOptions;
import dev.parley.oslo.message.MessageIds;
import dev.parley.oslo.message.Reply;
import dev.parley.spi.ClientCall;
import dev.parley.spi.ResponseListener;
import dev.parley.spi.StartedCall;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A call that streams: passes the items on as they arrive and grants the server credit for more as the reader takes
 * them. Replies come one after the other; the rest is thread-safe.
 */
final class PendingStream implements PendingReply, StartedCall {
    /** How many items the server may send ahead of the reader. */
    static final int WINDOW = 64;

    /**
     * More than the number of replies that can be unacknowledged when a connection breaks, which the broker then
     * delivers again.
     */
    private static final int DUPLICATE_WINDOW = 1024;

    /** Sends credit to the queue of a server. */
    interface Granter {
        void grant(String queue, String msgId, int items);
    }

    private final String id = MessageIds.unique();
    private final ResponseListener listener;
    private final ReplyQueue replies;
    private final Granter granter;
    private final String method;
    private final boolean monitored;
    private final DuplicateWindow window = new DuplicateWindow(DUPLICATE_WINDOW);
    private final RequestTrace trace;
    private final AtomicBoolean over = new AtomicBoolean();
    private volatile @Nullable String creditQueue;
    private int received; // Only touched by received.
    private int requested; // Only touched by the reader.

    PendingStream(ClientCall call, ResponseListener listener, ReplyQueue replies, Granter granter, RequestTrace trace) {
        this.listener = listener;
        this.replies = replies;
        this.trace = trace;
        this.granter = granter;
        this.method = call.qualifiedMethod();
        this.monitored = call.options().get(OsloCallOptions.MONITOR_TIMEOUT) != null;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public void received(Reply message) {
        String unique = message.uniqueId();
        if (unique != null && !window.add(unique)) {
            return;
        }
        if (message.isEnding() || message.failure() != null) {
            end(message);
        } else if (message.creditQueue() != null || !isHeartbeat(message)) {
            received++;
            if (message.creditQueue() != null) {
                creditQueue = message.creditQueue();
            }
            listener.onItem(message);
        }
    }

    /**
     * A server sends heartbeats only if asked to; else an empty reply is a null, as openstack.common.rpc's multicall
     * sends it.
     */
    private boolean isHeartbeat(Reply message) {
        return message.isEmpty() && monitored;
    }

    private void end(Reply message) {
        if (!over()) {
            return;
        }
        if (message.failure() == null && message.items() > received) {
            listener.onFailure(new ConnectionLostException(
                    (message.items() - received) + " of " + message.items() + " items of " + method + " were lost"));
        } else if (message.isEmpty()) {
            listener.onEnd();
        } else {
            // A failure, or a list from a server that does not stream.
            message.report(listener);
        }
    }

    private boolean over() {
        replies.forget(this);
        return over.compareAndSet(false, true);
    }

    @Override
    public void requestItem() {
        // In halves of the window, so that the server need not wait.
        int taken = requested++;
        String queue = creditQueue;
        if (taken > 0 && taken % (WINDOW / 2) == 0 && queue != null && !over.get()) {
            granter.grant(queue, id, WINDOW / 2);
        }
    }

    @Override
    public void fail(Throwable error) {
        if (over()) {
            listener.onFailure(error);
        }
    }

    @Override
    public void notSent(RpcException error) {
        if (over()) {
            listener.onNotSent(error);
        }
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
        String queue = creditQueue;
        if (over() && queue != null) {
            granter.grant(queue, id, 0);
        }
    }
}
