package dev.parley.net.http.server;

import dev.parley.OverloadedException;
import dev.parley.net.http.HttpResponse;
import dev.parley.net.socket.ChannelTasks;
import dev.parley.net.socket.ReadingPauses;
import dev.parley.spi.MemoryBudget;
import dev.parley.spi.MessageCharge;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpRequest;
import org.jspecify.annotations.Nullable;

/**
 * What one connection holds of the memory budget: the request that is received or handled, the responses that have not
 * left, and what was received after them. It lasts until the last of them is over, also after the end of the connection.
 * Confined to the event loop of the connection.
 */
final class RequestMemory {
    /** When a connection holds less than this, it is never paused. */
    private static final int SMALL = 64 << 10;

    /** What objects around a head take, and around each of its fields. */
    private static final long PER_HEAD = 1024;

    private static final long PER_FIELD = 128;

    private static final String RETRY_AFTER = "1";

    private final MemoryBudget.Account account;
    private final ReadingPauses pauses;

    /** Requests that are not over. */
    private int open;

    private boolean disconnected;
    /**
     * The memory of a connection.
     *
     * @param shed gives up what is not worked with; runs on the event loop
     */
    RequestMemory(MemoryBudget budget, Channel channel, Runnable shed) {
        this.account = budget.open(() -> ChannelTasks.execute(channel, shed));
        this.pauses = new ReadingPauses(channel, account);
    }

    /** The response to what does not fit into the budget. */
    static HttpResponse refusal() {
        return HttpResponse.text(503, MessageCharge.REFUSAL).with("Retry-After", RETRY_AFTER);
    }

    /** What a head takes in memory, in bytes: its text may be small and still have thousands of fields. */
    static long cost(HttpRequest head) {
        return PER_HEAD + PER_FIELD * head.headers().size();
    }

    /** A request begins; {@link #over} must follow. */
    MessageCharge begin() {
        open++;
        pauses.begin();
        return new MessageCharge(account);
    }

    /** A request is over: its response has left, or will never be given. */
    void over(MessageCharge charge) {
        charge.close();
        open--;
        closeIfOver();
    }

    /** The connection has ended, or is HTTP no longer. */
    void disconnected() {
        disconnected = true;
        closeIfOver();
    }

    private void closeIfOver() {
        if (disconnected && open == 0) {
            account.close();
        }
    }

    /** Charges bytes that belong to no request yet; {@code false} if there is no room for them. */
    boolean charge(long bytes) {
        return account.charge(bytes);
    }

    /** Gives such bytes back. */
    void release(long bytes) {
        account.release(bytes);
    }

    /**
     * Pauses reading for a while if most of the budget is used and the connection holds much of it.
     *
     * @param capacity how much memory the body takes that is being received
     * @param resume runs on the event loop when reading may go on
     */
    void pauseIfScarce(int capacity, Runnable resume) {
        if (capacity >= SMALL) {
            pauses.pauseIfScarce(resume);
        }
    }

    boolean isPaused() {
        return pauses.isPaused();
    }

    /** A handler works with a request from now on; {@code false} if it is to be refused before that. */
    static boolean keep(MessageCharge charge) {
        if (charge.bytes() < SMALL) {
            return true;
        }
        try {
            charge.pin();
            return true;
        } catch (OverloadedException e) {
            return false;
        }
    }

    /** The response if there is room for it, else one that says that there is none. */
    static HttpResponse fitting(HttpResponse response, @Nullable MessageCharge charge) {
        if (charge == null) {
            return response;
        }
        long more = response.body().length - charge.bytes();
        if (more > 0 && !charge.tryAdd(more)) {
            return refusal();
        }
        if (more < -SMALL) {
            // Nobody needs the request any more.
            charge.subtract(-more);
        }
        return response;
    }
}
