package dev.parley.oslo.rpc;

import dev.parley.ConnectionLostException;
import dev.parley.ProtocolException;
import dev.parley.RpcException;
import dev.parley.oslo.driver.Delivery;
import dev.parley.oslo.driver.Driver;
import dev.parley.oslo.message.Codec;
import dev.parley.oslo.message.Reply;
import dev.parley.oslo.options.OsloOptions;
import dev.parley.oslo.topology.Queue;
import dev.parley.spi.Guard;
import dev.parley.spi.PeerLog;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The queue of a client for the replies to all its calls, and the calls that wait for them. Declared and consumed
 * before the first call is sent. Safe for use by any thread.
 */
final class ReplyQueue {
    private static final Logger log = LoggerFactory.getLogger(ReplyQueue.class);
    private static final PeerLog faults = new PeerLog(log);

    private final Driver driver;
    private final Codec codec;
    private final Queue queue;
    private final ConcurrentMap<String, PendingReply> calls = new ConcurrentHashMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private volatile @Nullable CompletableFuture<String> ready;
    private volatile boolean closed;

    ReplyQueue(Driver driver, Codec codec, OsloOptions options) {
        this.driver = driver;
        this.codec = codec;
        this.queue = options.topology().replyQueue(options.queueNames().next());
    }

    /**
     * The name of the queue once the broker delivers from it. The first call of this starts that; after a failure the
     * next call starts it again.
     */
    CompletableFuture<String> name() {
        CompletableFuture<String> now = ready;
        if (now != null && !now.isCompletedExceptionally()) {
            return now;
        }
        lock.lock();
        try {
            now = ready;
            if (now == null || now.isCompletedExceptionally()) {
                CompletableFuture<String> fresh = new CompletableFuture<>();
                ready = fresh;
                // On a separate thread: the caller's deadline must hold even if the broker does not respond.
                Guard.start("parley-reply-queue", () -> open(fresh), error -> failed(fresh, notOpen(error)));
                now = fresh;
            }
            return now;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Runs an action when the queue is ready or has failed: on this thread if it already is, otherwise in the order of
     * the calls.
     */
    void whenReady(BiConsumer<? super String, ? super @Nullable Throwable> action) {
        CompletableFuture<String> now = name();
        if (now.isDone()) {
            now.whenComplete(action);
            return;
        }
        lock.lock();
        try {
            CompletableFuture<String> last = ready;
            now = last == null ? now : last;
            if (!now.isDone()) {
                // Each action waits for the one before it: the dependents of one future run in reverse order.
                ready = now.whenComplete(action);
                return;
            }
        } finally {
            lock.unlock();
        }
        now.whenComplete(action);
    }

    private void open(CompletableFuture<String> opened) {
        if (closed) {
            failed(opened, new ConnectionLostException("the client is closed"));
            return;
        }
        try {
            driver.receive(queue, this::received, this::deleted);
            opened.complete(queue.name());
        } catch (RpcException e) {
            failed(opened, e);
        } catch (RuntimeException e) {
            failed(opened, notOpen(e));
        }
    }

    private void failed(CompletableFuture<String> opened, RpcException error) {
        lock.lock();
        try {
            // First of all: a caller that is told may call again at once.
            ready = null;
        } finally {
            lock.unlock();
        }
        opened.completeExceptionally(error);
    }

    private static ConnectionLostException notOpen(Throwable error) {
        return new ConnectionLostException("failed to open the reply queue: " + error, error);
    }

    /** The name that the queue has, or will have. */
    String queueName() {
        return queue.name();
    }

    /** Whether the broker delivers from the queue, so that {@link #whenReady} would run its action at once. */
    boolean isReady() {
        CompletableFuture<String> now = ready;
        return now != null && now.isDone() && !now.isCompletedExceptionally();
    }

    /** Delivers replies to this call from now on; {@code false} if the client is closed and the call has failed. */
    boolean expect(PendingReply call) {
        calls.put(call.id(), call);
        if (closed) {
            call.fail(new ConnectionLostException("the client is closed"));
            return false;
        }
        return true;
    }

    /** Drops further replies to this call. */
    void forget(PendingReply call) {
        calls.remove(call.id());
    }

    private void received(Delivery delivery) {
        Reply reply;
        try {
            reply = Reply.parse(codec.open(delivery), codec.mapper());
        } catch (RuntimeException | Error e) {
            // Not on this thread: to read a large message takes a while.
            Guard.start("parley-malformed-reply", () -> malformed(delivery, e));
            return;
        }
        PendingReply call = reply.isEnding() ? calls.remove(reply.msgId()) : calls.get(reply.msgId());
        if (call == null) {
            log.info("dropped a reply to {}: its caller no longer waits", reply.msgId());
        } else {
            Guard.run("taking a reply", () -> call.received(reply), call::fail);
        }
    }

    /** Fails the calls in flight: their replies may have been in the queue. The driver declares it again. */
    private void deleted() {
        List<PendingReply> lost = List.copyOf(calls.values());
        log.warn("reply queue {} was deleted: {} calls in flight fail", queue.name(), lost.size());
        lost.forEach(call -> call.fail(new ConnectionLostException("reply queue '" + queue.name()
                + "' was deleted while the call was in flight: its reply may be lost; the method may have run")));
    }

    /** Fails the call whose reply is malformed or exceeds a limit, if the reply can be read far enough. */
    private void malformed(Delivery delivery, Throwable error) {
        String id = codec.summary(delivery).msgId();
        PendingReply call = id == null ? null : calls.get(id);
        if (call == null) {
            faults.warn(null, "dropped a malformed reply in {}: {}", queue.name(), error.getMessage());
        } else {
            call.fail(new ProtocolException("the reply cannot be read: " + error.getMessage(), error));
        }
    }

    void close() {
        closed = true;
        calls.values().forEach(call -> call.fail(new ConnectionLostException("the client was closed")));
    }
}
