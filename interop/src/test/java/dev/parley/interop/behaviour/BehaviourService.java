package dev.parley.interop.behaviour;

import dev.parley.Default;
import dev.parley.Doc;
import dev.parley.OverloadedException;
import dev.parley.RemoteException;
import dev.parley.RpcContext;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What the behaviour suite serves on every wire. */
public class BehaviourService implements BehaviourApi {
    final BlockingQueue<String> noted = new LinkedBlockingQueue<>();
    final CountDownLatch sleeping = new CountDownLatch(1);
    final AtomicInteger attempts = new AtomicInteger();
    /** Ends methods that sleep, so that closing the server does not wait for them. */
    final CountDownLatch over = new CountDownLatch(1);

    @Override
    @Doc("Adds two numbers.")
    public int add(int a, int b) {
        return a + b;
    }

    @Override
    public @Nullable Object echo(@Nullable Object value) {
        return value;
    }

    @Override
    public byte[] reverse(byte[] bytes) {
        byte[] reversed = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            reversed[i] = bytes[bytes.length - 1 - i];
        }
        return reversed;
    }

    @Override
    public Job run(Job job) {
        List<String> steps = new ArrayList<>(job.steps());
        steps.add("done");
        return new Job(job.name(), steps, job.state() == State.NEW ? State.RUNNING : State.NEW, job.weight() * 2);
    }

    @Override
    public LocalDateTime nextDay(LocalDateTime time) {
        return time.plusDays(1);
    }

    @Override
    public String greet(String name, @Default("hello") String greeting, Optional<String> mark) {
        return greeting + " " + name + mark.orElse("");
    }

    @Override
    public Map<String, Integer> count(List<String> words) {
        Map<String, Integer> counts = new java.util.TreeMap<>();
        words.forEach(word -> counts.merge(word, 1, Integer::sum));
        return counts;
    }

    @Override
    public void note(String text) {
        noted.add(text);
    }

    @Override
    public CompletableFuture<Integer> later(int value) {
        return CompletableFuture.supplyAsync(() -> value + 1);
    }

    @Override
    public Stream<Integer> range(int n) {
        return Stream.iterate(0, i -> i + 1).limit(n);
    }

    @Override
    public void fail(String message) {
        throw new IllegalArgumentException(message);
    }

    /** What this service throws of its own. */
    static class OutOfStock extends IllegalStateException {
        OutOfStock(String message) {
            super(message);
        }
    }

    @Override
    public void sell(String item) {
        throw new OutOfStock("no " + item + " left");
    }

    @Override
    public CompletableFuture<Integer> sellLater(String item) {
        return CompletableFuture.failedFuture(new OutOfStock("no " + item + " left"));
    }

    @Override
    public Stream<Integer> sellMany(int items) {
        return Stream.iterate(0, i -> i + 1).peek(i -> {
            if (i == items) {
                throw new OutOfStock("no more than " + items);
            }
        });
    }

    @Override
    public Object unencodable() {
        Object[] array = new Object[1];
        array[0] = array;
        return array;
    }

    @Override
    public int busyTwice() {
        int attempt = attempts.incrementAndGet();
        if (attempt <= 2) {
            throw new OverloadedException("try again");
        }
        return attempt;
    }

    @Override
    public void failWithCode(int code) {
        throw RemoteException.of("Broken", "it is broken").withCode(code);
    }

    @Override
    public String sleep(int millis) throws InterruptedException {
        sleeping.countDown();
        return over.await(millis, TimeUnit.MILLISECONDS) ? "the test is over" : "awake";
    }

    public String user(RpcContext context) {
        return context.values().get("user") + " on " + context.wire();
    }
}
