package dev.parley.oslo.rpc;

import dev.parley.Address;
import dev.parley.InvalidTargetException;
import dev.parley.RpcException;
import dev.parley.Target;
import dev.parley.oslo.driver.Delivery;
import dev.parley.oslo.driver.Driver;
import dev.parley.oslo.message.Codec;
import dev.parley.oslo.message.Request;
import dev.parley.oslo.options.OsloOptions;
import dev.parley.oslo.topology.Exchange;
import dev.parley.oslo.topology.Queue;
import dev.parley.oslo.topology.Topology;
import dev.parley.spi.Dispatcher;
import dev.parley.spi.Listener;
import dev.parley.spi.ServerContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server side of oslo.messaging RPC: takes requests from the topic's queue, the server's and the fanout's, no more than the dispatcher has room for. What is
 * beyond stays unacknowledged, so the broker gives it to another server if this one goes. Thread-safe.
 */
public final class OsloListener implements Listener, Driver.Receiver {
    private static final Logger log = LoggerFactory.getLogger(OsloListener.class);
    private static final int MOST_AT_ONCE = 64;
    private static final String PING = "oslo_rpc_server_ping";
    private static final Duration DRAIN = Duration.ofSeconds(5);

    private final Address address;
    private final OsloOptions options;
    private final Driver driver;
    private final Dispatcher dispatcher;
    private final Codec codec;
    private final ReplySender replies;
    private final StreamCredits credits;
    private final DeadLetters deadLetters;
    private final DuplicateWindow window;
    private final Queue fanoutQueue;
    private final Driver.Subscription subscription;
    private final ConcurrentLinkedQueue<Delivery> waiting = new ConcurrentLinkedQueue<>();
    /** The calls that are acknowledged when they are over. */
    private final ConcurrentMap<String, OsloCall> running = new ConcurrentHashMap<>();

    private final ReentrantLock taking = new ReentrantLock();
    private final Runnable resume = this::resume;
    private volatile boolean full;
    private volatile boolean stopped;
    private @Nullable Thread stopper;

    public OsloListener(Address address, Target target, OsloOptions options, Driver driver, ServerContext context) {
        String topic = target.topic();
        String server = target.server();
        if (topic == null || topic.isEmpty() || server == null || server.isEmpty()) {
            throw new InvalidTargetException(
                    "a server on " + address.scheme() + " needs a topic and a server name: " + target);
        }
        this.address = address;
        this.options = options;
        this.driver = driver;
        this.dispatcher = context.dispatcher();
        this.codec = new Codec(context.values());
        this.replies = new ReplySender(driver, codec, options);
        this.credits = new StreamCredits(driver, codec, options);
        this.deadLetters = new DeadLetters(driver, options);
        this.window = new DuplicateWindow(options.duplicateWindow());
        Topology topology = options.topology();
        Exchange exchange =
                topology.topicExchange(target.exchange() == null ? options.controlExchange() : target.exchange());
        this.fanoutQueue = topology.fanoutQueue(topic, options.queueNames().next());
        driver.connect();
        this.subscription = driver.subscribe(
                List.of(
                        topology.topicQueue(exchange, topic),
                        topology.serverQueue(exchange, topic, server),
                        fanoutQueue),
                options.prefetch() < 0 ? Math.min(dispatcher.maxConcurrentCalls(), 65_535) : options.prefetch(),
                this);
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

    boolean answersMulticalls() {
        return options.multicall();
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
        take();
    }

    /** Whoever gets the lock takes all there is room for, and looks again after giving it back. */
    private void take() {
        while (!full && !waiting.isEmpty()) {
            if (!taking.tryLock()) {
                return;
            }
            try {
                while (!full && !waiting.isEmpty()) {
                    takeBatch();
                }
            } finally {
                taking.unlock();
            }
        }
    }

    /** Takes as many as may run at once. All are acknowledged, and that is on its way to the broker, before the first one starts. */
    private void takeBatch() {
        List<OsloCall> calls = new ArrayList<>();
        driver.inOneGo(() -> {
            for (int room = Math.clamp(dispatcher.available(), 1, MOST_AT_ONCE); room > 0; room--) {
                Delivery delivery = waiting.poll();
                if (delivery == null) {
                    break;
                }
                OsloCall call = take(delivery);
                if (call != null) {
                    calls.add(call);
                }
            }
        });
        driver.inOneGo(() -> calls.forEach(this::dispatch));
    }

    private void dispatch(OsloCall call) {
        full = true;
        try {
            // While this runs there may be room again already: then resume has said so, and its word stays.
            if (dispatcher.dispatch(call, resume)) {
                full = false;
            }
        } catch (RuntimeException e) {
            // One request must not keep the others from being served.
            full = false;
            log.error("a request for {} could not be answered", call.method(), e);
        }
    }

    /** The call to run, {@code null} if there is none to run. */
    private @Nullable OsloCall take(Delivery delivery) {
        if (stopped) {
            delivery.requeue();
            return null;
        }
        Request request;
        try {
            request = Request.parse(codec.open(delivery), codec.mapper());
        } catch (RpcException e) {
            deadLetters.notUnderstood(delivery, e);
            return null;
        }
        String id = request.uniqueId();
        boolean after = options.acknowledge() == OsloOptions.Acknowledge.AFTER;
        if (id != null && !window.add(id)) {
            OsloCall first = running.get(id);
            if (first == null || !first.acknowledgeToo(delivery)) {
                log.warn("dropped a second copy of request {} for {}", id, request.method());
                delivery.acknowledge();
            }
            return null;
        }
        if (after ? !deadLetters.mayRun(delivery, request.method()) : !delivery.acknowledge()) {
            // It comes again, perhaps to us.
            if (id != null) {
                window.remove(id);
            }
            return null;
        }
        OsloCall call = new OsloCall(this, request, delivery.expiration(), after ? delivery : null);
        if (options.ping() && request.method().equals(PING) && !dispatcher.has(PING)) {
            call.reply("pong", String.class);
            return null;
        }
        if (after && id != null) {
            running.put(id, call);
        }
        return call;
    }

    /** A call has its outcome. */
    void over(Request request) {
        String id = request.uniqueId();
        if (id != null) {
            running.remove(id);
        }
    }

    private void resume() {
        full = false;
        if (!waiting.isEmpty()) {
            Thread.ofVirtual().name("parley-oslo-resume").start(this::take);
        }
    }

    @Override
    public Address address() {
        return address;
    }

    @Override
    public void stop() {
        taking.lock();
        try {
            if (stopped) {
                return;
            }
            stopped = true;
            // On a thread of its own, since a method that runs inline may stop its server.
            stopper = Thread.ofVirtual().name("parley-oslo-stop").start(() -> {
                boolean keep = options.queueNames().isStable() || fanoutQueue.isStream();
                subscription.cancel(keep ? List.of() : List.of(fanoutQueue));
                List<Delivery> back = new ArrayList<>();
                for (Delivery next = waiting.poll(); next != null; next = waiting.poll()) {
                    back.add(next);
                }
                back.forEach(Delivery::requeue);
            });
        } finally {
            taking.unlock();
        }
    }

    @Override
    public void close() {
        stop();
        Thread stopping = stopper;
        try {
            if (stopping != null) {
                stopping.join(DRAIN);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        driver.drain(DRAIN);
        driver.close();
    }
}
