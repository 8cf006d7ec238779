package dev.parley.broker.connection;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An event loop that no error ends, and whose timers lose none. Errors of a handler stay with its channel, those of a
 * task are logged; one that escapes, such as an {@link OutOfMemoryError} while another one is handled, leaves the
 * sockets of the loop in an unknown state: it closes them all, tells the brokers, which stop, and goes on.
 *
 * <p>Parley's transports have a similar class of their own; see {@link EventLoops}.
 */
final class GuardedEventLoop extends SingleThreadIoEventLoop {
    private static final Logger log = LoggerFactory.getLogger(GuardedEventLoop.class);

    /** How long it waits before it tries again to do what there was no memory for. */
    private static final long PAUSE_NANOS = 100_000_000;

    private static final Set<Consumer<? super Throwable>> listeners = ConcurrentHashMap.newKeySet();

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

    /** Adds a listener, once; it is told of the failure of any loop on a thread on which it may block. */
    static void listen(Consumer<? super Throwable> listener) {
        listeners.add(listener);
    }

    static void forget(Consumer<? super Throwable> listener) {
        listeners.remove(listener);
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

    private void failed(Throwable error) {
        boolean told = false;
        while (true) {
            try {
                ioHandler().prepareToDestroy();
                if (!told) {
                    Thread.ofPlatform().daemon().name("parley-broker-failed").start(() -> tell(error));
                    told = true;
                }
                log.error("an event loop failed: closing its connections, and brokers stop", error);
                return;
            } catch (Throwable again) {
                if (told) {
                    return; // It could only not be logged.
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    private static void tell(Throwable error) {
        for (Consumer<? super Throwable> listener : listeners) {
            try {
                listener.accept(error);
            } catch (RuntimeException | Error e) {
                log.error("stopping a broker failed", e);
            }
        }
    }

    /** Netty keeps what a timer throws in a future that nobody looks at. */
    private static void logged(Runnable task) {
        try {
            task.run();
        } catch (Throwable e) {
            log.error("a timer failed", e);
        }
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
        return super.schedule(() -> logged(task), delay, unit);
    }

    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(Runnable task, long initialDelay, long period, TimeUnit unit) {
        return super.scheduleAtFixedRate(() -> logged(task), initialDelay, period, unit);
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(Runnable task, long initialDelay, long delay, TimeUnit unit) {
        return super.scheduleWithFixedDelay(() -> logged(task), initialDelay, delay, unit);
    }
}
