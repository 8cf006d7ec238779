package dev.parley.oslo.rpc;

import dev.parley.RpcTimeoutException;
import java.util.Iterator;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A stream that a server sends, no faster than its reader grants credit. {@link #send} is for one thread;
 * {@link #grant} is safe for use by any thread.
 */
final class OutboundStream {
    /** A reader that grants no credit for this long is considered gone. */
    private static final long CREDIT_TIMEOUT_SECONDS = 60;

    private final OsloCall call;
    private final Semaphore credit;

    /**
     * A stream.
     *
     * @param window how many items may be sent before the first credit
     */
    OutboundStream(OsloCall call, int window) {
        this.call = call;
        this.credit = new Semaphore(window);
    }

    /** Allows this number of further items; 0 cancels the call. */
    void grant(int items) {
        if (items == 0) {
            call.cancel();
        }
        credit.release(Math.max(1, items));
    }

    /** Sends one item. */
    interface Sender {
        void send(@Nullable Object item);
    }

    /**
     * Sends all items; returns how many there were. Blocks while there is no credit.
     *
     * @throws RpcTimeoutException if the call was cancelled, the reader grants no more credit, or an item was lost
     */
    int send(Iterator<? extends @Nullable Object> items, Sender sender) {
        int sent = 0;
        while (!call.isCancelled() && items.hasNext()) {
            Object item = items.next();
            try {
                if (!credit.tryAcquire(CREDIT_TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                    throw new RpcTimeoutException("the reader of " + call.method() + " no longer takes items");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                call.cancel();
            }
            if (!call.isCancelled()) {
                sender.send(item);
                sent++;
            }
        }
        if (call.isCancelled()) {
            throw new RpcTimeoutException("the reader of " + call.method() + " is gone, or an item was lost");
        }
        return sent;
    }
}
