package dev.parley.net.websocket;

import dev.parley.net.socket.ChannelTasks;
import dev.parley.net.socket.ReadingPauses;
import dev.parley.spi.MemoryBudget;
import dev.parley.spi.MessageCharge;
import io.netty.channel.Channel;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What one connection holds of the memory budget: the frame and the message that are being received, what a message
 * inflates to until it is passed on, and what waits to be sent. Confined to the event loop, but for {@link #sending},
 * {@link #sent} and charging a message.
 */
final class WebSocketMemory {
    /** Messages of fewer bytes are not charged while the peer reads what it is sent. */
    private static final int SMALL = 4 << 10;

    /** Within a message of fewer bytes reading is not paused. */
    private static final int NEVER_PAUSED = 64 << 10;

    private final MemoryBudget.Account account;
    private final Channel channel;
    private final ReadingPauses pauses;
    private final AtomicLong sending = new AtomicLong();
    private MessageCharge message;
    private long frame;

    /**
     * The memory of a connection.
     *
     * @param shed closes the connection; runs on the event loop
     */
    WebSocketMemory(MemoryBudget budget, Channel channel, Runnable shed) {
        this.channel = channel;
        this.account = budget.open(() -> ChannelTasks.execute(channel, shed));
        this.pauses = new ReadingPauses(channel, account);
        this.message = new MessageCharge(account);
    }

    /** What the message holds that is being received or inflated. */
    MessageCharge message() {
        return message;
    }

    /** The message has been passed on: the next one begins. */
    void passedOn() {
        pauses.begin();
        if (message.bytes() > 0) {
            message.close();
            message = new MessageCharge(account);
        }
    }

    /** So many bytes of an incomplete frame are held; {@code false} if there is no room for them. */
    boolean holdsFrame(long bytes) {
        if (bytes > frame) {
            if (!account.charge(bytes - frame)) {
                return false;
            }
        } else if (bytes < frame) {
            account.release(frame - bytes);
        }
        frame = bytes;
        return true;
    }

    /** The bytes that are held of what is not complete, or being inflated. */
    long receiving() {
        return frame + message.bytes();
    }

    /**
     * Pauses reading for a while if most of the budget is used and much of it by the message being received.
     *
     * @param resume runs on the event loop when reading may go on
     */
    void pauseIfScarce(Runnable resume) {
        if (receiving() >= NEVER_PAUSED) {
            pauses.pauseIfScarce(resume);
        }
    }

    boolean isPaused() {
        return pauses.isPaused();
    }

    /** A message of so many bytes waits to be sent; {@code false} if there is no room for it. */
    boolean sending(int bytes) {
        if (bytes < SMALL && channel.isWritable()) {
            return true;
        }
        if (!account.charge(bytes)) {
            return false;
        }
        sending.addAndGet(bytes);
        return true;
    }

    /** A message of so many bytes was sent, or will not be. */
    void sent(int bytes) {
        long before = sending.getAndUpdate(waiting -> Math.max(0, waiting - bytes));
        long given = Math.min(before, bytes);
        if (given > 0) {
            account.release(given);
        }
    }

    /** The connection has ended. What is inflated for it stops. */
    void close() {
        message.abandon();
        account.close();
    }
}
