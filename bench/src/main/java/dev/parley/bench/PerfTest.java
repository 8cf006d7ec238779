package dev.parley.bench;

import dev.parley.interop.PeerProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** RabbitMQ's own load generator, in a process of its own, one publisher and one consumer: counts what was received. */
final class PerfTest implements Side {
    private static final Pattern RECEIVED = Pattern.compile("receiving rate avg: (\\d+) msg/s");

    private final List<String> command = new ArrayList<>();

    PerfTest(String amqpUri, String... options) {
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "com.rabbitmq.perf.PerfTest"));
        command.addAll(List.of("--uri", amqpUri, "--producers", "1", "--consumers", "1"));
        command.addAll(List.of(options));
    }

    @Override
    public Result round(Duration length) {
        List<String> timed = new ArrayList<>(command);
        // Its first second goes into starting.
        timed.addAll(List.of("--time", Long.toString(length.toSeconds() + 1)));
        try (PeerProcess run = PeerProcess.start(Map.of(), timed)) {
            String output = run.output();
            Matcher rate = RECEIVED.matcher(output);
            if (!rate.find()) {
                throw new IllegalStateException("PerfTest told no rate: " + output + run.errors());
            }
            return new Result(Long.parseLong(rate.group(1)), 1, Double.NaN);
        }
    }

    @Override
    public void close() {
        // Each round is a process of its own.
    }
}
