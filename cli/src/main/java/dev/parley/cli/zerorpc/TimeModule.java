package dev.parley.cli.zerorpc;

import dev.parley.Default;
import dev.parley.Doc;
import dev.parley.Expose;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@code parley zerorpc --server time} serves: the functions of Python's module time that make sense for a remote
 * caller, with the same results. A broken-down time is a list of nine numbers: year, month, day, hour, minute, second,
 * day of the week (Monday is 0), day of the year, and 1 for daylight saving time, else 0. Thread-safe.
 */
public final class TimeModule {
    private static final double NANOS = 1e9;
    /** As far as a year has nine digits at most. */
    private static final double MAX_SECONDS = 3e16;

    private static final int FIELDS = 9;
    private static final int YEAR_DAY = 7;
    private static final int SAVING = 8;
    private static final String NOW = "null";

    /** For the server. */
    TimeModule() {}

    /** The time. */
    @Doc("The seconds since the Epoch, with a fraction.")
    public double time() {
        return nanos() / NANOS;
    }

    /** The time. */
    @Expose("time_ns")
    @Doc("The nanoseconds since the Epoch.")
    public long nanos() {
        Instant now = Instant.now();
        return Math.addExact(Math.multiplyExact(now.getEpochSecond(), 1_000_000_000L), now.getNano());
    }

    /** A clock that never goes back. */
    @Doc("The seconds of a clock that never goes back, with a fraction.")
    public double monotonic() {
        return System.nanoTime() / NANOS;
    }

    /** A clock that never goes back. */
    @Expose("monotonic_ns")
    @Doc("The nanoseconds of a clock that never goes back.")
    public long monotonicNanos() {
        return System.nanoTime();
    }

    /** The most precise clock. */
    @Expose("perf_counter")
    @Doc("The seconds of the most precise clock, with a fraction.")
    public double performanceCounter() {
        return System.nanoTime() / NANOS;
    }

    /** The most precise clock. */
    @Expose("perf_counter_ns")
    @Doc("The nanoseconds of the most precise clock.")
    public long performanceCounterNanos() {
        return System.nanoTime();
    }

    /** The processor time of this process. */
    @Expose("process_time")
    @Doc("The seconds of processor time that this process has used, with a fraction.")
    public double processTime() {
        return processTimeNanos() / NANOS;
    }

    /** The processor time of this process. */
    @Expose("process_time_ns")
    @Doc("The nanoseconds of processor time that this process has used.")
    public long processTimeNanos() {
        Duration used = ProcessHandle.current().info().totalCpuDuration().orElseThrow();
        return used.toNanos();
    }

    /** Waits. */
    @Doc("Waits for some seconds, which may have a fraction.")
    public void sleep(double seconds) throws InterruptedException {
        if (seconds < 0 || Double.isNaN(seconds)) {
            throw new IllegalArgumentException("sleep length must be non-negative");
        }
        Thread.sleep(Duration.ofNanos((long) (seconds * NANOS)));
    }

    /** A time in UTC. */
    @Doc("The broken-down time in UTC of some seconds since the Epoch, or of now.")
    public List<Integer> gmtime(@Default(NOW) @Nullable Double seconds) {
        return fields(at(seconds, ZoneOffset.UTC));
    }

    /** A local time. */
    @Doc("The broken-down local time of some seconds since the Epoch, or of now.")
    public List<Integer> localtime(@Default(NOW) @Nullable Double seconds) {
        return fields(at(seconds, ZoneId.systemDefault()));
    }

    /** A broken-down time as seconds. */
    @Doc("The seconds since the Epoch of a broken-down local time.")
    public double mktime(List<Integer> time) {
        return seconds(checked(time));
    }

    /** A local time as text. */
    @Doc("A local time as text, such as 'Sat Jun 06 16:26:11 1998', of some seconds since the Epoch or of now.")
    public String ctime(@Default(NOW) @Nullable Double seconds) {
        return asctime(localtime(seconds));
    }

    /** A broken-down time as text. */
    @Doc("A broken-down time as text, such as 'Sat Jun 06 16:26:11 1998'; by default the local time of now.")
    public String asctime(@Default(NOW) @Nullable List<Integer> time) {
        return TimeFormat.format("%a %b %e %H:%M:%S %Y", given(time));
    }

    /** A time in any format. */
    @Doc("A broken-down time in a format such as '%Y-%m-%d'; by default the local time of now.")
    public String strftime(String format, @Default(NOW) @Nullable List<Integer> time) {
        return TimeFormat.format(format, given(time));
    }

    private List<Integer> given(@Nullable List<Integer> time) {
        return time == null ? localtime(null) : checked(time);
    }

    private static List<Integer> checked(List<Integer> time) {
        if (time.size() != FIELDS) {
            throw new IllegalArgumentException(
                    "a broken-down time has " + FIELDS + " numbers, this one has " + time.size());
        }
        return time;
    }

    private static ZonedDateTime at(@Nullable Double seconds, ZoneId zone) {
        if (seconds == null) {
            return ZonedDateTime.now(zone);
        }
        double whole = Math.floor(seconds);
        if (!(Math.abs(whole) < MAX_SECONDS)) {
            throw new ArithmeticException("timestamp out of range for platform time_t");
        }
        return Instant.ofEpochSecond((long) whole).atZone(zone);
    }

    private static List<Integer> fields(ZonedDateTime time) {
        boolean saving = time.getZone().getRules().isDaylightSavings(time.toInstant());
        return List.of(
                time.getYear(),
                time.getMonthValue(),
                time.getDayOfMonth(),
                time.getHour(),
                time.getMinute(),
                time.getSecond(),
                time.getDayOfWeek().getValue() - 1,
                time.getDayOfYear(),
                saving ? 1 : 0);
    }

    /** The local time of a list in seconds; fields out of their range carry over, as in C. */
    static long seconds(List<Integer> time) {
        LocalDateTime local = LocalDateTime.of(time.get(0), 1, 1, 0, 0)
                .plusMonths(time.get(1) - 1L)
                .plusDays(time.get(2) - 1L)
                .plusHours(time.get(3))
                .plusMinutes(time.get(4))
                .plusSeconds(time.get(5));
        ZonedDateTime zoned = local.atZone(ZoneId.systemDefault());
        // Where an hour comes twice, the flag says which one is meant.
        return (time.get(SAVING) == 0 ? zoned.withLaterOffsetAtOverlap() : zoned.withEarlierOffsetAtOverlap())
                .toEpochSecond();
    }

    /** The day of the year, from 1. */
    static int yearDay(List<Integer> time) {
        return time.get(YEAR_DAY);
    }
}
