package dev.parley.interop.jsonrpc;

import dev.parley.RemoteException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/** The calculator that the peer programs know. */
public class CalculatorService {
    final BlockingQueue<String> noted = new LinkedBlockingQueue<>();

    public int add(int x, int y) {
        return x + y;
    }

    public int multiply(int x, int y) {
        return x * y;
    }

    public int subtract(int x, int y) {
        return Math.abs(x - y);
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

    public void note(String text) {
        noted.add(text);
    }

    public int fail(String message) {
        throw new IllegalArgumentException(message);
    }

    public int refuse(int code) {
        throw RemoteException.of("refused").withCode(code).withData("because");
    }
}
