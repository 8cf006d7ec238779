package dev.parley.internal.client;

import dev.parley.ClientRequest;
import dev.parley.ConnectionLostException;
import dev.parley.OverloadedException;
import dev.parley.ProtocolException;
import dev.parley.RpcException;
import dev.parley.RpcTimeoutException;
import dev.parley.internal.CallPermit;
import dev.parley.spi.Backoff;
import dev.parley.spi.ClientCall;
import dev.parley.spi.ClientTransport;
import dev.parley.spi.EncodedResult;
import dev.parley.spi.ResponseListener;
import dev.parley.spi.ResultReaders;
import dev.parley.spi.StartedCall;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes calls on a transport: the one place that waits, times out, cancels, retries, counts what is in flight and turns
 * failures into {@link RpcException}s. Shared by all clients of one connection. Thread-safe.
 */
final class CallEngine {
    private static final Logger log = LoggerFactory.getLogger(CallEngine.class);

    /** Between attempts to hand a message to a broker that does not take it. */
    private static final Backoff NOT_SENT = Backoff.exponential(Duration.ofMillis(250), Duration.ofMillis(250));

    private final ClientTransport transport;
    private final ResultReaders readers;
    private final int maxPendingCalls;
    private final AtomicInteger pending = new AtomicInteger();
    /** Casts whose exchange runs on a thread of its own. */
    private final Set<Thread> casts = ConcurrentHashMap.newKeySet();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private volatile boolean stopped;
    private volatile boolean closed;

    CallEngine(ClientTransport transport, int maxPendingCalls) {
        this.transport = transport;
        this.readers = new ResultReaders(transport.mapper());
        this.maxPendingCalls = maxPendingCalls;
    }

    ClientTransport transport() {
        return transport;
    }

    ResultReaders readers() {
        return readers;
    }

    /** Counts a call as in flight; {@link #release} must follow. */
    private void acquire() {
        int now = pending.incrementAndGet();
        if (stopped) {
            release();
            throw new ConnectionLostException("the client is closed");
        } else if (now > maxPendingCalls) {
            release();
            throw new OverloadedException("the client has " + maxPendingCalls + " calls in flight already");
        }
    }

    void release() {
        if (pending.decrementAndGet() == 0 && stopped) {
            signal();
        }
    }

    /** Calls and blocks until the result is there. */
    @Nullable
    Object call(ClientCall call) {
        acquire();
        try {
            CallPermit lent = lend(call.qualifiedMethod());
            EncodedResult result;
            try {
                result = (EncodedResult) await(call, BlockingCall::new);
            } finally {
                if (lent != null) {
                    lent.takeBack();
                }
            }
            return result.decode(readers, call);
        } finally {
            release();
        }
    }

    /**
     * Prepares this thread to wait for the peer. If it runs a call of that very peer, which may have to call again
     * before it responds, that call lends its permit meanwhile.
     *
     * @return what to take back; {@code null} for nothing
     */
    private @Nullable CallPermit lend(String method) {
        if (transport.isReading()) {
            throw new IllegalStateException("the call of " + method + " would wait for a response which this thread"
                    + " must read: use callAsync, or do not run the method inline");
        }
        Object connection = transport.connection();
        if (connection == null) {
            return null;
        }
        CallPermit permit = CallPermit.CURRENT.get();
        if (permit == null || !connection.equals(permit.connection())) {
            return null;
        }
        permit.lend();
        return permit;
    }

    private interface Responses {
        BlockingCall next();
    }

    /** Starts the call, again where it may be, until it has an outcome other than a failure. */
    private Object await(ClientCall call, Responses responses) {
        for (int failures = 1; ; failures++) {
            BlockingCall response = responses.next();
            RpcException error;
            try {
                StartedCall started = transport.start(call, response);
                if (transport.blocks()) {
                    run(started, response);
                }
                Object outcome = response.await(call, started);
                if (!(outcome instanceof BlockingCall.Failure failure)) {
                    return outcome;
                }
                error = failureHere(call, started, failure.error());
            } catch (RpcException e) {
                error = e;
            }
            long pause = retryAfter(call, error, response.isNotSent(), failures);
            if (pause < 0) {
                throw error;
            }
            LockSupport.parkNanos(pause);
        }
    }

    /** Runs the exchange of a transport that blocks. */
    static void run(StartedCall started, ResponseListener listener) {
        try {
            started.run();
        } catch (Throwable e) {
            listener.onFailure(e);
        }
    }

    /** Calls and returns at once. Cancelling the future cancels the call. */
    CompletableFuture<@Nullable Object> callAsync(ClientCall call) {
        AsyncCall future = new AsyncCall(this, call);
        try {
            acquire();
        } catch (RpcException e) {
            future.completeExceptionally(e);
            return future;
        }
        future.start();
        return future;
    }

    /**
     * Hands a message over and returns. Where the protocol has no message without a response and the transport blocks,
     * that happens on a thread of its own.
     *
     * @param whenOver runs once, not if this throws: when the message is handed over, or when a response that the
     *     protocol has all the same is there
     */
    void cast(ClientCall call, Consumer<? super @Nullable Throwable> whenOver) {
        acquire();
        boolean over = true;
        try {
            if (transport.blocks() && !transport.hasOneWay()) {
                BlockingCall response = new BlockingCall();
                StartedCall started = transport.start(call, response);
                over = false;
                detach(call, started, response, whenOver);
            } else if (transport.isReading() && transport.hasOneWay()) {
                // It may be sent only once this thread goes on.
                transport.start(call, new CastCall(this, call, whenOver));
                whenOver.accept(null);
            } else {
                Object outcome = await(call, () -> new CastCall(this, call, whenOver));
                over = outcome instanceof EncodedResult || transport.hasOneWay();
                if (over) {
                    whenOver.accept(null);
                }
            }
        } finally {
            if (over) {
                release();
            }
        }
    }

    /**
     * Makes calls and casts together, in one message where the transport can, and blocks until each has an outcome.
     *
     * @return an outcome for each, in order
     */
    List<Batch.Outcome> batch(List<ClientCall> calls) {
        if (calls.isEmpty()) {
            return List.of();
        }
        return transport.batches() ? together(calls) : oneByOne(calls);
    }

    private List<Batch.Outcome> together(List<ClientCall> calls) {
        int counted = 0;
        CallPermit lent = null;
        try {
            for (; counted < calls.size(); counted++) {
                acquire();
            }
            lent = lend("a batch");
            List<BlockingCall> responses =
                    calls.stream().map(call -> new BlockingCall()).toList();
            StartedCall started = transport.startBatch(calls, List.<ResponseListener>copyOf(responses));
            if (transport.blocks()) {
                try {
                    started.run();
                } catch (Throwable e) {
                    responses.forEach(response -> response.onFailure(e));
                }
            }
            List<Batch.Outcome> outcomes = new ArrayList<>();
            for (int i = 0; i < calls.size(); i++) {
                outcomes.add(outcome(calls.get(i), started, responses.get(i).await(calls.get(i), started)));
            }
            return outcomes;
        } catch (RpcException e) {
            return Collections.nCopies(calls.size(), new Batch.Outcome(null, e));
        } finally {
            if (lent != null) {
                lent.takeBack();
            }
            for (; counted > 0; counted--) {
                release();
            }
        }
    }

    private Batch.Outcome outcome(ClientCall call, StartedCall started, Object outcome) {
        boolean dropped = call.kind() == ClientRequest.Kind.CAST;
        try {
            return switch (outcome) {
                case BlockingCall.Failure failure -> {
                    RpcException error = failureHere(call, started, failure.error());
                    if (dropped) {
                        log.warn("cast of {} failed: {}", call.qualifiedMethod(), error.getMessage());
                    }
                    yield new Batch.Outcome(null, error);
                }
                case EncodedResult result when !dropped -> new Batch.Outcome(result.decode(readers, call), null);
                default -> new Batch.Outcome(null, null);
            };
        } catch (RpcException e) {
            return new Batch.Outcome(null, e);
        }
    }

    private List<Batch.Outcome> oneByOne(List<ClientCall> calls) {
        List<CompletableFuture<@Nullable Object>> responses = new ArrayList<>();
        for (ClientCall call : calls) {
            if (call.kind() == ClientRequest.Kind.CAST) {
                CompletableFuture<@Nullable Object> handedOver = new CompletableFuture<>();
                try {
                    cast(call, error -> {});
                    handedOver.complete(null);
                } catch (RpcException e) {
                    log.warn("cast of {} failed: {}", call.qualifiedMethod(), e.getMessage());
                    handedOver.completeExceptionally(e);
                }
                responses.add(handedOver);
            } else {
                responses.add(callAsync(call));
            }
        }
        List<Batch.Outcome> outcomes = new ArrayList<>();
        for (int i = 0; i < calls.size(); i++) {
            CompletableFuture<@Nullable Object> response = responses.get(i);
            try {
                outcomes.add(new Batch.Outcome(response.get(), null));
            } catch (ExecutionException e) {
                outcomes.add(new Batch.Outcome(
                        null, failureHere(calls.get(i), StartedCall.NONE, e.getCause() == null ? e : e.getCause())));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                response.cancel(true);
                outcomes.add(new Batch.Outcome(null, interrupted(calls.get(i))));
            }
        }
        return outcomes;
    }

    private void detach(
            ClientCall call,
            StartedCall started,
            BlockingCall response,
            Consumer<? super @Nullable Throwable> whenOver) {
        Thread thread = Thread.ofVirtual().name("parley-cast").unstarted(() -> {
            try {
                run(started, response);
                castOver(
                        call,
                        response.get() instanceof BlockingCall.Failure failure ? failure.error() : null,
                        whenOver);
            } finally {
                casts.remove(Thread.currentThread());
            }
        });
        casts.add(thread);
        thread.start();
    }

    /** A cast that was handed over has its response, which nobody waits for. */
    void castOver(ClientCall call, @Nullable Throwable thrown, Consumer<? super @Nullable Throwable> whenOver) {
        release();
        RpcException error = thrown == null ? null : failure(call, StartedCall.NONE, thrown);
        if (error != null) {
            log.warn("cast of {} failed: {}", call.qualifiedMethod(), error.getMessage());
        }
        whenOver.accept(error);
    }

    /** Streams the items as they come. */
    Stream<@Nullable Object> stream(ClientCall call) {
        if (!transport.streams()) {
            return items(call(call.withResultType(listType(call)).withKind(ClientRequest.Kind.CALL))).stream()
                    .map(item -> item);
        }
        acquire();
        StreamCall stream = new StreamCall(this, call);
        try {
            return stream.open();
        } catch (RuntimeException | Error e) {
            stream.end();
            throw e;
        }
    }

    /** The type of a list of the items. */
    Type listType(ClientCall call) {
        return transport
                .mapper()
                .getTypeFactory()
                .constructCollectionType(List.class, transport.mapper().constructType(call.resultType()));
    }

    static List<?> items(@Nullable Object list) {
        return list == null ? List.of() : (List<?>) list;
    }

    /**
     * How long to wait before another attempt, in nanoseconds; -1 for no other attempt.
     *
     * @param notSent whether the message has surely not been sent
     * @param failures how many attempts have failed
     */
    long retryAfter(ClientCall call, RpcException error, boolean notSent, int failures) {
        int retry = call.options().retry();
        boolean again = notSent
                ? retry < 0 || failures <= retry
                : call.options().idempotent()
                        && failures < call.options().maxAttempts()
                        && (error instanceof ConnectionLostException || error instanceof OverloadedException);
        if (!again || stopped || Thread.currentThread().isInterrupted()) {
            return -1;
        }
        long left = call.remainingNanos();
        if (notSent) {
            // Until the deadline: the last attempt is the one that times out.
            return left > 0 ? Math.min(NOT_SENT.pauseNanos(failures - 1), left) : -1;
        }
        long pause = RetryPause.nanos(error, failures);
        return pause < left ? pause : -1;
    }

    /**
     * The error of a failed call, as its caller gets it.
     *
     * @param started explains a timeout
     * @param thrown what the transport reported
     */
    RpcException failure(ClientCall call, StartedCall started, Throwable thrown) {
        if (thrown instanceof RpcTimeoutException && call.remainingNanos() <= 0) {
            RpcTimeoutException error = call.timedOut(started.explanation());
            error.addSuppressed(thrown);
            return error;
        } else if (Thread.currentThread().isInterrupted() && thrown instanceof ConnectionLostException) {
            RpcException error = interrupted(call);
            error.addSuppressed(thrown);
            return error;
        } else if (closed) {
            return new ConnectionLostException("the client was closed", thrown);
        } else if (thrown instanceof RpcException error) {
            return error;
        } else if (thrown instanceof VirtualMachineError) {
            // Too deep or too large: its caller is told, with the cause.
            return new ProtocolException(
                    "the response to " + call.qualifiedMethod() + " cannot be handled: " + thrown, thrown);
        }
        log.warn("calling {} failed unexpectedly", call.qualifiedMethod(), thrown);
        return new ConnectionLostException("calling " + call.qualifiedMethod() + " failed: " + thrown, thrown);
    }

    /**
     * {@link #failure} for a caller that waits: with the caller's stack, which helps more than that of the thread that
     * read the response.
     */
    RpcException failureHere(ClientCall call, StartedCall started, Throwable thrown) {
        RpcException error = failure(call, started, thrown);
        if (!transport.blocks()) {
            error.setStackTrace(new Throwable().getStackTrace());
        }
        return error;
    }

    static ConnectionLostException interrupted(ClientCall call) {
        return new ConnectionLostException("interrupted while waiting for the response to " + call.qualifiedMethod());
    }

    /** Whether a call could be sent now. */
    boolean isReady() {
        return !stopped && transport.isReady();
    }

    /** Refuses further calls. */
    void stop() {
        stopped = true;
        signal();
    }

    private void signal() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Blocks until stopped with nothing in flight; {@code false} if that takes longer. */
    boolean await(Duration atMost) throws InterruptedException {
        long left = atMost.toDays() > 36_500 ? Long.MAX_VALUE : atMost.toNanos();
        lock.lockInterruptibly();
        try {
            while (!stopped || pending.get() > 0) {
                if (left <= 0) {
                    return false;
                }
                left = changed.awaitNanos(left);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Stops, lets detached casts finish, and closes the transport, which fails what is in flight. */
    void close() {
        stop();
        for (Thread cast : casts) {
            try {
                cast.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                break;
            }
        }
        closed = true;
        transport.close();
    }
}
