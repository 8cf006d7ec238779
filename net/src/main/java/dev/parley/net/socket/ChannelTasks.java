package dev.parley.net.socket;

import io.netty.channel.Channel;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Runs tasks on the event loop of a connection. What a task throws, {@link Error}s included, goes through the pipeline
 * like the exceptions of its handlers: the last one logs it and closes the connection, so that its peer does not wait.
 * Stateless and thread-safe.
 */
public final class ChannelTasks {
    private ChannelTasks() {}

    /** Runs a task soon, on this thread too. */
    public static void execute(Channel channel, Runnable task) {
        channel.eventLoop().execute(guarded(channel, task));
    }

    /** Runs a task after so many nanoseconds. */
    public static ScheduledFuture<?> schedule(Channel channel, Runnable task, long nanos) {
        return channel.eventLoop().schedule(guarded(channel, task), nanos, TimeUnit.NANOSECONDS);
    }

    private static Runnable guarded(Channel channel, Runnable task) {
        return () -> {
            try {
                task.run();
            } catch (Throwable e) {
                try {
                    channel.pipeline().fireExceptionCaught(e);
                } catch (Throwable again) {
                    channel.close();
                    throw again;
                }
            }
        };
    }
}
