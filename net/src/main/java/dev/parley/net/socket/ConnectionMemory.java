package dev.parley.net.socket;

import dev.parley.spi.MemoryBudget;
import io.netty.channel.Channel;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What one connection holds of the {@linkplain MemoryBudget#process() memory budget of the process}: messages that are
 * being received, wait or run, and responses that wait to be written.
 *
 * <p>The first few KiB are not charged, and the rest is charged in steps, so that small messages cost no more than a
 * counter. Thread-safe.
 */
public final class ConnectionMemory implements AutoCloseable {
    /** What is not charged. */
    static final int FREE = 4 << 10;

    private static final int STEP = 4 << 10;
    private static final long READING_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Runnable shed;
    private long held;
    private MemoryBudget.@Nullable Account account;
    private boolean ended;
    private boolean closed;
    /** Whether reading has ever paused. */
    private boolean paused;
    /** {@link System#nanoTime()} at the end of the last pause. */
    private long resumed;

    /**
     * The memory of a connection that holds nothing.
     *
     * @param shed see {@link MemoryBudget#open}
     */
    public ConnectionMemory(Runnable shed) {
        this.shed = Objects.requireNonNull(shed, "shed");
    }

    /** The memory of a channel, whose pipeline is told by {@link MessageDecoder.Shed} to give some back. */
    public static ConnectionMemory of(Channel channel) {
        return new ConnectionMemory(() ->
                channel.eventLoop().execute(() -> channel.pipeline().fireUserEventTriggered(MessageDecoder.Shed.SHED)));
    }

    /**
     * Charges bytes that are about to be taken.
     *
     * @return {@code false} if there is no room for them, or the connection has ended: nothing is charged
     */
    public boolean charge(long bytes) {
        MemoryBudget.Account open;
        synchronized (this) {
            if (closed || ended) {
                return false;
            }
            if (charged(held + bytes) == charged(held)) {
                held += bytes;
                return true;
            }
            open = account;
            if (open == null) {
                open = MemoryBudget.process().open(shed);
                account = open;
            }
        }
        // The account is charged, and released, outside of the lock, since that may run what belongs to others.
        long most = (bytes + STEP - 1) / STEP * STEP;
        if (!open.charge(most)) {
            return false;
        }
        long excess;
        synchronized (this) {
            if (closed) {
                return false;
            }
            excess = most - (charged(held + bytes) - charged(held));
            held += bytes;
        }
        if (excess > 0) {
            open.release(excess);
        }
        return true;
    }

    /** Gives back bytes that were charged. Does nothing once this is closed. */
    public void release(long bytes) {
        long less;
        MemoryBudget.Account open;
        synchronized (this) {
            if (closed) {
                return;
            }
            if (bytes > held) {
                throw new IllegalStateException(bytes + " bytes are released, but only " + held + " held");
            }
            less = charged(held) - charged(held - bytes);
            held -= bytes;
            open = account;
        }
        if (less > 0 && open != null) {
            open.release(less);
        }
        closeIfEmpty();
    }

    /** The connection has ended: what is held stays charged until it is released, and nothing more is charged. */
    public void end() {
        synchronized (this) {
            ended = true;
        }
        closeIfEmpty();
    }

    private void closeIfEmpty() {
        boolean empty;
        synchronized (this) {
            empty = ended && !closed && held == 0;
        }
        if (empty) {
            close();
        }
    }

    /** Whether there is room for so many bytes; after the end nothing is refused for that reason. */
    public boolean hasRoom(long bytes) {
        if (charge(bytes)) {
            release(bytes);
            return true;
        }
        synchronized (this) {
            return closed || ended;
        }
    }

    private static long charged(long held) {
        return held <= FREE ? 0 : (held - FREE + STEP - 1) / STEP * STEP;
    }

    /** The bytes that are held. */
    public synchronized long held() {
        return held;
    }

    /**
     * Whether reading should pause; see {@link MemoryBudget.Account#pause}. Between two pauses a connection reads for a
     * second, lest a message be over before it is complete.
     */
    public boolean pause(Runnable resume) {
        MemoryBudget.Account open;
        synchronized (this) {
            open = held <= FREE ? null : account;
            if (open == null || (paused && System.nanoTime() - resumed < READING_NANOS)) {
                return false;
            }
        }
        return open.pause(() -> {
            synchronized (this) {
                paused = true;
                resumed = System.nanoTime();
            }
            resume.run();
        });
    }

    /** Gives back all that is held: the connection has ended. What is charged later is refused. */
    @Override
    public void close() {
        MemoryBudget.Account open;
        synchronized (this) {
            closed = true;
            open = account;
        }
        if (open != null) {
            open.close();
        }
    }
}
