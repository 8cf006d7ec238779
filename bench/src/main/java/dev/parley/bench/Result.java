package dev.parley.bench;

/**
 * What one round measured.
 *
 * @param operations how many were done
 * @param seconds how long it took
 * @param cpuSeconds the processor time that both ends, without the broker, took for it; NaN where it is not known
 */
record Result(long operations, double seconds, double cpuSeconds) {
    double perSecond() {
        return operations / seconds;
    }

    double cpuSecondsPer100k() {
        return cpuSeconds / operations * 100_000;
    }
}
