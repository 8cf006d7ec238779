package dev.parley.internal.client;

import dev.parley.RpcException;
import dev.parley.spi.ClientCall;
import dev.parley.spi.EncodedResult;
import dev.parley.spi.ResponseListener;
import dev.parley.spi.StartedCall;
import java.util.Iterator;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * A call that streams. The transport brings the items, no more ahead than the flow control of its protocol allows; the
 * reader takes them. Receiving is thread-safe, reading is for one thread.
 */
final class StreamCall extends Spliterators.AbstractSpliterator<@Nullable Object> implements ResponseListener {
    private sealed interface Arrival {
        record Item(EncodedResult value) implements Arrival {}

        /** The one result, in place of a stream. */
        record Whole(EncodedResult value) implements Arrival {}

        record Failed(Throwable error, boolean notSent) implements Arrival {}

        record End() implements Arrival {}
    }

    private final CallEngine engine;
    private final ClientCall call;
    private final LinkedBlockingQueue<Arrival> arrivals = new LinkedBlockingQueue<>();
    private final AtomicBoolean over = new AtomicBoolean();
    private volatile StartedCall started = StartedCall.NONE;
    private boolean begun;
    private @Nullable Iterator<?> list;
    private boolean done;

    StreamCall(CallEngine engine, ClientCall call) {
        super(Long.MAX_VALUE, Spliterator.ORDERED);
        this.engine = engine;
        this.call = call;
    }

    /** Starts the call. */
    Stream<@Nullable Object> open() {
        started = engine.transport().start(call, this);
        return StreamSupport.stream(this, false).onClose(this::close);
    }

    /** Blocks until the next item, the end or the failure is there. */
    private Arrival next() {
        started.requestItem();
        if (begun) {
            return poll(
                    engine.transport().detectsLostPeers()
                            ? Long.MAX_VALUE
                            : call.timeout().toNanos());
        }
        for (int failures = 1; ; failures++) {
            Arrival first = poll(call.remainingNanos());
            if (!(first instanceof Arrival.Failed failed)) {
                begun = true;
                return first;
            }
            long pause =
                    engine.retryAfter(call, engine.failure(call, started, failed.error()), failed.notSent(), failures);
            if (pause < 0) {
                return first;
            }
            LockSupport.parkNanos(pause);
            started = engine.transport().start(call, this);
            started.requestItem();
        }
    }

    /** The next arrival. If it does not come in time, or the thread is interrupted, the caller closes the stream. */
    private Arrival poll(long nanos) {
        try {
            long notice = Math.max(0, Math.min(call.noticeNanos(), nanos));
            Arrival arrival = arrivals.poll(nanos - notice, TimeUnit.NANOSECONDS);
            if (arrival == null) {
                started.expiring();
                arrival = arrivals.poll(notice, TimeUnit.NANOSECONDS);
            }
            if (arrival == null) {
                throw call.timedOut(started.explanation());
            }
            return arrival;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw CallEngine.interrupted(call);
        }
    }

    @Override
    public boolean tryAdvance(Consumer<? super @Nullable Object> action) {
        if (list == null && !done) {
            try {
                switch (next()) {
                    case Arrival.Item item -> {
                        action.accept(item.value().decode(engine.readers(), call));
                        return true;
                    }
                    case Arrival.Whole whole ->
                        list = CallEngine.items(whole.value()
                                        .decode(engine.readers(), call.withResultType(engine.listType(call))))
                                .iterator();
                    case Arrival.Failed failed -> throw engine.failureHere(call, started, failed.error());
                    case Arrival.End end -> done = true;
                }
            } catch (RpcException e) {
                close();
                throw e;
            }
        }
        if (list != null && list.hasNext()) {
            action.accept(list.next());
            return true;
        }
        done = true;
        end();
        return false;
    }

    /** Cancels what is left. */
    private void close() {
        done = true;
        list = null;
        started.cancel();
        end();
    }

    /** Counts the call as complete. */
    void end() {
        if (over.compareAndSet(false, true)) {
            engine.release();
        }
    }

    @Override
    public void onSent() {
        // A stream has more to wait for.
    }

    @Override
    public void onResult(EncodedResult result) {
        arrivals.add(new Arrival.Whole(result));
    }

    @Override
    public void onItem(EncodedResult item) {
        if (!over.get()) {
            arrivals.add(new Arrival.Item(item));
        }
    }

    @Override
    public void onEnd() {
        arrivals.add(new Arrival.End());
    }

    @Override
    public void onFailure(Throwable error) {
        arrivals.add(new Arrival.Failed(error, false));
    }

    @Override
    public void onNotSent(RpcException error) {
        arrivals.add(new Arrival.Failed(error, true));
    }
}
