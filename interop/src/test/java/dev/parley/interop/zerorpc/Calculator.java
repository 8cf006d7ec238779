package dev.parley.interop.zerorpc;

import dev.parley.Doc;
import dev.parley.RpcContext;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What the Java servers of these tests offer: the calculator, streams, and methods that take their time. */
public class Calculator {
    @Doc("Adds two numbers.")
    public int add(int x, int y) {
        return x + y;
    }

    public double divide(double x, double y) {
        return x / y;
    }

    public @Nullable Object hello() {
        return null;
    }

    public @Nullable Object echo(@Nullable Object value) {
        return value;
    }

    public void fail(String message) {
        throw new IllegalArgumentException(message);
    }

    public Stream<Integer> range(int start, int stop) {
        return IntStream.range(start, stop).boxed();
    }

    public Stream<Integer> broken(int stop) {
        return IntStream.iterate(0, i -> i + 1).boxed().peek(i -> {
            if (i == stop) {
                throw new IllegalArgumentException("broken after " + stop);
            }
        });
    }

    public String sleep(double seconds) throws InterruptedException {
        Thread.sleep((long) (seconds * 1000));
        return "slept";
    }

    /** Computes without a pause, as a handler does that never yields. */
    public String spin(double seconds) {
        long end = System.nanoTime() + (long) (seconds * 1e9);
        while (System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        return "spun";
    }

    public @Nullable Object trace(RpcContext context) {
        return context.values().get("trace_id");
    }
}
