package dev.parley.net.socket;

import dev.parley.spi.MemoryBudget;
import io.netty.channel.Channel;

/**
 * The pauses in which a connection does not read since memory is scarce: a few within one message; after that, what does
 * not fit is refused. Confined to the event loop.
 */
public final class ReadingPauses {
    /** So often reading pauses within a message. */
    private static final int MAX_PAUSES = 3;

    private final Channel channel;
    private final MemoryBudget.Account account;
    private boolean paused;
    /** How often reading has paused within the message. */
    private int pauses;

    /** The pauses of a connection with this account. */
    public ReadingPauses(Channel channel, MemoryBudget.Account account) {
        this.channel = channel;
        this.account = account;
    }

    /** The next message begins. */
    public void begin() {
        pauses = 0;
    }

    /**
     * Pauses for a while if most of the budget is used and the connection holds much of it.
     *
     * @param resume runs on the event loop when reading may go on
     */
    public void pauseIfScarce(Runnable resume) {
        if (paused || pauses == MAX_PAUSES) {
            return;
        }
        paused = true;
        pauses++;
        if (!account.pause(() -> ChannelTasks.execute(channel, () -> {
            paused = false;
            resume.run();
        }))) {
            paused = false;
            pauses--;
        }
    }

    /** Whether reading is paused now. */
    public boolean isPaused() {
        return paused;
    }
}
