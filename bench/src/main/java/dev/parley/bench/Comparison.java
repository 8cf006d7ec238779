package dev.parley.bench;

import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;

/**
 * Sides that do the same work in turns: some rounds each to warm up, since compiled code is what
 * is compared, then several each. Prints medians, and how each side compares to the first: the median
 * of the ratios within a round, since the machine changes its speed between rounds more than within.
 */
final class Comparison {
    private static final int WARM_UP = 4;

    private final String title;
    private final Map<String, Side.Opener> sides = new LinkedHashMap<>();

    Comparison(String title) {
        this.title = title;
    }

    /** Adds a side; the first is what the others are measured by. */
    Comparison side(String name, Side.Opener opener) {
        sides.put(name, opener);
        return this;
    }

    void run(int rounds, Duration length, PrintStream out) throws Exception {
        Map<String, List<Result>> results = new LinkedHashMap<>();
        Map<String, Side> open = new LinkedHashMap<>();
        try {
            for (var side : sides.entrySet()) {
                open.put(side.getKey(), side.getValue().open());
                results.put(side.getKey(), new ArrayList<>());
            }
            for (int round = 0; round < WARM_UP; round++) {
                for (Side side : open.values()) {
                    side.round(length);
                }
            }
            for (int round = 0; round < rounds; round++) {
                List<Map.Entry<String, Side>> turn = new ArrayList<>(open.entrySet());
                if (round % 2 == 1) {
                    // Every other round in the opposite order, so that no side always comes first.
                    Collections.reverse(turn);
                }
                for (var side : turn) {
                    Objects.requireNonNull(results.get(side.getKey()))
                            .add(side.getValue().round(length));
                }
            }
        } finally {
            for (Side side : open.values()) {
                side.close();
            }
        }
        print(results, out);
    }

    private void print(Map<String, List<Result>> results, PrintStream out) {
        List<Result> base = results.values().iterator().next();
        out.printf("%n### %s%n%n", title);
        boolean detailed = base.getFirst().perCall() != null;
        out.println("| | per second | lowest to highest | ratio | CPU s per 100,000 |"
                + (detailed ? " p50 µs | p99 µs | B/call caller | B/call client | B/call server |" : ""));
        out.println("|---|---:|---:|---:|---:|" + (detailed ? "---:|---:|---:|---:|---:|" : ""));
        results.forEach((name, rounds) -> {
            List<Double> ratios = new ArrayList<>();
            for (int i = 0; i < rounds.size(); i++) {
                ratios.add(rounds.get(i).perSecond() / base.get(i).perSecond());
            }
            double[] speeds = sorted(rounds, Result::perSecond);
            double cpu = middle(sorted(rounds, Result::cpuSecondsPer100k));
            out.printf(
                    Locale.ROOT,
                    "| %s | %,.0f | %,.0f to %,.0f | %.2f | %s |%s%n",
                    name,
                    middle(speeds),
                    speeds[0],
                    speeds[speeds.length - 1],
                    middle(ratios.stream().mapToDouble(r -> r).sorted().toArray()),
                    Double.isNaN(cpu) ? "" : "%.2f".formatted(cpu),
                    perCall(rounds));
        });
        out.flush();
    }

    /** The median of each figure per call, as further columns; empty if none were measured. */
    private static String perCall(List<Result> rounds) {
        List<Result.PerCall> figures =
                rounds.stream().map(Result::perCall).filter(Objects::nonNull).toList();
        if (figures.isEmpty()) {
            return "";
        }
        StringBuilder columns = new StringBuilder();
        List<ToDoubleFunction<Result.PerCall>> kinds = List.of(
                Result.PerCall::p50Micros,
                Result.PerCall::p99Micros,
                Result.PerCall::callerBytes,
                Result.PerCall::clientBytes,
                Result.PerCall::serverBytes);
        for (ToDoubleFunction<Result.PerCall> kind : kinds) {
            double[] sorted = figures.stream().mapToDouble(kind).sorted().toArray();
            columns.append(String.format(Locale.ROOT, " %,.0f |", middle(sorted)));
        }
        return columns.toString();
    }

    private static double[] sorted(List<Result> rounds, ToDoubleFunction<Result> figure) {
        return rounds.stream().mapToDouble(figure).sorted().toArray();
    }

    private static double middle(double[] sorted) {
        int half = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }
}
