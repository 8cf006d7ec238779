package dev.parley.oslo.driver.memory;

import dev.parley.oslo.driver.OutboundMessage;
import dev.parley.oslo.driver.QueueState;
import dev.parley.oslo.driver.RedeliveryHeaders;
import dev.parley.oslo.topology.Exchange;
import dev.parley.oslo.topology.Queue;
import dev.parley.spi.Timers;
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
 * Exchanges and queues in this JVM, with the AMQP semantics that oslo.messaging uses: topic and fanout routing,
 * round-robin among consumers, requeueing of unacknowledged messages, expiry, and the return of unroutable messages.
 * Safe for use by any thread.
 */
final class MemoryBroker {
    private static final ConcurrentMap<String, MemoryBroker> BY_NAME = new ConcurrentHashMap<>();

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, StoredQueue> queues = new HashMap<>();
    private final Map<String, Map<String, Set<String>>> bindings = new HashMap<>();

    /** A message in a queue. Immutable. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared, and no body is ever modified.
    record StoredMessage(byte[] body, @Nullable String expiration, long expiresNanos, int countedReturns, int returns) {
        /** The message after it went back to its queue. */
        StoredMessage returned() {
            return new StoredMessage(body, expiration, expiresNanos, countedReturns, returns + 1);
        }

        boolean isExpired() {
            return expiration != null && System.nanoTime() - expiresNanos > 0;
        }
    }

    /** Takes messages. Called with the broker's lock held; must not block. */
    interface Consumer {
        /** Whether the prefetch limit allows one more message from this queue. */
        boolean canTake(String queue);

        void take(String queue, StoredMessage message);
    }

    /** A queue. Guarded by the broker's lock. */
    private static final class StoredQueue {
        final Deque<StoredMessage> messages = new ArrayDeque<>();
        final Deque<Consumer> consumers = new ArrayDeque<>();
        final Map<String, Object> arguments;

        StoredQueue(Map<String, Object> arguments) {
            this.arguments = arguments;
        }

        /** An argument that is a number, -1 if it is not there. */
        long number(String argument) {
            return arguments.get(argument) instanceof Number number ? number.longValue() : -1;
        }
    }

    /** The broker of this name, the same one for every caller. */
    static MemoryBroker named(String name) {
        return BY_NAME.computeIfAbsent(name, key -> new MemoryBroker());
    }

    void declare(Queue queue) {
        lock.lock();
        try {
            queues.computeIfAbsent(queue.name(), name -> new StoredQueue(queue.arguments()));
            if (!queue.exchange().isDefault()) {
                Map<String, Set<String>> keys =
                        bindings.computeIfAbsent(queue.exchange().name(), name -> new HashMap<>());
                for (String key : queue.keys()) {
                    keys.computeIfAbsent(key, bound -> new HashSet<>()).add(queue.name());
                }
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

    /** What there is of a queue. */
    QueueState look(String name) {
        lock.lock();
        try {
            StoredQueue queue = queues.get(name);
            return queue == null
                    ? QueueState.MISSING
                    : new QueueState(true, queue.messages.size(), queue.consumers.size());
        } finally {
            lock.unlock();
        }
    }

    /** Puts a message into the queues it is routed to; returns {@code false} if there is none. */
    boolean publish(OutboundMessage message) {
        long millis = message.expirationMillis();
        int returns = message.headers().get(RedeliveryHeaders.RETURNS) instanceof Number count ? count.intValue() : 0;
        StoredMessage stored = new StoredMessage(
                message.body(),
                millis < 0 ? null : Long.toString(millis),
                System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis),
                returns,
                returns);
        Queue declared = message.queue();
        if (declared != null) {
            declare(declared);
        }
        lock.lock();
        try {
            List<String> targets = route(message.exchange(), message.key());
            for (String name : targets) {
                StoredQueue queue = queues.get(name);
                if (queue != null) {
                    add(name, queue, stored);
                    deliver(name, queue);
                }
            }
            return !targets.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** Adds a message, within the limits that the arguments of the queue set. */
    private void add(String name, StoredQueue queue, StoredMessage message) {
        queue.messages.add(message);
        long length = queue.number("x-max-length");
        while (length >= 0 && queue.messages.size() > length) {
            queue.messages.removeFirst();
        }
        long ttl = queue.number("x-message-ttl");
        if (ttl >= 0) {
            Timers.after(TimeUnit.MILLISECONDS.toNanos(ttl), () -> expire(name, message));
        }
    }

    /** Takes a message that has waited too long out of its queue, to the queue for such messages if there is one. */
    @SuppressWarnings("ReferenceEquality") // A message has no other identity.
    private void expire(String name, StoredMessage message) {
        lock.lock();
        try {
            StoredQueue queue = queues.get(name);
            if (queue == null || !queue.messages.removeIf(each -> each == message)) {
                return;
            }
            String to = String.valueOf(queue.arguments.get("x-dead-letter-routing-key"));
            StoredQueue next = queues.get(to);
            if (next != null) {
                add(to, next, message);
                deliver(to, next);
            }
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
            StoredQueue queue = queues.get(name);
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
            StoredQueue queue = queues.get(name);
            if (queue != null) {
                queue.consumers.remove(consumer);
            }
        } finally {
            lock.unlock();
        }
    }

    /** A consumer has settled a message, which goes back to the head of its queue if it is given here. */
    void settled(String name, @Nullable StoredMessage back) {
        lock.lock();
        try {
            StoredQueue queue = queues.get(name);
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

    private static void deliver(String name, StoredQueue queue) {
        while (!queue.messages.isEmpty()) {
            if (queue.messages.peekFirst().isExpired()) {
                queue.messages.removeFirst();
                continue;
            }
            Consumer next = null;
            for (int i = queue.consumers.size(); i > 0 && next == null; i--) {
                Consumer turn = queue.consumers.removeFirst();
                queue.consumers.addLast(turn);
                next = turn.canTake(name) ? turn : null;
            }
            if (next == null) {
                return;
            }
            next.take(name, queue.messages.removeFirst());
        }
    }
}
