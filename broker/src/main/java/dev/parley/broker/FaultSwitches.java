package dev.parley.broker;

import dev.parley.broker.channel.ChannelSession;
import dev.parley.broker.connection.BrokerCore;
import dev.parley.broker.connection.Connection;
import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.util.function.Predicate;

/** The switches of {@link Faults}. Thread-safe. */
public final class FaultSwitches implements Faults {
    private final BrokerCore broker;
    private volatile boolean refusing;
    private volatile boolean notReading;
    private volatile Duration delay = Duration.ZERO;

    public FaultSwitches(BrokerCore broker) {
        this.broker = broker;
    }

    public boolean refusing() {
        return refusing;
    }

    public boolean notReading() {
        return notReading;
    }

    public Duration delay() {
        return delay;
    }

    @Override
    public int dropConnections() {
        return dropConnections(connection -> true);
    }

    @Override
    public int dropConnections(Predicate<ConnectionInfo> which) {
        int dropped = 0;
        for (Connection connection : broker.connections()) {
            if (which.test(Views.connection(connection))) {
                connection.ctx().close();
                dropped++;
            }
        }
        return dropped;
    }

    @Override
    public int stallChannels() {
        int stalled = 0;
        for (Connection connection : broker.connections()) {
            for (ChannelSession channel : connection.channels()) {
                channel.stall();
                stalled++;
            }
        }
        return stalled;
    }

    @Override
    public void refuseConnections(boolean refuse) {
        refusing = refuse;
    }

    @Override
    public void stopReading(boolean stop) {
        notReading = stop;
        for (Connection connection : broker.connections()) {
            EventExecutor loop = connection.ctx().executor();
            Runnable set = () -> connection.blocking().fault(stop);
            if (loop.inEventLoop()) {
                set.run();
            } else {
                loop.submit(set).awaitUninterruptibly(); // So that it holds for what the caller does next.
            }
        }
    }

    @Override
    public void delay(Duration delay) {
        if (delay.isNegative()) {
            throw new IllegalArgumentException("a delay of " + delay + ": zero or more is right");
        }
        this.delay = delay;
    }

    @Override
    public void memoryAlarm(boolean alarm) {
        broker.memory().force(alarm);
    }

    @Override
    public void clear() {
        refuseConnections(false);
        stopReading(false);
        delay(Duration.ZERO);
        memoryAlarm(false);
    }
}
