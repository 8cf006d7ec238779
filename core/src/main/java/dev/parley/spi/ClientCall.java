package dev.parley.spi;

import dev.parley.Args;
import dev.parley.CallOptions;
import dev.parley.ClientRequest;
import dev.parley.RpcTimeoutException;
import dev.parley.Target;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One call as a {@link ClientTransport} carries it. Immutable. */
public final class ClientCall {
    private static final long MAX_NOTICE_NANOS = 1_000_000_000;

    private final String method;
    private final Args args;
    private final ClientRequest.Kind kind;
    private final Type resultType;
    private final CallOptions options;
    private final Duration timeout;
    private final long deadlineNanos;

    /**
     * A call that starts now.
     *
     * @param method the method's name, without its namespace
     * @param args its arguments, in a style that the wire carries
     * @param kind what the caller waits for
     * @param resultType the Java type of the result or of an item; {@code void.class} ignores it
     * @param options target, context and the rest
     * @param timeout how long to wait
     */
    public ClientCall(
            String method, Args args, ClientRequest.Kind kind, Type resultType, CallOptions options, Duration timeout) {
        this(method, args, kind, resultType, options, timeout, System.nanoTime() + nanos(timeout));
    }

    private ClientCall(
            String method,
            Args args,
            ClientRequest.Kind kind,
            Type resultType,
            CallOptions options,
            Duration timeout,
            long deadlineNanos) {
        this.method = method;
        this.args = args;
        this.kind = kind;
        this.resultType = resultType;
        this.options = options;
        this.timeout = timeout;
        this.deadlineNanos = deadlineNanos;
    }

    /** A century is for ever, and does not overflow. */
    private static long nanos(Duration timeout) {
        return timeout.toDays() > 36_500 ? Duration.ofDays(36_500).toNanos() : timeout.toNanos();
    }

    /** The method's name, without its namespace. */
    public String method() {
        return method;
    }

    /** Its arguments, in a style that the wire carries. */
    public Args args() {
        return args;
    }

    /** What the caller waits for. */
    public ClientRequest.Kind kind() {
        return kind;
    }

    /** The Java type of the result or of an item. */
    public Type resultType() {
        return resultType;
    }

    /** Target, context and the rest. */
    public CallOptions options() {
        return options;
    }

    /** How long to wait, in all. */
    public Duration timeout() {
        return timeout;
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

    /** {@link System#nanoTime()} at which the call times out. */
    public long deadlineNanos() {
        return deadlineNanos;
    }

    /** The time left in nanoseconds, not positive when the call has timed out. */
    public long remainingNanos() {
        return deadlineNanos - System.nanoTime();
    }

    /** The same call, with the same deadline, for another result type. */
    public ClientCall withResultType(Type type) {
        return new ClientCall(method, args, kind, type, options, timeout, deadlineNanos);
    }

    /** The same call, with the same deadline, of another kind. */
    public ClientCall withKind(ClientRequest.Kind newKind) {
        return new ClientCall(method, args, newKind, resultType, options, timeout, deadlineNanos);
    }

    /**
     * How long before its deadline a call counts as {@linkplain StartedCall#expiring expiring}: a fifth of the timeout,
     * at most a second.
     */
    public long noticeNanos() {
        return Math.min(nanos(timeout) / 5, MAX_NOTICE_NANOS);
    }

    /** The error of a call whose deadline has passed. */
    public RpcTimeoutException timedOut() {
        return timedOut(null);
    }

    /**
     * The error of a call whose deadline has passed.
     *
     * @param explanation why there is no response, {@code null} if unknown
     */
    public RpcTimeoutException timedOut(@Nullable String explanation) {
        return new RpcTimeoutException("no response to " + qualifiedMethod() + " within " + text(timeout)
                + (explanation == null ? "" : ": " + explanation));
    }

    private static String text(Duration duration) {
        return duration.toMillis() % 1000 == 0 ? duration.toSeconds() + " s" : duration.toMillis() + " ms";
    }
}
