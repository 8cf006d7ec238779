package dev.parley.broker.virtualhost;

import dev.parley.broker.exchange.DelayedExchange;
import dev.parley.broker.exchange.Exchange;
import dev.parley.broker.queue.Message;
import dev.parley.broker.queue.MessageQueue;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The messages that delayed exchanges hold back, in the order of the times at which they are routed. They count as held
 * by the broker. They stay if their exchange is deleted, and are dropped if there is none of its name in the end, as
 * with RabbitMQ's plugin. Thread-safe; its lock is never held while a message is routed.
 */
final class DelayedMessages {
    /** A message; the times are those of {@link System#nanoTime()}. */
    private record Held(String exchange, Message message, long dueAt, long number) {}

    private final VirtualHost host;
    private final ReentrantLock lock = new ReentrantLock();
    private final PriorityQueue<Held> held = new PriorityQueue<>(
            (a, b) -> a.dueAt == b.dueAt ? Long.compare(a.number, b.number) : Long.compare(a.dueAt - b.dueAt, 0));
    private final Map<String, Integer> counts = new HashMap<>();
    private long nextNumber;
    private @Nullable EventLoop loop;
    private @Nullable Future<?> timer;
    private long timerAt;
    private boolean ended;

    DelayedMessages(VirtualHost host) {
        this.host = host;
    }

    /** Holds a message if its exchange delays it; returns false if it is routed at once. */
    boolean hold(Exchange exchange, Message message) {
        long millis = exchange instanceof DelayedExchange ? DelayedExchange.delayMillis(message.header()) : 0;
        if (millis == 0) {
            return false;
        }
        lock.lock();
        try {
            if (ended) {
                return true;
            }
            message.retain(host.memory());
            long dueAt = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
            held.add(new Held(exchange.name(), message, dueAt, nextNumber++));
            counts.merge(exchange.name(), 1, Integer::sum);
            schedule();
        } finally {
            lock.unlock();
        }
        return true;
    }

    /** How many messages an exchange holds back. */
    int count(String exchange) {
        lock.lock();
        try {
            return counts.getOrDefault(exchange, 0);
        } finally {
            lock.unlock();
        }
    }

    /** Drops all messages, also those that come later. */
    void end() {
        lock.lock();
        try {
            ended = true;
            held.forEach(one -> one.message.release(host.memory()));
            held.clear();
            counts.clear();
            stopTimer();
        } finally {
            lock.unlock();
        }
    }

    private void stopTimer() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }

    private void schedule() {
        Held first = held.peek();
        if (first == null || (timer != null && first.dueAt - timerAt >= 0)) {
            return;
        }
        stopTimer();
        if (loop == null) {
            loop = host.nextLoop();
        }
        timerAt = first.dueAt;
        timer = loop.schedule(this::routeDue, Math.max(0, timerAt - System.nanoTime()), TimeUnit.NANOSECONDS);
    }

    private void routeDue() {
        List<Held> due = new ArrayList<>();
        lock.lock();
        try {
            timer = null;
            long now = System.nanoTime();
            for (Held first = held.peek(); first != null && first.dueAt - now <= 0; first = held.peek()) {
                due.add(held.remove());
                counts.computeIfPresent(first.exchange, (name, count) -> count == 1 ? null : count - 1);
            }
            schedule();
        } finally {
            lock.unlock();
        }
        for (Held one : due) {
            try {
                route(one);
            } finally {
                one.message.release(host.memory());
            }
        }
    }

    private void route(Held one) {
        Message published = one.message;
        Message message = published.derive(
                published.exchange(), published.routingKey(), DelayedExchange.delayed(published.header()));
        for (MessageQueue queue : host.route(one.exchange, message)) {
            queue.offer(message);
        }
    }
}
