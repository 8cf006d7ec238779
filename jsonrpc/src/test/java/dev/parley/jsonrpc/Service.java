package dev.parley.jsonrpc;

import dev.parley.Default;
import dev.parley.Doc;
import dev.parley.RemoteException;
import dev.parley.RpcContext;
import dev.parley.spi.ErrorCodes;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/** What the tests of this module serve. */
public class Service {
    final BlockingQueue<String> seen = new LinkedBlockingQueue<>();
    final CountDownLatch release = new CountDownLatch(1);

    /** With nothing seen yet. */
    public Service() {}

    @Doc("Adds two numbers.")
    public int add(int a, int b) {
        return a + b;
    }

    public int subtract(int minuend, @Default("1") int subtrahend) {
        return minuend - subtrahend;
    }

    public BigInteger sum(BigInteger... values) {
        BigInteger sum = BigInteger.ZERO;
        for (BigInteger value : values) {
            sum = sum.add(value);
        }
        return sum;
    }

    public String join(String first, String... more) {
        return first + "|" + String.join("|", more);
    }

    public @Nullable Object echo(@Nullable Object value) {
        return value;
    }

    public BigDecimal exact(BigDecimal value) {
        return value;
    }

    public record Point(int x, int y) {}

    public Point move(Point point, int by) {
        return new Point(point.x() + by, point.y() + by);
    }

    public List<Point> corners(Map<String, Point> named) {
        return List.copyOf(new java.util.TreeMap<>(named).values());
    }

    public void note(String text) {
        seen.add(text);
    }

    public String fail(String message) {
        throw new IllegalArgumentException(message);
    }

    public String custom() {
        throw RemoteException.of("no such job").withCode(404).withData(Map.of("job", 7));
    }

    public String hold() throws InterruptedException {
        seen.add("held");
        try {
            release.await();
        } catch (InterruptedException e) {
            seen.add("interrupted");
            throw e;
        }
        return "released";
    }

    public String address(RpcContext context) {
        return String.valueOf(context.remoteAddress());
    }

    public void raise(String type, boolean withData) {
        Object data = withData ? Map.of("detail", List.of(1, "two")) : null;
        throw Objects.requireNonNull(ErrorCodes.named(type, "raised", null, data));
    }

    public String caller(RpcContext context) {
        return context.wire() + " " + context.metadata().get("x-one") + " "
                + (context.principal() == null ? "nobody" : context.principal().getName());
    }
}
