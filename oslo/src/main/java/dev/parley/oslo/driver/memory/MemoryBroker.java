package dev.parley.oslo.driver.memory;

import dev.parley.oslo.driver.OutboundMessage;
import dev.parley.oslo.topology.Exchange;
import dev.parley.oslo.topology.Queue;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Exchanges and queues in this JVM, with what oslo.messaging uses of AMQP's meaning: routing by key and to all, turns among consumers, unacknowledged messages
 * going back, expiry, and refusing what finds no queue. Thread-safe.
 */
final class MemoryBroker {
    private static final ConcurrentMap<String, MemoryBroker> BY_NAME = new ConcurrentHashMap<>();

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Stored> queues = new HashMap<>();
    private final Map<String, Map<String, Set<String>>> bindings = new HashMap<>();

    /** A message in a queue. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared; a body is nobody's to change.
    record Held(byte[] body, @Nullable String expiration, long expiresNanos, int returns) {
        Held returned() {
            return new Held(body, expiration, expiresNanos, returns + 1);
        }

        boolean isExpired() {
            return expiration != null && System.nanoTime() - expiresNanos > 0;
        }
    }

    /** Who gets messages. */
    interface Consumer {
        boolean hasRoom(String queue);

        void take(String queue, Held message);
    }

    private static final class Stored {
        final Deque<Held> messages = new ArrayDeque<>();
        final Deque<Consumer> consumers = new ArrayDeque<>();
    }

    static MemoryBroker named(String name) {
        return BY_NAME.computeIfAbsent(name, key -> new MemoryBroker());
    }

    void declare(Queue queue) {
        lock.lock();
        try {
            queues.computeIfAbsent(queue.name(), name -> new Stored());
            if (!queue.exchange().isDefault()) {
                bindings.computeIfAbsent(queue.exchange().name(), name -> new HashMap<>())
                        .computeIfAbsent(queue.key(), key -> new HashSet<>())
                        .add(queue.name());
            }
        } finally {
            lock.unlock();
        }
    }

    void delete(Queue queue) {
        lock.lock();
        try {
            queues.remove(queue.name());
            bindings.values().forEach(keys -> keys.values().forEach(names -> names.remove(queue.name())));
        } finally {
            lock.unlock();
        }
    }

    /** {@code false} if no queue takes it. */
    boolean publish(OutboundMessage message) {
        long millis = message.expirationMillis();
        Held held = new Held(
                message.body(),
                millis < 0 ? null : Long.toString(millis),
                System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis),
                0);
        lock.lock();
        try {
            List<String> targets = route(message.exchange(), message.key());
            for (String name : targets) {
                Stored queue = queues.get(name);
                if (queue != null) {
                    queue.messages.add(held);
                    deliver(name, queue);
                }
            }
            return !targets.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    private List<String> route(Exchange exchange, String key) {
        if (exchange.isDefault()) {
            return queues.containsKey(key) ? List.of(key) : List.of();
        }
        Map<String, Set<String>> keys = bindings.getOrDefault(exchange.name(), Map.of());
        if (exchange.type().equals("fanout")) {
            List<String> all = new ArrayList<>();
            keys.values().forEach(all::addAll);
            return all;
        }
        return List.copyOf(keys.getOrDefault(key, Set.of()));
    }

    void consume(String name, Consumer consumer) {
        lock.lock();
        try {
            Stored queue = queues.get(name);
            if (queue != null) {
                queue.consumers.add(consumer);
                deliver(name, queue);
            }
        } finally {
            lock.unlock();
        }
    }

    void cancel(String name, Consumer consumer) {
        lock.lock();
        try {
            Stored queue = queues.get(name);
            if (queue != null) {
                queue.consumers.remove(consumer);
            }
        } finally {
            lock.unlock();
        }
    }

    /** A consumer has room again; perhaps with a message that goes back to the head of its queue. */
    void settled(String name, @Nullable Held back) {
        lock.lock();
        try {
            Stored queue = queues.get(name);
            if (queue != null) {
                if (back != null) {
                    queue.messages.addFirst(back);
                }
                deliver(name, queue);
            }
        } finally {
            lock.unlock();
        }
    }

    private static void deliver(String name, Stored queue) {
        while (!queue.messages.isEmpty()) {
            if (queue.messages.peekFirst().isExpired()) {
                queue.messages.removeFirst();
                continue;
            }
            Consumer next = null;
            for (int i = queue.consumers.size(); i > 0 && next == null; i--) {
                Consumer turn = queue.consumers.removeFirst();
                queue.consumers.addLast(turn);
                next = turn.hasRoom(name) ? turn : null;
            }
            if (next == null) {
                return;
            }
            next.take(name, queue.messages.removeFirst());
        }
    }
}
