package dev.parley;

import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The options of a client's calls, as {@link RpcClient#prepare} and {@link RpcClient.Builder#options} change them:
 * target, timeout, retries, context, and the options that a wire adds (see {@link CallOption}). Every {@code with…}
 * method returns a copy; {@code null} unsets. Immutable.
 */
public final class CallOptions {
    private static final CallOptions DEFAULTS = new CallOptions(new Builder());

    private final Target target;
    private final @Nullable Duration timeout;
    private final int retry;
    private final boolean idempotent;
    private final int maxAttempts;
    private final Map<String, @Nullable Object> context;
    private final Map<CallOption<?>, Object> more;

    /** The fields of a copy in the making. */
    private static final class Builder {
        private Target target = Target.none();
        private @Nullable Duration timeout;
        private int retry = -1;
        private boolean idempotent;
        private int maxAttempts = 4;
        private Map<String, @Nullable Object> context = Map.of();
        private Map<CallOption<?>, Object> more = Map.of();
    }

    private CallOptions(Builder builder) {
        this.target = builder.target;
        this.timeout = builder.timeout;
        this.retry = builder.retry;
        this.idempotent = builder.idempotent;
        this.maxAttempts = builder.maxAttempts;
        this.context = builder.context;
        this.more = builder.more;
    }

    private Builder copy() {
        Builder copy = new Builder();
        copy.target = target;
        copy.timeout = timeout;
        copy.retry = retry;
        copy.idempotent = idempotent;
        copy.maxAttempts = maxAttempts;
        copy.context = context;
        copy.more = more;
        return copy;
    }

    /** Nothing set. */
    public static CallOptions defaults() {
        return DEFAULTS;
    }

    /** Where the calls go; by default {@link Target#none()}. */
    public Target target() {
        return target;
    }

    /** How long a call waits for a response; {@code null} means the wire's default: 60 seconds, 30 for zerorpc. */
    public @Nullable Duration timeout() {
        return timeout;
    }

    /**
     * How often sending is retried while a broker does not take the message: -1 until the timeout (the default), 0 not
     * at all. Such a message has not been sent, so no call runs twice. Direct wires fail at once instead.
     */
    public int retry() {
        return retry;
    }

    /** Whether the calls may run more than once; by default {@code false}. See {@link #withIdempotent}. */
    public boolean idempotent() {
        return idempotent;
    }

    /** How often an idempotent call is attempted in all; by default 4. */
    public int maxAttempts() {
        return maxAttempts;
    }

    /**
     * The caller's context, which travels with each call where the wire can carry one; by default empty. Unmodifiable.
     */
    public Map<String, @Nullable Object> context() {
        return context;
    }

    /** The value of a wire's own option; {@code null} if it is not set. */
    public <T> @Nullable T get(CallOption<T> option) {
        @SuppressWarnings("unchecked") // Only with() puts values there.
        T value = (T) more.get(Objects.requireNonNull(option, "option"));
        return value;
    }

    /** The options of the wire's own that are set. */
    public Set<CallOption<?>> wireOptions() {
        return more.keySet();
    }

    /** With another target. */
    public CallOptions withTarget(Target newTarget) {
        Builder copy = copy();
        copy.target = Objects.requireNonNull(newTarget, "target");
        return new CallOptions(copy);
    }

    /** With another target, made from the present one. */
    public CallOptions withTarget(UnaryOperator<Target> change) {
        return withTarget(Objects.requireNonNull(change, "change").apply(target));
    }

    /** To one server of the topic; {@code null} for any. */
    public CallOptions withServer(@Nullable String server) {
        return withTarget(target.withServer(server));
    }

    /** To every server of the topic, or no more; only casts can go to every server. */
    public CallOptions withFanout(boolean fanout) {
        return withTarget(target.withFanout(fanout));
    }

    /** On another topic. */
    public CallOptions withTopic(@Nullable String topic) {
        return withTarget(target.withTopic(topic));
    }

    /** On another exchange; {@code null} for the transport's control exchange. */
    public CallOptions withExchange(@Nullable String exchange) {
        return withTarget(target.withExchange(exchange));
    }

    /** In another namespace; {@code null} is the null namespace. */
    public CallOptions withNamespace(@Nullable String namespace) {
        return withTarget(target.withNamespace(namespace));
    }

    /** With another version, {@code major.minor}; {@code null} for none. */
    public CallOptions withVersion(@Nullable String version) {
        return withTarget(target.withVersion(version));
    }

    /**
     * With another timeout; {@code null} for the wire's default.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public CallOptions withTimeout(@Nullable Duration newTimeout) {
        if (newTimeout != null && (newTimeout.isZero() || newTimeout.isNegative())) {
            throw new IllegalArgumentException("timeout must be positive, not " + newTimeout);
        }
        Builder copy = copy();
        copy.timeout = newTimeout;
        return new CallOptions(copy);
    }

    /**
     * With another number of retries of sending; see {@link #retry()}.
     *
     * @throws IllegalArgumentException if it is below -1
     */
    public CallOptions withRetry(int times) {
        if (times < -1) {
            throw new IllegalArgumentException(
                    "retry must be -1 (until the timeout), 0 (none) or a count, not " + times);
        }
        Builder copy = copy();
        copy.retry = times;
        return new CallOptions(copy);
    }

    /**
     * For calls that may run more than once: one that fails with {@link ConnectionLostException} or
     * {@link OverloadedException} is attempted again after a short, growing pause, within its timeout, up to
     * {@link #maxAttempts()} times in all. All other calls are sent at most once.
     */
    public CallOptions withIdempotent(boolean mayRunAgain) {
        Builder copy = copy();
        copy.idempotent = mayRunAgain;
        return new CallOptions(copy);
    }

    /**
     * With another number of attempts of idempotent calls, the first one included.
     *
     * @throws IllegalArgumentException if it is below 1
     */
    public CallOptions withMaxAttempts(int attempts) {
        if (attempts < 1) {
            throw new IllegalArgumentException("maxAttempts must be at least 1, not " + attempts);
        }
        Builder copy = copy();
        copy.maxAttempts = attempts;
        return new CallOptions(copy);
    }

    /** With another context, whose entries are copied. */
    public CallOptions withContext(Map<String, ? extends @Nullable Object> newContext) {
        Builder copy = copy();
        copy.context = Objects.requireNonNull(newContext, "context").isEmpty()
                ? Map.of()
                : Collections.unmodifiableMap(new LinkedHashMap<>(newContext));
        return new CallOptions(copy);
    }

    /**
     * With an option that the wire adds; {@code null} unsets it.
     *
     * @throws IllegalArgumentException if the value is out of the option's range
     */
    public <T> CallOptions with(CallOption<T> option, @Nullable T value) {
        Objects.requireNonNull(option, "option").check(value);
        Map<CallOption<?>, Object> changed = new HashMap<>(more);
        if (value == null) {
            changed.remove(option);
        } else {
            changed.put(option, value);
        }
        Builder copy = copy();
        copy.more = Map.copyOf(changed);
        return new CallOptions(copy);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof CallOptions options
                && target.equals(options.target)
                && Objects.equals(timeout, options.timeout)
                && retry == options.retry
                && idempotent == options.idempotent
                && maxAttempts == options.maxAttempts
                && context.equals(options.context)
                && more.equals(options.more);
    }

    @Override
    public int hashCode() {
        return Objects.hash(target, timeout, retry, idempotent, maxAttempts, context, more);
    }

    /** All options but the context's values, which may be secret. */
    @Override
    public String toString() {
        return "CallOptions[" + target + ", timeout=" + timeout + ", retry=" + retry + ", idempotent=" + idempotent
                + ", context=" + context.keySet() + ", " + more + "]";
    }
}
