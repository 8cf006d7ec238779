package dev.parley.net.socket;

import dev.parley.spi.FatalErrors;
import dev.parley.spi.Guard;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * An event loop that no error ends. Errors of a handler or a task stay with its channel; one that escapes, such as an
 * {@link OutOfMemoryError} while another one is handled, leaves the sockets of the loop in an unknown state: it closes
 * them all, those that listen included, reports a {@linkplain FatalErrors fatal error}, and goes on for those to come.
 */
final class GuardedEventLoop extends SingleThreadIoEventLoop {
    private static final String PLACE = "an event loop";

    /** Netty keeps what a timer throws in a future that nobody looks at. */
    private static final String TIMER = "a timer of an event loop";

    /** How long it waits before it tries to close its sockets again, if there is no memory even for that. */
    private static final long PAUSE_NANOS = 100_000_000;

    private GuardedEventLoop(IoEventLoopGroup parent, Executor executor, IoHandlerFactory io) {
        super(parent, executor, io);
    }

    /** A group of such event loops, each on a thread of its own. */
    static EventLoopGroup group(int threads, ThreadFactory factory, IoHandlerFactory io) {
        return new MultiThreadIoEventLoopGroup(threads, factory, io) {
            @Override
            protected IoEventLoop newChild(Executor executor, IoHandlerFactory own, Object... arguments) {
                return new GuardedEventLoop(this, executor, own);
            }
        };
    }

    @Override
    protected void run() {
        while (true) {
            try {
                super.run();
                return;
            } catch (Throwable e) {
                failed(e);
            }
        }
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
        return super.schedule(Guard.of(TIMER, task), delay, unit);
    }

    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(Runnable task, long initialDelay, long period, TimeUnit unit) {
        return super.scheduleAtFixedRate(Guard.of(TIMER, task), initialDelay, period, unit);
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(Runnable task, long initialDelay, long delay, TimeUnit unit) {
        return super.scheduleWithFixedDelay(Guard.of(TIMER, task), initialDelay, delay, unit);
    }

    private void failed(Throwable error) {
        boolean reported = false;
        while (true) {
            try {
                if (!reported) {
                    FatalErrors.report(PLACE, error);
                    reported = true;
                }
                ioHandler().prepareToDestroy();
                return;
            } catch (Throwable again) {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }
}
