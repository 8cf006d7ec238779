package dev.parley.spi;

import dev.parley.OverloadedException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What one message holds of the {@link MemoryBudget}: its bytes, what they become, and in the end its response. All of
 * it is given back at once when the message is over. Thread-safe.
 */
public final class MessageCharge implements AutoCloseable {
    /** What a peer is told whose message does not fit. */
    public static final String REFUSAL = "the memory for messages is used up, try again later";

    private final MemoryBudget.Account account;
    private final boolean owned;
    private long bytes;
    private volatile boolean pinned;
    private boolean closed;
    private volatile boolean unwanted;
    private volatile boolean refused;
    private @Nullable Thread decoding;

    /** For a message of a connection with this account, which stays open. */
    public MessageCharge(MemoryBudget.Account account) {
        this(account, false);
    }

    private MessageCharge(MemoryBudget.Account account, boolean owned) {
        this.account = account;
        this.owned = owned;
    }

    /** For a message that has an account of its own. */
    public static MessageCharge of(MemoryBudget budget) {
        AtomicReference<@Nullable MessageCharge> known = new AtomicReference<>();
        MessageCharge charge = new MessageCharge(
                budget.open(() -> {
                    MessageCharge shed = known.get();
                    if (shed != null) {
                        shed.refuse();
                    }
                }),
                true);
        known.set(charge);
        return charge;
    }

    /**
     * Charges bytes that are about to be taken.
     *
     * @return {@code false} if they do not fit or the message is over: nothing is charged then
     */
    public boolean tryAdd(long more) {
        // Not under the lock: the budget may shed other accounts meanwhile.
        if (!account.charge(more)) {
            return false;
        }
        synchronized (this) {
            if (!closed) {
                bytes += more;
                return true;
            }
        }
        account.release(more);
        return false;
    }

    /**
     * Charges bytes that are about to be taken.
     *
     * @throws OverloadedException if they do not fit, or the message was {@linkplain #refuse refused}
     * @throws CancellationException if the message is over or {@linkplain #abandon not wanted any more}
     */
    public void add(long more) {
        check();
        if (!tryAdd(more)) {
            check();
            throw new OverloadedException(REFUSAL);
        }
    }

    /**
     * Checks that the message is still wanted.
     *
     * @throws OverloadedException if it was {@linkplain #refuse refused}
     * @throws CancellationException if it is over or {@linkplain #abandon not wanted any more}
     */
    public void check() {
        if (refused) {
            throw new OverloadedException(REFUSAL);
        }
        if (unwanted) {
            throw new CancellationException("the message is not wanted any more");
        }
    }

    /** Gives back bytes that the message does not need any more. Does nothing once it is over. */
    public void subtract(long less) {
        long given;
        synchronized (this) {
            given = Math.min(less, bytes);
            bytes -= given;
        }
        account.release(given);
    }

    /** The bytes that the message holds. */
    public synchronized long bytes() {
        return bytes;
    }

    /** The message is not wanted any more, such as when its peer has gone: whoever decodes it stops soon. */
    public synchronized void abandon() {
        unwanted = true;
        if (decoding != null) {
            decoding.interrupt();
        }
    }

    /** The memory is needed: whoever decodes the message refuses it. Does nothing once a method works with it. */
    public synchronized void refuse() {
        if (!pinned && !closed) {
            refused = true;
            if (decoding != null) {
                decoding.interrupt();
            }
        }
    }

    /** Whether the message is over, or not wanted any more. */
    public boolean isOver() {
        return unwanted;
    }

    /** Lets {@link #abandon} interrupt this thread while it decodes the message; {@code null} when it has. */
    synchronized void decodedBy(@Nullable Thread thread) {
        decoding = thread;
    }

    /**
     * A method works with the message from now on: what the message holds is needed until it is over.
     *
     * @throws OverloadedException if it was {@linkplain #refuse refused} before
     */
    public synchronized void pin() {
        if (refused) {
            throw new OverloadedException(REFUSAL);
        }
        if (!closed && !pinned) {
            pinned = true;
            account.pin(bytes);
        }
    }

    /** The message is over: gives everything back, once. */
    @Override
    public void close() {
        long rest;
        synchronized (this) {
            closed = true;
            unwanted = true;
            rest = bytes;
            bytes = 0;
        }
        if (owned) {
            account.close();
        } else if (pinned) {
            account.releasePinned(rest);
        } else if (rest > 0) {
            account.release(rest);
        }
    }
}
