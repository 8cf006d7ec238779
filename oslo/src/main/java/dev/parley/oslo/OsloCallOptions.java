package dev.parley.oslo;

import dev.parley.CallOption;
import java.time.Duration;

/** The call options that oslo.messaging adds, for {@link dev.parley.CallOptions#with}. */
public final class OsloCallOptions {
    /**
     * The highest version that may be sent, {@code major.minor}: a call above it, of another major version or without a
     * version fails with {@link dev.parley.UnsupportedVersionException} before anything is sent. Not set, any version
     * may be. As {@code version_cap} of oslo.messaging's RPCClient.
     */
    public static final CallOption<String> VERSION_CAP = CallOption.of("version_cap", OsloCallOptions::checkVersion);

    /**
     * How long the server of a call may be silent before the call fails with {@link dev.parley.RpcTimeoutException}; at
     * least two heartbeats fit into it. Not set, the call monitor is off. As {@code call_monitor_timeout} of
     * oslo.messaging's RPCClient. Servers ignore less than 2 seconds.
     */
    public static final CallOption<Duration> MONITOR_TIMEOUT =
            CallOption.of("monitor_timeout", OsloCallOptions::checkPositive);

    /**
     * Whether a message that the broker can route to no queue fails at once with {@link dev.parley.DeliveryException}.
     * Not set, it is lost unnoticed and a call times out, as in oslo.messaging, where
     * {@code TransportOptions(at_least_once=True)} is the same.
     */
    public static final CallOption<Boolean> MUST_ROUTE = CallOption.of("must_route");

    private OsloCallOptions() {}

    private static void checkVersion(String version) {
        if (!version.matches("\\d+\\.\\d+(\\.\\d+)?")) {
            throw new IllegalArgumentException(
                    "version_cap '" + version + "' is not of the form major.minor, such as 2.0");
        }
    }

    private static void checkPositive(Duration timeout) {
        if (timeout.isZero() || timeout.isNegative()) {
            throw new IllegalArgumentException("monitor_timeout must be positive, not " + timeout);
        }
    }
}
