package dev.parley.internal.server;

import dev.parley.Address;
import dev.parley.Functions;
import dev.parley.RpcHandler;
import dev.parley.RpcServer;
import dev.parley.ServiceDescription;
import dev.parley.Target;
import dev.parley.spi.Dispatcher;
import dev.parley.spi.FatalErrors;
import dev.parley.spi.Listener;
import dev.parley.spi.ServerContext;
import dev.parley.spi.Wires;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One dispatcher on several wires, and its life cycle. Thread-safe. */
final class MultiWireServer implements RpcServer {
    private static final Logger log = LoggerFactory.getLogger(RpcServer.class);
    private static final Duration FOREVER = Duration.ofNanos(Long.MAX_VALUE);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration WARN_INTERVAL = Duration.ofSeconds(30);

    private final ServerSettings settings;
    private final CallDispatcher dispatcher;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition halted = lock.newCondition();
    private List<Listener> listeners = List.of();
    private Runnable forgetFailures = () -> {};
    private volatile boolean stopped;

    MultiWireServer(ServerSettings settings, CallDispatcher dispatcher) {
        this.settings = settings;
        this.dispatcher = dispatcher;
    }

    CallDispatcher dispatcher() {
        return dispatcher;
    }

    @Override
    public RpcServer start() {
        lock.lock();
        try {
            if (!listeners.isEmpty() && !stopped) {
                log.warn("start() was called on a server that is already started");
                return this;
            }
            // After stop() without await(), the old listeners still hold the ports.
            closeListeners();
            List<Listener> started = new ArrayList<>();
            try {
                ServerContext context = new ServerContext(
                        dispatcher,
                        settings.values(),
                        settings.tls(),
                        this::stop,
                        settings.serializer(),
                        settings.authentication());
                for (ServerSettings.Listen listen : settings.listens()) {
                    Wires.Resolved wire = Wires.resolve(listen.address().get(), listen.target());
                    started.add(wire.wire().listen(wire.address(), listen.target(), context));
                }
            } catch (RuntimeException | Error e) {
                started.forEach(Listener::close);
                throw e;
            }
            listeners = List.copyOf(started);
            stopped = false;
            forgetFailures = FatalErrors.listen(this::failed);
            warnIfOpen();
            return this;
        } finally {
            lock.unlock();
        }
    }

    /** The wires cannot be relied on any more. */
    private void failed(Throwable error) {
        if (!stopped) {
            stop();
            settings.onFailure().accept(error);
        }
    }

    private void warnIfOpen() {
        List<String> open = listeners.stream()
                .filter(Listener::isOpenToAll)
                .map(listener -> listener.address().toString())
                .toList();
        if (!open.isEmpty()) {
            log.warn(
                    "ANYBODY on the network can call this server, at {}: set an authenticator (RpcServer.Builder,"
                            + " or --user-file, --token-file or --client-ca of 'parley serve'), or listen on 127.0.0.1",
                    String.join(", ", open));
        }
    }

    @Override
    public void stop() {
        lock.lock();
        try {
            stopped = true;
            forgetFailures.run();
            halted.signalAll();
            listeners.forEach(Listener::stop);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void await() throws InterruptedException {
        await(FOREVER);
    }

    @Override
    public boolean await(Duration timeout) throws InterruptedException {
        Objects.requireNonNull(timeout, "timeout");
        long left = timeout.compareTo(FOREVER) < 0 ? timeout.toNanos() : Long.MAX_VALUE;
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
        while (!dispatcher.limiter().awaitIdle(Math.min(left, WARN_INTERVAL.toNanos()))) {
            left -= WARN_INTERVAL.toNanos();
            if (left <= 0) {
                return false;
            }
            log.warn("calls are still running {} s after the server has stopped", WARN_INTERVAL.toSeconds());
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
    public boolean isReady() {
        lock.lock();
        try {
            return !stopped && !listeners.isEmpty() && listeners.stream().allMatch(Listener::isReady);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void reset() {
        lock.lock();
        try {
            if (settings.authentication() != null) {
                settings.authentication().reload();
            }
            if (settings.authorizer() != null) {
                settings.authorizer().reload();
            }
            for (int i = 0; i < listeners.size(); i++) {
                ServerSettings.Listen listen = settings.listens().get(i);
                listeners
                        .get(i)
                        .reset(Wires.resolve(listen.address().get(), listen.target())
                                .address());
            }
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
    public RpcHandler handler(String protocol) {
        Dispatcher whileServing = new SocketlessDispatcher(dispatcher, () -> stopped);
        return Wires.handler(
                Objects.requireNonNull(protocol, "protocol"),
                new ServerContext(whileServing, settings.values(), null, this::stop, settings.serializer(), null));
    }

    @Override
    public void register(Object endpoint) {
        Objects.requireNonNull(endpoint, "endpoint");
        add(Endpoint.of(endpoint.getClass(), endpoint, null, settings.accessPolicy()));
    }

    @Override
    public void register(Object endpoint, Target target) {
        Objects.requireNonNull(endpoint, "endpoint");
        Objects.requireNonNull(target, "target");
        add(Endpoint.of(endpoint.getClass(), endpoint, target, settings.accessPolicy()));
    }

    @Override
    public <T> void register(Class<T> type, T endpoint) {
        ServerBuilder.checkInterface(type);
        Objects.requireNonNull(endpoint, "endpoint");
        add(Endpoint.of(type, endpoint, null, settings.accessPolicy()));
    }

    private void add(Endpoint endpoint) {
        boolean unused = dispatcher.change(table -> table.with(endpoint));
    }

    @Override
    public void register(String name, Functions.Function0<?> function) {
        add(name, function);
    }

    @Override
    public <A> void register(String name, Class<A> a, Functions.Function1<? super A, ?> function) {
        add(name, function, a);
    }

    @Override
    public <A, B> void register(
            String name, Class<A> a, Class<B> b, Functions.Function2<? super A, ? super B, ?> function) {
        add(name, function, a, b);
    }

    @Override
    public <A, B, C> void register(
            String name,
            Class<A> a,
            Class<B> b,
            Class<C> c,
            Functions.Function3<? super A, ? super B, ? super C, ?> function) {
        add(name, function, a, b, c);
    }

    @Override
    public <A, B, C, D> void register(
            String name,
            Class<A> a,
            Class<B> b,
            Class<C> c,
            Class<D> d,
            Functions.Function4<? super A, ? super B, ? super C, ? super D, ?> function) {
        add(name, function, a, b, c, d);
    }

    private void add(String name, Object function, Class<?>... types) {
        BoundMethod method = ServerBuilder.function(name, function, types);
        boolean unused = dispatcher.change(table -> table.with(method));
    }

    @Override
    public boolean unregister(Object endpoint) {
        Objects.requireNonNull(endpoint, "endpoint");
        return dispatcher.change(table -> table.without(endpoint));
    }

    @Override
    public boolean unregister(String name) {
        Objects.requireNonNull(name, "name");
        return dispatcher.change(table -> table.withoutFunctions(name));
    }

    @Override
    public void close() {
        stop();
        try {
            if (!await(CLOSE_TIMEOUT)) {
                log.warn(
                        "closing while calls are running: they did not complete within {} s",
                        CLOSE_TIMEOUT.toSeconds());
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
