package dev.parley.internal.client;

import dev.parley.Args;
import dev.parley.CallOptions;
import dev.parley.ClientRequest.Kind;
import dev.parley.ConnectionLostException;
import dev.parley.RpcBatch;
import dev.parley.RpcException;
import dev.parley.TypeRef;
import dev.parley.spi.ClientCall;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** A batch of a {@link TransportClient}. Not thread-safe; what its calls share while it is sent is. */
final class Batch implements RpcBatch {
    private final TransportClient client;
    private final List<Item<?>> items = new ArrayList<>();
    private boolean sent;

    Batch(TransportClient client) {
        this.client = client;
    }

    /** One call or cast, and its outcome. Thread-safe. */
    private static final class Item<T> implements Result<T> {
        final String method;
        final Type type;
        final Args args;
        final Kind kind;
        private volatile @Nullable Outcome outcome;

        Item(String method, Type type, Args args, Kind kind) {
            this.method = Objects.requireNonNull(method, "method");
            this.type = type;
            this.args = args;
            this.kind = kind;
        }

        private Outcome outcome() {
            Outcome known = outcome;
            if (known == null) {
                throw new IllegalStateException("the batch with the call of " + method + " has no response yet");
            }
            return known;
        }

        @Override
        public String method() {
            return method;
        }

        @Override
        @SuppressWarnings("unchecked") // The value has been read as the type asked for.
        public @Nullable T get() {
            Outcome known = outcome();
            if (known.error() != null) {
                throw known.error();
            }
            return (T) known.value();
        }

        @Override
        public @Nullable RuntimeException error() {
            return outcome().error();
        }

        @Override
        public String toString() {
            Outcome known = outcome;
            return method + ": " + (known == null ? "no response yet" : known.toString());
        }
    }

    /** How a call ended. */
    record Outcome(@Nullable Object value, @Nullable RuntimeException error) {}

    @Override
    public <T> Result<T> call(String method, Class<T> resultType, @Nullable Object... args) {
        return add(new Item<T>(
                method, Objects.requireNonNull(resultType, "resultType"), TransportClient.args(args), Kind.CALL));
    }

    @Override
    public <T> Result<T> call(String method, TypeRef<T> resultType, @Nullable Object... args) {
        return add(new Item<T>(method, resultType.type(), TransportClient.args(args), Kind.CALL));
    }

    @Override
    public void cast(String method, @Nullable Object... args) {
        add(new Item<Void>(method, void.class, TransportClient.args(args), Kind.CAST));
    }

    private <T> Item<T> add(Item<T> item) {
        requireUnsent();
        items.add(item);
        return item;
    }

    private void requireUnsent() {
        if (sent) {
            throw new IllegalStateException("the batch has been sent; make a new one");
        }
    }

    @Override
    public int size() {
        return items.size();
    }

    @Override
    public List<Result<?>> send() {
        requireUnsent();
        sent = true;
        return exchange();
    }

    @Override
    public CompletableFuture<List<Result<?>>> sendAsync() {
        requireUnsent();
        sent = true;
        CompletableFuture<List<Result<?>>> results = new CompletableFuture<>();
        Thread thread = Thread.ofVirtual().name("parley-batch").start(() -> {
            try {
                results.complete(exchange());
            } catch (Throwable e) {
                results.completeExceptionally(e);
            }
        });
        results.whenComplete((value, thrown) -> {
            if (thrown instanceof CancellationException) {
                thread.interrupt();
            }
        });
        return results;
    }

    private List<Result<?>> exchange() {
        if (client.hasInterceptors()) {
            intercepted();
        } else {
            direct();
        }
        List<Result<?>> results = new ArrayList<>();
        for (Item<?> item : items) {
            if (item.kind == Kind.CALL) {
                results.add(item);
            }
        }
        return List.copyOf(results);
    }

    private void direct() {
        List<ClientCall> calls = new ArrayList<>();
        List<Item<?>> sending = new ArrayList<>();
        CallOptions options = client.options();
        for (Item<?> item : items) {
            try {
                calls.add(client.clientCall(item.method, item.args, item.kind, item.type, options));
                sending.add(item);
            } catch (RpcException e) {
                item.outcome = new Outcome(null, client.thrown(e));
            }
        }
        List<Outcome> outcomes = client.engine.batch(calls);
        for (int i = 0; i < sending.size(); i++) {
            Item<?> item = sending.get(i);
            item.outcome = finished(item, options, outcomes.get(i));
        }
    }

    /** The outcome as the caller gets it. */
    private Outcome finished(Item<?> item, CallOptions options, Outcome outcome) {
        try {
            return outcome.error() instanceof RpcException e
                    ? new Outcome(null, client.thrown(e))
                    : new Outcome(client.entity(item.method, item.type, options, outcome.value()), outcome.error());
        } catch (RpcException e) {
            return new Outcome(null, client.thrown(e));
        }
    }

    /** Runs each call through the interceptors on a thread of its own; the last one to proceed sends them all. */
    private void intercepted() {
        CountDownLatch ended = new CountDownLatch(items.size());
        Gathering gathering = new Gathering(client.engine, items.size());
        List<Thread> threads = new ArrayList<>();
        for (Item<?> item : items) {
            threads.add(Thread.ofVirtual().name("parley-batch-call").start(() -> {
                Gathering.Turn turn = gathering.turn();
                try {
                    item.outcome = new Outcome(
                            client.intercepted(item.method, item.args, item.kind, request -> {
                                ClientCall call = client.clientCall(
                                        request.method(), request.args(), item.kind, item.type, request.options());
                                return client.entity(
                                        request.method(), item.type, request.options(), turn.proceed(call));
                            }),
                            null);
                } catch (RuntimeException e) {
                    item.outcome = new Outcome(null, e);
                } catch (Error e) {
                    item.outcome = new Outcome(null, new ConnectionLostException("calling failed: " + e, e));
                } finally {
                    turn.end();
                    ended.countDown();
                }
            }));
        }
        boolean interrupted = false;
        while (true) {
            try {
                ended.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
                threads.forEach(Thread::interrupt);
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
