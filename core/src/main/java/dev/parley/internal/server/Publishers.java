package dev.parley.internal.server;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/** Reads a publisher as an iterator, one batch at a time, on a thread that may block. */
final class Publishers {
    private static final int BATCH = 64;
    private static final Object DONE = new Object();

    private record Failure(Throwable error) {}

    private Publishers() {}

    /** An iterator over the items of a publisher. Closing it cancels the subscription. */
    static <T> Items<T> iterate(Flow.Publisher<T> publisher) {
        Items<T> items = new Items<>();
        publisher.subscribe(items);
        return items;
    }

    /** A subscriber whose items one thread takes; the publisher may use any threads. */
    static final class Items<T> implements Iterator<T>, Flow.Subscriber<T>, AutoCloseable {
        private final BlockingQueue<Object> queue = new LinkedBlockingQueue<>();
        private volatile Flow.@Nullable Subscription subscription;
        private @Nullable Object next;
        private int taken;

        @Override
        public void onSubscribe(Flow.Subscription newSubscription) {
            subscription = newSubscription;
            newSubscription.request(BATCH);
        }

        @Override
        public void onNext(T item) {
            queue.add(item);
        }

        @Override
        public void onError(Throwable error) {
            queue.add(new Failure(error));
        }

        @Override
        public void onComplete() {
            queue.add(DONE);
        }

        @Override
        public boolean hasNext() {
            if (next == null) {
                try {
                    next = queue.take();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new IllegalStateException("interrupted while waiting for the next item", e);
                }
                if (next instanceof Failure failure) {
                    throw failure.error() instanceof RuntimeException runtime
                            ? runtime
                            : new IllegalStateException(failure.error());
                }
            }
            return next != DONE;
        }

        @Override
        public T next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            @SuppressWarnings("unchecked")
            T item = (T) Objects.requireNonNull(next);
            next = null;
            Flow.Subscription current = subscription;
            if (++taken % BATCH == 0 && current != null) {
                current.request(BATCH);
            }
            return item;
        }

        @Override
        public void close() {
            Flow.Subscription current = subscription;
            if (current != null) {
                current.cancel();
            }
        }
    }
}
