package dev.parley.oslo.rpc;

import dev.parley.RpcException;
import dev.parley.oslo.driver.Delivery;
import dev.parley.oslo.driver.Driver;
import dev.parley.oslo.message.Codec;
import dev.parley.oslo.message.Credit;
import dev.parley.oslo.options.OsloOptions;
import dev.parley.oslo.topology.Queue;
import dev.parley.spi.PeerLog;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A server's queue on which the readers of its streams grant credit or cancel. Declared with the first stream. Safe for
 * use by any thread.
 */
final class StreamCredits {
    private static final Logger log = LoggerFactory.getLogger(StreamCredits.class);
    private static final PeerLog faults = new PeerLog(log);

    private final Driver driver;
    private final Codec codec;
    private final OsloOptions options;
    private final ConcurrentMap<String, OutboundStream> streams = new ConcurrentHashMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Queue queue; // Guarded by lock.

    StreamCredits(Driver driver, Codec codec, OsloOptions options) {
        this.driver = driver;
        this.codec = codec;
        this.options = options;
    }

    /** Starts taking credit for a stream; returns the name of the queue. May block. */
    String register(String id, OutboundStream stream) {
        streams.put(id, stream);
        lock.lock();
        try {
            if (queue == null) {
                Queue fresh = options.topology().replyQueue(options.queueNames().next());
                driver.receive(fresh, this::received, this::deleted);
                queue = fresh;
            }
            return queue.name();
        } finally {
            lock.unlock();
        }
    }

    /** Stops taking credit for a stream. */
    void forget(String id) {
        streams.remove(id);
    }

    /** Credit may be lost with the queue, and until it is declared again: streams end rather than wait for it. */
    private void deleted() {
        log.warn("the queue for the credit of streams was deleted: {} streams end", streams.size());
        streams.values().forEach(stream -> stream.grant(0));
    }

    private void received(Delivery delivery) {
        try {
            Credit credit = Credit.parse(codec.open(delivery), codec.mapper());
            OutboundStream stream = streams.get(credit.id());
            if (stream != null) {
                stream.grant(credit.items());
            }
        } catch (RpcException e) {
            faults.warn(null, "dropped a malformed credit for a stream: {}", e.getMessage());
        }
    }
}
