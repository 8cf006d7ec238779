package dev.parley.bench;

import dev.parley.Execution;
import dev.parley.broker.EmbeddedBroker;
import dev.parley.interop.Peer;
import dev.parley.interop.RabbitMq;
import java.io.PrintStream;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code Main [--rounds N] [--seconds N] NAME...}: runs the comparisons named, all without a name, and prints their tables in Markdown. */
public final class Main {
    /** A request and a reply of {@code add} as Parley's oslo.messaging sends them. */
    private static final int REQUEST_SIZE = 420;

    private static final int REPLY_SIZE = 170;

    private interface Task {
        void run(int rounds, Duration length, PrintStream out) throws Exception;
    }

    private final Map<String, Task> tasks = new LinkedHashMap<>();
    private final EmbeddedBroker embedded;
    private final RabbitMq rabbit;

    private Main(EmbeddedBroker embedded, RabbitMq rabbit) {
        this.embedded = embedded;
        this.rabbit = rabbit;
        tasks.put("broker-start", (rounds, length, out) -> StartTime.run(amqpUri(), rounds, out));
        for (int callers : new int[] {1, 64}) {
            add("broker-calls-" + callers, brokerCalls(callers));
        }
        add("broker-transient", perfTest("100-byte transient messages, no confirms"));
        add(
                "broker-confirms",
                perfTest("100-byte transient messages, 100 on the way to be confirmed", "--confirm", "100"));
        for (int callers : new int[] {1, 64}) {
            add("oslo-calls-" + callers, osloCalls(callers));
        }
        add("oslo-casts", osloCasts());
    }

    private void add(String name, Comparison comparison) {
        tasks.put(name, comparison::run);
    }

    private Comparison brokerCalls(int callers) {
        return new Comparison("Broker: calls by hand on RabbitMQ's Java client, " + callers(callers))
                .side(
                        "RabbitMQ",
                        () -> new HandWritten(amqpUri(), HandWritten.Style.BARE, callers, REQUEST_SIZE, REPLY_SIZE))
                .side(
                        "embedded broker",
                        () -> new HandWritten(
                                embedded.amqpUri(), HandWritten.Style.BARE, callers, REQUEST_SIZE, REPLY_SIZE));
    }

    private Comparison perfTest(String what, String... more) {
        String[] options = new String[more.length + 3];
        System.arraycopy(new String[] {"--size", "100", "--autoack"}, 0, options, 0, 3);
        System.arraycopy(more, 0, options, 3, more.length);
        return new Comparison("Broker: PerfTest, " + what)
                .side("RabbitMQ", () -> new PerfTest(amqpUri(), options))
                .side("embedded broker", () -> new PerfTest(embedded.amqpUri(), options));
    }

    private Comparison osloCalls(int callers) {
        String url = rabbit.transportUrl();
        return new Comparison("oslo.messaging on RabbitMQ: calls, " + callers(callers))
                .side(
                        "by hand on RabbitMQ's Java client",
                        () -> new HandWritten(amqpUri(), HandWritten.Style.BARE, callers, REQUEST_SIZE, REPLY_SIZE))
                .side(
                        "the same with confirms and acknowledgements",
                        () -> new HandWritten(amqpUri(), HandWritten.Style.CAREFUL, callers, REQUEST_SIZE, REPLY_SIZE))
                .side(
                        "the same with oslo.messaging's exchange, properties and connections",
                        () -> new HandWritten(amqpUri(), HandWritten.Style.AS_OSLO, callers, REQUEST_SIZE, REPLY_SIZE))
                .side("Parley, inline", () -> new ParleyCalls(url, callers, Execution.inline()))
                .side("Parley, a virtual thread per call", () -> new ParleyCalls(url, callers, Execution.virtual()))
                .side("Python, oslo.messaging 14.0.3", () -> new PythonCalls(Peer.OSLO_MESSAGING_14, url, callers))
                .side("Python, oslo.messaging 18.3.1", () -> new PythonCalls(Peer.OSLO_MESSAGING, url, callers));
    }

    private Comparison osloCasts() {
        return new Comparison("oslo.messaging on RabbitMQ: casts with confirm, 420-byte messages, up to 256 on the way")
                .side(
                        "PerfTest",
                        () -> new PerfTest(amqpUri(), "--size", "420", "--confirm", "256", "--flag", "persistent"))
                .side("Parley", () -> new ParleyCasts(rabbit.transportUrl(), 256, 100));
    }

    /** With the virtual host by its name: RabbitMQ's client takes nothing after the slash for an empty one. */
    private String amqpUri() {
        return rabbit.amqpUrl().replaceAll("/$", "/%2F");
    }

    private static String callers(int count) {
        return count == 1 ? "one caller" : count + " callers";
    }

    /** Runs. */
    public static void main(String[] args) throws Exception {
        int rounds = 5;
        int seconds = 4;
        int at = 0;
        for (; at + 1 < args.length && args[at].startsWith("--"); at += 2) {
            switch (args[at]) {
                case "--rounds" -> rounds = Integer.parseInt(args[at + 1]);
                case "--seconds" -> seconds = Integer.parseInt(args[at + 1]);
                default ->
                    throw new IllegalArgumentException("no option " + args[at] + ": there are --rounds and --seconds");
            }
        }
        List<String> names = List.of(args).subList(at, args.length);
        try (EmbeddedBroker embedded = EmbeddedBroker.builder().start();
                RabbitMq rabbit = RabbitMq.start()) {
            Main main = new Main(embedded, rabbit);
            for (String name : names.isEmpty() ? main.tasks.keySet() : names) {
                Task task = main.tasks.get(name);
                if (task == null) {
                    throw new IllegalArgumentException("no comparison " + name + ": there are " + main.tasks.keySet());
                }
                task.run(rounds, Duration.ofSeconds(seconds), System.out);
            }
        }
    }
}
