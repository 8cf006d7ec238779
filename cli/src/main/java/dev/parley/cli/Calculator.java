package dev.parley.cli;

import dev.parley.Doc;
import dev.parley.ExpectedExceptions;
import java.util.stream.LongStream;

/** What the demo serves: a plain object that knows nothing of wires. Thread-safe. */
public final class Calculator {
    /** Adds. */
    @Doc("The sum of x and y.")
    public long add(long x, long y) {
        return Math.addExact(x, y);
    }

    /** Subtracts. */
    @Doc("x less y.")
    public long subtract(long x, long y) {
        return Math.subtractExact(x, y);
    }

    /** Multiplies. */
    @Doc("The product of x and y.")
    public long multiply(long x, long y) {
        return Math.multiplyExact(x, y);
    }

    /** Divides. */
    @Doc("x by y; fails when y is 0.")
    @ExpectedExceptions(ArithmeticException.class)
    public double divide(double x, double y) {
        if (y == 0) {
            throw new ArithmeticException("division by zero");
        }
        return x / y;
    }

    /** Counts; a stream where the wire can stream, a list elsewhere. */
    @Doc("The whole numbers from 1 to n, one by one.")
    public LongStream count(long n) {
        return LongStream.rangeClosed(1, n);
    }
}
