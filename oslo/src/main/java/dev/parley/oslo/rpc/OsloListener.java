package dev.parley.oslo.rpc;

import dev.parley.Address;
import dev.parley.InvalidTargetException;
import dev.parley.RemoteException;
import dev.parley.RpcException;
import dev.parley.Target;
import dev.parley.oslo.driver.Delivery;
import dev.parley.oslo.driver.Driver;
import dev.parley.oslo.message.Codec;
import dev.parley.oslo.message.MessageSummary;
import dev.parley.oslo.message.Request;
import dev.parley.oslo.options.OsloOptions;
import dev.parley.oslo.topology.Exchange;
import dev.parley.oslo.topology.Queue;
import dev.parley.oslo.topology.Topology;
import dev.parley.spi.CallSource;
import dev.parley.spi.Dispatcher;
import dev.parley.spi.Guard;
import dev.parley.spi.Listener;
import dev.parley.spi.PeerLog;
import dev.parley.spi.ServerContext;
import dev.parley.spi.Timers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server side of oslo.messaging RPC: takes requests from the queues of the topic, of the server and for fanouts, as
 * many as the dispatcher can run. Further requests stay unacknowledged, so the broker delivers them to another server
 * if this one stops. Safe for use by any thread.
 */
public final class OsloListener implements Listener, Driver.Receiver {
    private static final Logger log = LoggerFactory.getLogger(OsloListener.class);
    private static final PeerLog faults = new PeerLog(log);
    private static final int MAX_BATCH = 64;
    private static final int MAX_INLINE_BYTES = 64 * 1024;
    private static final int MAX_PREFETCH = 65_535;
    private static final String PING = "oslo_rpc_server_ping";
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    /** The pause after which the listener looks again for what it can take, if there was no thread for it. */
    private static final long RETRY_NANOS = 1_000_000_000;

    private final Address address;
    private final OsloOptions options;
    /** The options after the last reset: of use for what can change. */
    private volatile OsloOptions current;

    private final Driver driver;
    private final Dispatcher dispatcher;
    private final Codec codec;
    private final ReplySender replies;
    private final StreamCredits credits;
    private volatile DeadLetters deadLetters;
    private final DuplicateWindow window;
    private final List<Queue> queues;
    private final Queue fanoutQueue;
    private final CompletableFuture<Driver.Subscription> subscription = new CompletableFuture<>();
    private final ConcurrentLinkedQueue<Delivery> waiting = new ConcurrentLinkedQueue<>();
    /** The running calls that are acknowledged when they end, by the unique id of their request. */
    private final ConcurrentMap<String, OsloCall> running = new ConcurrentHashMap<>();

    private final ReentrantLock taking = new ReentrantLock();
    private final int maxCalls;
    private final AtomicInteger active = new AtomicInteger();
    /** One at a time, so that large messages take no more than one processor. */
    private final ReentrantLock refusing = new ReentrantLock();

    /** The broker, which stands for all callers: the prefetch is its bound. */
    private final CallSource source;

    private volatile boolean full;
    private volatile boolean stopped;
    private volatile @Nullable Thread stopper;

    /**
     * A listener, not started yet.
     *
     * @throws InvalidTargetException if the target has no topic or no server name
     */
    public OsloListener(Address address, Target target, OsloOptions options, Driver driver, ServerContext context) {
        String topic = target.topic();
        String server = target.server();
        if (topic == null || topic.isEmpty() || server == null || server.isEmpty()) {
            throw new InvalidTargetException(
                    "a server on " + address.scheme() + " needs a topic and a server name: " + target);
        }
        this.address = address;
        this.options = options;
        this.current = options;
        this.driver = driver;
        this.dispatcher = context.dispatcher();
        this.source = dispatcher.soleSource(this::resume);
        this.codec = new Codec(context.values());
        this.replies = new ReplySender(driver, codec, options);
        this.credits = new StreamCredits(driver, codec, options);
        this.deadLetters = new DeadLetters(driver, options);
        this.maxCalls = options.maxCalls() == 0 ? Integer.MAX_VALUE : options.maxCalls();
        this.window = new DuplicateWindow(options.duplicateWindow());
        Topology topology = options.topology();
        Exchange exchange =
                topology.topicExchange(target.exchange() == null ? options.controlExchange() : target.exchange());
        this.fanoutQueue = topology.fanoutQueue(topic, options.queueNames().next());
        this.queues = List.of(
                topology.topicQueue(exchange, topic), topology.serverQueue(exchange, topic, server), fanoutQueue);
    }

    /**
     * Connects, and starts taking requests. Blocks until the broker has accepted the consumers, unless the driver waits
     * for its broker in the background.
     *
     * @throws RpcException if no host accepts the connection, or the broker refuses
     */
    public void start() {
        driver.start();
        int calls = Math.min(maxCalls, dispatcher.maxConcurrentCalls());
        int prefetch = options.prefetch() < 0 ? Math.min(calls, MAX_PREFETCH) : options.prefetch();
        subscription.complete(driver.subscribe(queues, prefetch, this));
    }

    @Override
    public boolean isReady() {
        return !stopped && driver.isReady();
    }

    String scheme() {
        return address.scheme();
    }

    Codec codec() {
        return codec;
    }

    ReplySender replies() {
        return replies;
    }

    /** Whether streams are sent item by item to callers from before 2018. */
    boolean isMulticall() {
        return current.multicall();
    }

    StreamCredits credits() {
        return credits;
    }

    @Override
    public void received(Delivery delivery) {
        waiting.add(delivery);
    }

    @Override
    public void endOfBatch() {
        takeAll();
    }

    /** The thread that gets the lock takes as many requests as can run, and looks again after releasing it. */
    private void takeAll() {
        while (hasRoom() && !waiting.isEmpty()) {
            if (!taking.tryLock()) {
                return;
            }
            try {
                while (hasRoom() && !waiting.isEmpty()) {
                    takeBatch();
                }
            } finally {
                taking.unlock();
            }
        }
    }

    private boolean hasRoom() {
        return !full && active.get() < maxCalls;
    }

    /**
     * Takes as many requests as can run. All acknowledgements are on their way to the broker before the first call
     * starts.
     */
    private void takeBatch() {
        List<OsloCall> calls = new ArrayList<>();
        driver.batch(() -> {
            int most = Math.clamp(Math.min(dispatcher.available(), maxCalls - active.get()), 1, MAX_BATCH);
            for (int room = most; room > 0; room--) {
                Delivery delivery = waiting.poll();
                if (delivery == null) {
                    break;
                }
                OsloCall call = takeOrReject(delivery);
                if (call != null) {
                    calls.add(call);
                }
            }
        });
        driver.batch(() -> calls.forEach(this::dispatch));
    }

    private void dispatch(OsloCall call) {
        full = true;
        try {
            // While this runs a call may end and run resume; then the flag must stay cleared.
            if (source.dispatch(call)) {
                full = false;
            }
        } catch (RuntimeException | Error e) {
            // One request must not prevent others from being served.
            full = false;
            log.error("failed to dispatch a call of {}", call.method(), e);
            RpcException error = RemoteException.of("InternalError", "the server failed to handle this call");
            Guard.run("telling of an internal error", () -> call.fail(error), again -> {});
        }
    }

    /** One request must not prevent others from being served, either. */
    private @Nullable OsloCall takeOrReject(Delivery delivery) {
        try {
            return take(delivery);
        } catch (RuntimeException | Error e) {
            log.error("rejected a message: reading it failed", e);
            delivery.reject();
            return null;
        }
    }

    /** Reads and acknowledges a request. Returns the call to run, {@code null} if there is nothing to run. */
    private @Nullable OsloCall take(Delivery delivery) {
        if (stopped) {
            delivery.requeue();
            return null;
        }
        Request request;
        try {
            request = Request.parse(codec.open(delivery), codec.mapper());
        } catch (RpcException e) {
            if (delivery.body().length <= MAX_INLINE_BYTES && delivery.compression() == null) {
                refuse(delivery, e);
            } else {
                // Not on this thread: to read a large message takes a while.
                Guard.start("parley-oslo-refuse", () -> refuse(delivery, e), error -> delivery.reject());
            }
            return null;
        }
        String id = request.uniqueId();
        boolean after = options.acknowledge() == OsloOptions.Acknowledge.AFTER;
        if (id != null && !window.add(id)) {
            OsloCall first = running.get(id);
            if (first == null || !first.acknowledgeToo(delivery)) {
                faults.warn(null, "dropped a duplicate of request {} for {}", id, request.method());
                delivery.acknowledge();
            }
            return null;
        }
        if (after ? !deadLetters.mayRun(delivery, request.method()) : !delivery.acknowledge()) {
            // The broker delivers it again, perhaps to this server.
            if (id != null) {
                window.remove(id);
            }
            return null;
        }
        OsloCall call = new OsloCall(this, request, delivery.expiration(), after ? delivery : null, delivery.user());
        active.incrementAndGet();
        if (current.ping() && request.method().equals(PING) && !dispatcher.has(PING)) {
            call.reply("pong", String.class);
            return null;
        }
        if (after && id != null) {
            running.put(id, call);
        }
        Guard.run("starting heartbeats", call::start, error -> {});
        return call;
    }

    /**
     * Rejects a malformed request, or one that exceeds a limit. For the latter its caller gets the error, if the
     * request can be read far enough.
     */
    private void refuse(Delivery delivery, RpcException error) {
        refusing.lock();
        try {
            MessageSummary request = codec.summary(delivery);
            boolean answer = Codec.exceedsLimit(error) && request.replyQueue() != null && request.msgId() != null;
            deadLetters.malformed(delivery, request, answer, error);
            if (answer) {
                replies.sendError(request, error, OsloCall.deadline(delivery.expiration()));
            }
        } finally {
            refusing.unlock();
        }
    }

    /** A call has ended. */
    void ended(Request request) {
        String id = request.uniqueId();
        if (id != null) {
            running.remove(id);
        }
        if (active.getAndDecrement() == maxCalls) {
            takeLater();
        }
    }

    private void resume() {
        full = false;
        takeLater();
    }

    private void takeLater() {
        if (!waiting.isEmpty()) {
            Guard.start("parley-oslo-resume", this::takeAll, error -> Timers.after(RETRY_NANOS, this::takeLater));
        }
    }

    @Override
    public Address address() {
        return address;
    }

    @Override
    public void reset(Address changed) {
        OsloOptions fresh = Reset.of(changed, address, options, driver);
        replies.reset(fresh);
        deadLetters = new DeadLetters(driver, fresh);
        current = fresh;
    }

    @Override
    public void stop() {
        taking.lock();
        try {
            if (stopped) {
                return;
            }
            stopped = true;
            // On a separate thread, since a method that runs inline may stop its own server, even before start returns.
            stopper = Guard.start("parley-oslo-stop", () -> subscription.thenAccept(this::cancel));
        } finally {
            taking.unlock();
        }
    }

    private void cancel(Driver.Subscription active) {
        boolean keep = options.queueNames().isStable() || fanoutQueue.isStream();
        active.cancel(keep ? List.of() : List.of(fanoutQueue));
        List<Delivery> back = new ArrayList<>();
        for (Delivery next = waiting.poll(); next != null; next = waiting.poll()) {
            back.add(next);
        }
        back.forEach(Delivery::requeue);
    }

    @Override
    public void close() {
        stop();
        Thread stopping = stopper;
        try {
            if (stopping != null) {
                stopping.join(CLOSE_TIMEOUT);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        driver.drain(CLOSE_TIMEOUT);
        driver.close();
    }
}
