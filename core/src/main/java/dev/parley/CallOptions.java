package dev.parley;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What {@link RpcClient#prepare} may override for the calls of one client: the target's parts, the timeout, the version cap, the retries of sending, the call
 * monitor, and the context. Every method returns a new object. Immutable.
 *
 * @param target where the calls go
 * @param timeout how long a call waits for its answer; absent means the wire's default, 60 seconds (30 for zerorpc)
 * @param versionCap the highest version that may be sent; absent means any
 * @param retry how often sending is tried again when the broker does not take a message: -1 until the timeout, 0 not at all; default -1
 * @param monitorTimeout how long the server of a broker call may stay silent before the call is given up; absent means the call monitor is off
 * @param mustRoute whether a message that the broker can route nowhere fails at once with {@link DeliveryException}; default {@code false}, as oslo.messaging
 * @param context the caller's context, which travels with each call where the wire can carry one
 */
public record CallOptions(
        Target target,
        @Nullable Duration timeout,
        @Nullable String versionCap,
        int retry,
        @Nullable Duration monitorTimeout,
        boolean mustRoute,
        Map<String, @Nullable Object> context) {
    private static final CallOptions DEFAULT = new CallOptions(Target.none(), null, null, -1, null, false, Map.of());

    public CallOptions {
        context = Collections.unmodifiableMap(new LinkedHashMap<>(context));
        if (timeout != null && (timeout.isZero() || timeout.isNegative())) {
            throw new IllegalArgumentException("timeout must be positive, not " + timeout);
        }
        if (retry < -1) {
            throw new IllegalArgumentException(
                    "retry must be -1 (until the timeout), 0 (none) or a count, not " + retry);
        }
    }

    /** Nothing set. */
    public static CallOptions defaults() {
        return DEFAULT;
    }

    /** For one server of the topic. */
    public CallOptions server(String server) {
        return target(target -> target.server(server));
    }

    /** For every server of the topic; casts only. */
    public CallOptions fanout() {
        return target(Target::toAll);
    }

    /** On another topic. */
    public CallOptions topic(String topic) {
        return target(target -> target.withTopic(topic));
    }

    /** On another exchange. */
    public CallOptions exchange(String exchange) {
        return target(target -> target.exchange(exchange));
    }

    /** In another namespace; {@code null} is the null namespace. */
    public CallOptions namespace(@Nullable String namespace) {
        return target(target -> target.inNamespace(namespace));
    }

    /** With another version. */
    public CallOptions version(String version) {
        return target(target -> target.version(version));
    }

    /** With another target, made from the present one. */
    public CallOptions target(UnaryOperator<Target> change) {
        return new CallOptions(change.apply(target), timeout, versionCap, retry, monitorTimeout, mustRoute, context);
    }

    /** With another timeout, greater than zero. */
    public CallOptions timeout(Duration newTimeout) {
        return new CallOptions(
                target, Objects.requireNonNull(newTimeout), versionCap, retry, monitorTimeout, mustRoute, context);
    }

    /** With a cap on the version: a call above it fails with {@link UnsupportedVersionException} before anything is sent. */
    public CallOptions versionCap(String cap) {
        return new CallOptions(target, timeout, Objects.requireNonNull(cap), retry, monitorTimeout, mustRoute, context);
    }

    /** With another number of retries of sending. */
    public CallOptions retry(int times) {
        return new CallOptions(target, timeout, versionCap, times, monitorTimeout, mustRoute, context);
    }

    /** With the call monitor: the server must show a sign of life at least this often. */
    public CallOptions monitorTimeout(Duration silence) {
        return new CallOptions(target, timeout, versionCap, retry, Objects.requireNonNull(silence), mustRoute, context);
    }

    /** Failing at once when the broker has nowhere to route a message. */
    public CallOptions mustRoute(boolean must) {
        return new CallOptions(target, timeout, versionCap, retry, monitorTimeout, must, context);
    }

    /** With another context. */
    public CallOptions context(Map<String, ? extends @Nullable Object> newContext) {
        return new CallOptions(
                target, timeout, versionCap, retry, monitorTimeout, mustRoute, Collections.unmodifiableMap(newContext));
    }
}
