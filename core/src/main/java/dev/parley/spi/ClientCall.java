package dev.parley.spi;

import dev.parley.Args;
import dev.parley.CallOptions;
import dev.parley.RpcTimeoutException;
import dev.parley.Target;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One call as a client makes it. Immutable.
 *
 * @param method the method's name, without its namespace
 * @param args its arguments, in a style that the wire carries
 * @param resultType the Java type of the result; {@code void.class} ignores it
 * @param options target, context and the rest, merged from client and call
 * @param timeout how long to wait
 * @param deadlineNanos {@link System#nanoTime()} at which the call times out
 */
public record ClientCall(
        String method, Args args, Type resultType, CallOptions options, Duration timeout, long deadlineNanos) {
    /** A call that starts now. */
    public ClientCall(String method, Args args, Type resultType, CallOptions options, Duration timeout) {
        this(method, args, resultType, options, timeout, System.nanoTime() + timeout.toNanos());
    }

    /** Where it goes. */
    public Target target() {
        return options.target();
    }

    /** The caller's context. */
    public Map<String, @Nullable Object> context() {
        return options.context();
    }

    /** The name that the direct wires send: {@code namespace.method}, or the method alone. */
    public String qualifiedMethod() {
        String namespace = options.target().namespace();
        return namespace == null ? method : namespace + "." + method;
    }

    /** The time left in nanoseconds, not positive when the call has timed out. */
    public long remainingNanos() {
        return deadlineNanos - System.nanoTime();
    }

    /** The same call for another result type. */
    public ClientCall withResultType(Type type) {
        return new ClientCall(method, args, type, options, timeout, deadlineNanos);
    }

    /** The error of a call whose time is up. */
    public RpcTimeoutException timedOut() {
        return new RpcTimeoutException("no answer to " + qualifiedMethod() + " within " + seconds(timeout));
    }

    private static String seconds(Duration duration) {
        return duration.toMillis() % 1000 == 0 ? duration.toSeconds() + " s" : duration.toMillis() + " ms";
    }
}
