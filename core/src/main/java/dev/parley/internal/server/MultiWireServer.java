package dev.parley.internal.server;

import dev.parley.Address;
import dev.parley.RpcServer;
import dev.parley.ServiceDescription;
import dev.parley.internal.Wires;
import dev.parley.spi.Listener;
import dev.parley.spi.ServerContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The life cycle of one dispatcher on several wires. */
final class MultiWireServer implements RpcServer {
    private static final Logger log = LoggerFactory.getLogger(RpcServer.class);
    private static final Duration CLOSE_WAIT = Duration.ofSeconds(30);
    private static final Duration HANG = Duration.ofSeconds(30);

    private final ServerSettings settings;
    private final CallDispatcher dispatcher;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition halted = lock.newCondition();
    private List<Listener> listeners = List.of();
    private boolean stopped;

    MultiWireServer(ServerSettings settings, CallDispatcher dispatcher) {
        this.settings = settings;
        this.dispatcher = dispatcher;
    }

    @Override
    public RpcServer start() {
        lock.lock();
        try {
            if (!listeners.isEmpty() && !stopped) {
                log.warn("the server is started already");
                return this;
            }
            // Stopped but not awaited: the old listeners hold the ports.
            closeListeners();
            List<Listener> started = new ArrayList<>();
            try {
                ServerContext context = new ServerContext(dispatcher, settings.values(), settings.tls());
                for (ServerSettings.Listen listen : settings.listens()) {
                    started.add(Wires.of(listen.address(), listen.target())
                            .listen(listen.address(), listen.target(), context));
                }
            } catch (RuntimeException e) {
                started.forEach(Listener::close);
                throw e;
            }
            listeners = List.copyOf(started);
            stopped = false;
            return this;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void stop() {
        lock.lock();
        try {
            stopped = true;
            halted.signalAll();
            listeners.forEach(Listener::stop);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void await() throws InterruptedException {
        await(Duration.ofNanos(Long.MAX_VALUE));
    }

    @Override
    public boolean await(Duration atMost) throws InterruptedException {
        long left = atMost.toNanos();
        lock.lockInterruptibly();
        try {
            while (!stopped && !listeners.isEmpty()) {
                if (left <= 0) {
                    return false;
                }
                left = halted.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
        while (!dispatcher.limiter().awaitIdle(Math.min(left, HANG.toNanos()))) {
            left -= HANG.toNanos();
            if (left <= 0) {
                return false;
            }
            log.warn("calls still run {} s after the server was stopped: do they hang?", HANG.toSeconds());
        }
        lock.lock();
        try {
            if (stopped) {
                closeListeners();
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void closeListeners() {
        listeners.forEach(Listener::close);
        listeners = List.of();
    }

    @Override
    public void reset() {
        lock.lock();
        try {
            listeners.forEach(Listener::reset);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public List<Address> addresses() {
        lock.lock();
        try {
            return listeners.stream().map(Listener::address).toList();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public ServiceDescription describe() {
        return dispatcher.describe();
    }

    @Override
    public void close() {
        stop();
        try {
            if (!await(CLOSE_WAIT)) {
                log.warn("closing with calls under way: they did not end within {} s", CLOSE_WAIT.toSeconds());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        lock.lock();
        try {
            closeListeners();
        } finally {
            lock.unlock();
        }
    }
}
