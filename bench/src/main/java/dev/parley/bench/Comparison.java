package dev.parley.bench;

import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
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
                for (var side : open.entrySet()) {
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
        out.println("| | per second | lowest to highest | ratio | CPU s per 100,000 |");
        out.println("|---|---:|---:|---:|---:|");
        results.forEach((name, rounds) -> {
            List<Double> ratios = new ArrayList<>();
            for (int i = 0; i < rounds.size(); i++) {
                ratios.add(rounds.get(i).perSecond() / base.get(i).perSecond());
            }
            double[] speeds = sorted(rounds, Result::perSecond);
            double cpu = middle(sorted(rounds, Result::cpuSecondsPer100k));
            out.printf(
                    Locale.ROOT,
                    "| %s | %,.0f | %,.0f to %,.0f | %.2f | %s |%n",
                    name,
                    middle(speeds),
                    speeds[0],
                    speeds[speeds.length - 1],
                    middle(ratios.stream().mapToDouble(r -> r).sorted().toArray()),
                    Double.isNaN(cpu) ? "" : "%.2f".formatted(cpu));
        });
        out.flush();
    }

    private static double[] sorted(List<Result> rounds, ToDoubleFunction<Result> figure) {
        return rounds.stream().mapToDouble(figure).sorted().toArray();
    }

    private static double middle(double[] sorted) {
        int half = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }
}
