package dev.parley.bench;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import dev.parley.RpcClient;
import dev.parley.RpcServer;
import dev.parley.broker.EmbeddedBroker;
import dev.parley.interop.PeerProcess;
import dev.parley.interop.RabbitMq;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How long the embedded broker takes to start, in a JVM and as the process {@code parley broker}, until the first
 * connection of RabbitMQ's Java client is open; and a node of RabbitMQ.
 */
final class StartTime {
    private static final int AGAIN = 20;
    private static final String PARLEY = "parley";

    private StartTime() {}

    static void run(String rabbitUri, int rounds, PrintStream out) {
        List<Double> fresh = new ArrayList<>();
        List<Double> first = new ArrayList<>();
        List<Double> beside = new ArrayList<>();
        List<Double> again = new ArrayList<>();
        List<Double> process = new ArrayList<>();
        List<Double> node = new ArrayList<>();
        process(); // Makes the command's class cache.
        for (int round = 0; round < rounds; round++) {
            fresh.add(times().getFirst());
            List<Double> times = times(rabbitUri);
            first.add(times.getFirst());
            beside.add(times(rabbitUri, PARLEY).getFirst());
            again.addAll(times.subList(1, times.size()));
            process.add(process());
            node.add(node());
        }
        out.printf("%n### Embedded broker: start until the first connection is open%n%n");
        out.println("| | ms | lowest to highest |");
        out.println("|---|---:|---:|");
        print("a JVM that has loaded nothing yet, broker nor client", fresh, out);
        print("a JVM that has used RabbitMQ's client before", first, out);
        print("a JVM that has used RabbitMQ's client and Parley before", beside, out);
        print("again in the same JVM", again, out);
        print("the process parley broker", process, out);
        print("a node of RabbitMQ", node, out);
        out.flush();
    }

    private static void print(String what, List<Double> millis, PrintStream out) {
        List<Double> sorted = millis.stream().sorted().toList();
        out.printf(
                Locale.ROOT,
                "| %s | %.1f | %.1f to %.1f |%n",
                what,
                sorted.get(sorted.size() / 2),
                sorted.getFirst(),
                sorted.getLast());
    }

    private static double process() {
        List<String> command =
                List.of(Path.of(System.getProperty("checkout"), "parley").toString(), "broker", "--port", "0");
        long start = System.nanoTime();
        try (PeerProcess broker = PeerProcess.start(Map.of(), command)) {
            String listening = broker.line(line -> line.startsWith("listening "));
            return (connect(uri("amqp" + listening.substring("listening rabbit".length()))) - start) / 1e6;
        } catch (Exception e) {
            throw new IllegalStateException("no connection to parley broker", e);
        }
    }

    /** With the virtual host by its name: RabbitMQ's client takes nothing after the slash for an empty one. */
    static String uri(String url) {
        return url.replaceAll("/$", "/%2F");
    }

    private static double node() {
        long start = System.nanoTime();
        try (RabbitMq node = RabbitMq.start()) {
            return (connect(uri(node.amqpUrl())) - start) / 1e6;
        } catch (Exception e) {
            throw new IllegalStateException("no connection to a node of RabbitMQ", e);
        }
    }

    private static List<Double> times(String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                StartTime.class.getName()));
        command.addAll(List.of(arguments));
        try (PeerProcess run = PeerProcess.start(Map.of(), command)) {
            return run.output().lines().map(Double::valueOf).toList();
        }
    }

    /**
     * In a JVM of its own: what to use first, brokers' URIs or {@code parley}. Prints milliseconds, the first start in
     * the first line.
     */
    public static void main(String[] args) throws Exception {
        for (String first : args) {
            if (first.equals(PARLEY)) {
                callParley();
            } else {
                connect(first);
            }
        }
        for (int i = 0; i <= AGAIN; i++) {
            long start = System.nanoTime();
            try (EmbeddedBroker broker = EmbeddedBroker.builder().start()) {
                System.out.println((connect(broker.amqpUri()) - start) / 1e6);
            }
        }
    }

    private static void callParley() {
        try (RpcServer server = RpcServer.builder()
                        .endpoint(new Work())
                        .listen("jsonrpc+tcp://127.0.0.1:0")
                        .build()
                        .start();
                RpcClient client =
                        RpcClient.connect(server.addresses().getFirst().toUri())) {
            client.call("add", int.class, 2, 3);
        }
    }

    private static long connect(String uri) throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(uri);
        try (Connection connection = factory.newConnection()) {
            if (!connection.isOpen()) {
                throw new IllegalStateException("not open: " + uri);
            }
            return System.nanoTime();
        }
    }
}
