package dev.parley.spi;

import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * One step in which a message is decoded: inflating it, parsing it, or binding its arguments. What it takes is charged
 * before it is taken. A step that takes more than {@value LargeMessages#LARGE} bytes waits for its turn among the
 * {@linkplain LargeMessages large messages} of the process, so it must not run on an event loop then. Confined to the
 * thread that decodes.
 */
public final class Decoding implements AutoCloseable {
    private final MessageCharge charge;
    private final @Nullable LargeMessages turns;
    private final long deadline;
    private long taken;
    private boolean entered;

    private Decoding(MessageCharge charge, @Nullable LargeMessages turns, long nanos) {
        this.charge = charge;
        this.turns = turns;
        this.deadline = System.nanoTime() + nanos;
    }

    /** Begins a step of this message. */
    public static Decoding of(MessageCharge charge) {
        return new Decoding(charge, LargeMessages.process(), Long.MAX_VALUE / 4);
    }

    /** Begins a step of this message, which does not wait longer than so many nanoseconds for its turn. */
    public static Decoding of(MessageCharge charge, long nanos) {
        return new Decoding(charge, LargeMessages.process(), Math.clamp(nanos, 0, Long.MAX_VALUE / 4));
    }

    /** Begins a step of a message that was asked for, such as a response, and so has not to wait for a turn. */
    public static Decoding unlimited(MessageCharge charge) {
        return new Decoding(charge, null, Long.MAX_VALUE / 4);
    }

    static Decoding of(MessageCharge charge, LargeMessages turns, long nanos) {
        return new Decoding(charge, turns, nanos);
    }

    /** What is decoded has so many bytes, which are charged already: waits for a turn if they are many. */
    public Decoding reads(long bytes) {
        enterAbove(bytes);
        return this;
    }

    /**
     * Charges bytes that are about to be taken.
     *
     * @throws dev.parley.OverloadedException if they do not fit into the budget
     * @throws CancellationException if nobody wants the message any more
     */
    public void take(long bytes) {
        charge.add(bytes);
        taken += bytes;
        enterAbove(taken);
    }

    /** Gives bytes back, which were taken in this step. */
    public void give(long bytes) {
        charge.subtract(bytes);
        taken -= bytes;
    }

    /**
     * Checks that the message is still wanted.
     *
     * @throws CancellationException if nobody wants it any more
     */
    public void check() {
        charge.check();
    }

    private void enterAbove(long bytes) {
        if (bytes <= LargeMessages.LARGE || entered || turns == null) {
            return;
        }
        charge.decodedBy(Thread.currentThread());
        charge.check();
        try {
            turns.enter(deadline - System.nanoTime());
            entered = true;
        } catch (CancellationException e) {
            charge.check();
            throw e;
        }
    }

    /** Ends the step: the next large message has its turn. What was taken stays charged. */
    @Override
    public void close() {
        if (turns != null) {
            charge.decodedBy(null);
        }
        if (entered && turns != null) {
            entered = false;
            turns.leave();
        }
    }
}
