package dev.parley.interop.xmlrpc;

import dev.parley.Doc;
import dev.parley.RpcServer;
import java.time.LocalDateTime;
import org.jspecify.annotations.Nullable;

/** The article's calculator as a Java object, and what the tests of other languages' clients need besides. */
public final class Calculator {
    @Doc("Adds two numbers.")
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
        if (y == 0) {
            throw new ArithmeticException("division by zero");
        }
        return x / y;
    }

    public @Nullable Object echo(@Nullable Object value) {
        return value;
    }

    public LocalDateTime nextDay(LocalDateTime time) {
        return time.plusDays(1);
    }

    public long big() {
        return 1L << 40;
    }

    public void nothing() {}

    public void fail(String message) {
        throw new IllegalArgumentException(message);
    }

    /** A server of it on a free port. */
    static RpcServer serve(String pathAndOptions) {
        return RpcServer.builder()
                .endpoint(new Calculator())
                .listen("xmlrpc+http://127.0.0.1:0" + pathAndOptions)
                .build()
                .start();
    }

    /** Its address for other languages. */
    static String url(RpcServer server) {
        return "http://127.0.0.1:" + server.addresses().getFirst().port(-1) + "/RPC2";
    }
}
