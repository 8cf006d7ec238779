package dev.parley.oslo.rpc;

import dev.parley.RpcTimeoutException;
import java.util.Iterator;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A stream that a server sends, no faster than its reader grants. Granting is thread-safe. */
final class OutboundStream {
    /** A reader that grants nothing for so long is gone. */
    private static final long PATIENCE_SECONDS = 60;

    private final OsloCall call;
    private final Semaphore credit;

    OutboundStream(OsloCall call, int window) {
        this.call = call;
        this.credit = new Semaphore(window);
    }

    void grant(int items) {
        if (items == 0) {
            call.cancel();
        }
        credit.release(Math.max(1, items));
    }

    interface Sender {
        void send(@Nullable Object item);
    }

    /**
     * Sends until the items end; returns how many there were.
     *
     * @throws RpcTimeoutException if nobody wants them any more, or one got lost
     */
    int send(Iterator<? extends @Nullable Object> items, Sender sender) {
        int sent = 0;
        while (!call.isCancelled() && items.hasNext()) {
            Object item = items.next();
            try {
                if (!credit.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                    throw new RpcTimeoutException("the reader of " + call.method() + " takes no items any more");
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
