package dev.parley.internal.server;

import dev.parley.Default;
import dev.parley.Expose;
import dev.parley.RemoteException;
import dev.parley.RpcContext;
import java.math.BigInteger;
import java.time.LocalDate;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.SubmissionPublisher;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The endpoint of the dispatcher's tests: a method of each kind. */
@SuppressWarnings("unused")
class DispatchedService {
    record Point(int x, int y) {}

    enum Colour {
        RED,
        GREEN
    }

    final CountDownLatch started = new CountDownLatch(1);
    final CountDownLatch interrupted = new CountDownLatch(1);

    public int add(int a, int b) {
        return a + b;
    }

    public long big(long value) {
        return value;
    }

    public BigInteger huge(BigInteger value) {
        return value;
    }

    public double half(double value) {
        return value / 2;
    }

    public String greet(String name, @Default("hello") String greeting, Optional<String> mark) {
        return greeting + " " + name + mark.orElse("");
    }

    public int sum(int first, int... rest) {
        int sum = first;
        for (int one : rest) {
            sum += one;
        }
        return sum;
    }

    public Point mirror(Point point) {
        return new Point(point.y(), point.x());
    }

    public List<Colour> colours(Map<String, Colour> map) {
        return List.copyOf(map.values());
    }

    public LocalDate tomorrow(LocalDate day) {
        return day.plusDays(1);
    }

    public @Nullable Object echo(@Nullable Object value) {
        return value;
    }

    public String who(RpcContext context, String greeting) {
        return greeting + " " + context.values().get("user") + " on " + context.wire();
    }

    public CompletableFuture<Integer> later(int value) {
        return CompletableFuture.supplyAsync(() -> value + 1);
    }

    public CompletableFuture<Integer> laterFails() {
        return CompletableFuture.supplyAsync(() -> {
            throw new IllegalArgumentException("no luck");
        });
    }

    public Stream<Integer> range(int n) {
        return Stream.iterate(0, i -> i + 1).limit(n);
    }

    public Stream<Integer> breaks(int at) {
        return Stream.iterate(0, i -> i + 1).peek(i -> {
            if (i == at) {
                throw new IllegalStateException("item " + i);
            }
        });
    }

    public Iterator<String> iterator() {
        return List.of("a", "b").iterator();
    }

    public SubmissionPublisher<Integer> published(int n) {
        SubmissionPublisher<Integer> publisher = new SubmissionPublisher<>();
        Thread.ofVirtual().start(() -> {
            while (publisher.getNumberOfSubscribers() == 0) {
                Thread.onSpinWait();
            }
            for (int i = 0; i < n; i++) {
                publisher.submit(i);
            }
            publisher.close();
        });
        return publisher;
    }

    public void nothing() {}

    public void fails() {
        throw new IllegalArgumentException("bad thing");
    }

    public void coded() {
        throw RemoteException.of("NotFound", "no such job").withCode(404).withData(Map.of("job", 7));
    }

    public Object cyclic() {
        Object[] array = new Object[1];
        array[0] = array;
        return array;
    }

    public void sleeps() throws InterruptedException {
        started.countDown();
        try {
            Thread.sleep(60_000);
        } catch (InterruptedException e) {
            interrupted.countDown();
            throw e;
        }
    }

    @Expose("get_server")
    public String getServer() {
        return "it";
    }

    public static String hidden() {
        return "static";
    }

    String packagePrivate() {
        return "hidden";
    }

    @Override
    public String toString() {
        return "service";
    }
}
