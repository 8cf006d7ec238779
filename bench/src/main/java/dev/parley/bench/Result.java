package dev.parley.bench;

import org.jspecify.annotations.Nullable;

/**
 * What one round measured.
 *
 * @param operations how many were done
 * @param seconds how long it took
 * @param cpuSeconds the processor time that both ends, without the broker, took for it; NaN where it is not known
 * @param perCall latency and allocation, {@code null} where they are not measured
 */
record Result(
        long operations,
        double seconds,
        double cpuSeconds,
        @Nullable PerCall perCall) {
    Result(long operations, double seconds, double cpuSeconds) {
        this(operations, seconds, cpuSeconds, null);
    }

    /**
     * Latency and allocation of a call.
     *
     * @param p50Micros the median latency
     * @param p99Micros the latency that one call in a hundred exceeds
     * @param callerBytes allocated on the calling thread
     * @param clientBytes allocated by all threads of the client's JVM
     * @param serverBytes allocated by all threads of the server's JVM
     */
    record PerCall(double p50Micros, double p99Micros, double callerBytes, double clientBytes, double serverBytes) {}

    double perSecond() {
        return operations / seconds;
    }

    double cpuSecondsPer100k() {
        return cpuSeconds / operations * 100_000;
    }
}
