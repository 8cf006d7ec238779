package dev.parley.zmtp;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/** The subscriptions of a SUB socket, of which each publisher is told whenever it connects. Thread-safe. */
final class Subscriber {
    private final Subscriptions subscriptions = new Subscriptions();
    private final Set<ZmtpPeer> publishers = ConcurrentHashMap.newKeySet();
    /** Held for changes, and while peers are told of them, so that each hears of a change once. */
    private final ReentrantLock lock = new ReentrantLock();

    /** A publisher has connected; on its event loop. */
    void add(ZmtpPeer publisher) {
        lock.lock();
        try {
            publishers.add(publisher);
            for (byte[] prefix : subscriptions.prefixes()) {
                publisher.sendSubscription(true, prefix);
            }
        } finally {
            lock.unlock();
        }
    }

    /** The connection to a publisher has ended. */
    void remove(ZmtpPeer publisher) {
        publishers.remove(publisher);
    }

    /** Adds or removes a subscription. */
    void change(boolean subscribe, byte[] prefix) {
        byte[] copy = prefix.clone();
        lock.lock();
        try {
            if (subscribe ? subscriptions.add(copy) : subscriptions.remove(copy)) {
                for (ZmtpPeer publisher : publishers) {
                    publisher.execute(() -> publisher.sendSubscription(subscribe, copy));
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** Whether a topic is subscribed to. */
    boolean wants(byte[] topic) {
        return subscriptions.match(topic);
    }
}
