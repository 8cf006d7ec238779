package dev.parley.bench;

import dev.parley.Execution;
import dev.parley.broker.EmbeddedBroker;
import dev.parley.interop.Peer;
import dev.parley.interop.RabbitMq;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * {@code Main [--rounds N] [--seconds N] [--before DIR] [--execution inline|virtual] NAME...}: runs the comparisons
 * named, all without a name, and prints their tables in Markdown.
 */
public final class Main {
    /** A request and a reply of {@code add} as Parley's oslo.messaging sends them. */
    private static final String ZERORPC = "zerorpc+tcp://127.0.0.1:0";

    private static final int REQUEST_SIZE = 420;

    private static final int REPLY_SIZE = 170;

    private interface Task {
        void run(int rounds, Duration length, PrintStream out) throws Exception;
    }

    private final Map<String, Task> tasks = new LinkedHashMap<>();
    private final EmbeddedBroker embedded;
    private final @Nullable Path before;
    private final String execution;
    private @Nullable RabbitMq started;

    private Main(EmbeddedBroker embedded, @Nullable Path before, String execution) {
        this.embedded = embedded;
        this.before = before;
        this.execution = execution;
        tasks.put("broker-start", (rounds, length, out) -> StartTime.run(amqpUri(), rounds, out));
        for (int callers : new int[] {1, 64}) {
            add("broker-calls-" + callers, brokerCalls(callers));
        }
        add("broker-transient", perfTest("100-byte transient messages, no confirms"));
        add(
                "broker-confirms",
                perfTest("100-byte transient messages, 100 on the way to be confirmed", "--confirm", "100"));
        for (int callers : new int[] {1, 64}) {
            tasks.put(
                    "oslo-calls-" + callers,
                    (rounds, length, out) -> osloCalls(callers).run(rounds, length, out));
        }
        add("oslo-casts", osloCasts());
        add("oslo-notifications", osloNotifications());
        for (int callers : new int[] {1, 64}) {
            versions("jsonrpc-http", () -> "jsonrpc+http://127.0.0.1:0/jsonrpc", callers);
            versions("jsonrpc-tcp", () -> "jsonrpc+tcp://127.0.0.1:0", callers);
            versions("xmlrpc-http", () -> "xmlrpc+http://127.0.0.1:0/RPC2", callers);
            versions("zerorpc", () -> ZERORPC, callers);
            versions("rabbit", () -> rabbit().transportUrl(), callers);
            add("rpc-calls-" + callers, rpcCalls(callers));
            add("zerorpc-peers-" + callers, zerorpcPeers(callers));
        }
        for (int inFlight : new int[] {1, 256}) {
            add("zmtp-echo-" + inFlight, zmtpEcho(inFlight));
        }
        add("zerorpc-streams", zerorpcStreams());
    }

    /** Calls between two JVMs: of this checkout, and first of the one before if there is one. */
    private void versions(String protocol, Supplier<String> address, int callers) {
        Comparison comparison =
                new Comparison("Calls over " + protocol + ", " + callers(callers) + ", server " + execution);
        if (before != null) {
            comparison.side(
                    "before",
                    () -> ChildCalls.version(
                            before,
                            source(Path.of(System.getProperty("checkout"))),
                            address.get(),
                            execution,
                            callers));
        }
        comparison.side("this checkout", () -> here(address.get(), callers));
        add(protocol + "-calls-" + callers, comparison);
    }

    /** The wires without a broker beside other RPC systems, all between two processes. */
    private Comparison rpcCalls(int callers) {
        return new Comparison("RPC without a broker: calls, " + callers(callers) + ", Parley's server " + execution)
                .side("bare HTTP on Netty", () -> ChildCalls.peer(PeerChild.Kind.HTTP, callers))
                .side("Parley, JSON-RPC over HTTP", () -> here("jsonrpc+http://127.0.0.1:0/jsonrpc", callers))
                .side("Parley, XML-RPC over HTTP", () -> here("xmlrpc+http://127.0.0.1:0/RPC2", callers))
                .side("Parley, JSON-RPC over TCP", () -> here("jsonrpc+tcp://127.0.0.1:0", callers))
                .side("grpc-java", () -> ChildCalls.peer(PeerChild.Kind.GRPC, callers))
                .side("grpc-java, directExecutor", () -> ChildCalls.peer(PeerChild.Kind.GRPC_DIRECT, callers))
                .side("jsonrpc4j on Jetty", () -> ChildCalls.peer(PeerChild.Kind.JSONRPC4J, callers))
                .side("Apache XML-RPC", () -> ChildCalls.peer(PeerChild.Kind.APACHE_XMLRPC, callers))
                .side("Python, xmlrpc", () -> PeerCalls.http(Peer.PYTHON, "xmlrpc", callers))
                .side("Python, jsonrpclib-pelix", () -> PeerCalls.http(Peer.JSONRPCLIB_PELIX, "jsonrpc", callers));
    }

    private Comparison zerorpcPeers(int callers) {
        return new Comparison("zerorpc: calls, " + callers(callers))
                .side("Python", () -> PeerCalls.zerorpcPython(callers))
                .side("Node", () -> PeerCalls.zerorpcNode(callers))
                .side("Parley, a virtual thread per call", () -> here(ZERORPC, "virtual", callers))
                .side("Parley, inline", () -> here(ZERORPC, "inline", callers));
    }

    private static Comparison zerorpcStreams() {
        return new Comparison("zerorpc: items of a stream")
                .side("Python", PeerCalls::zerorpcPythonStreams)
                .side("Parley", () -> ChildRounds.streams(ZERORPC));
    }

    private static Comparison zmtpEcho(int inFlight) {
        return new Comparison("ZMTP: echo of 60 bytes, " + inFlight + " on the way")
                .side("bytes on Netty, unframed", () -> ChildRounds.echo(EchoChild.Kind.NETTY, inFlight))
                .side("Parley", () -> ChildRounds.echo(EchoChild.Kind.PARLEY, inFlight))
                .side("libzmq, in C", () -> ChildRounds.libzmqEcho(inFlight))
                .side("JeroMQ", () -> ChildRounds.echo(EchoChild.Kind.JEROMQ, inFlight));
    }

    private ChildCalls here(String address, int callers) {
        return here(address, execution, callers);
    }

    private static ChildCalls here(String address, String execution, int callers) {
        Path here = Path.of(System.getProperty("checkout"));
        return ChildCalls.version(here, source(here), address, execution, callers);
    }

    private static Path source(Path here) {
        return here.resolve("bench/src/main/java/dev/parley/bench/CallsChild.java");
    }

    /** RabbitMQ, started when it is first needed. */
    private RabbitMq rabbit() {
        RabbitMq running = started;
        if (running == null) {
            running = RabbitMq.start();
            started = running;
        }
        return running;
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
        String url = rabbit().transportUrl();
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
                .side("Python, oslo.messaging 14.0.3", () -> PeerCalls.oslo(Peer.OSLO_MESSAGING_14, url, callers))
                .side("Python, oslo.messaging 18.3.1", () -> PeerCalls.oslo(Peer.OSLO_MESSAGING, url, callers));
    }

    private Comparison osloCasts() {
        return new Comparison("oslo.messaging on RabbitMQ: casts with confirm, 420-byte messages, up to 256 on the way")
                .side(
                        "PerfTest",
                        () -> new PerfTest(amqpUri(), "--size", "420", "--confirm", "256", "--flag", "persistent"))
                .side("Parley", () -> new ParleyCasts(rabbit().transportUrl(), 256, 100));
    }

    private Comparison osloNotifications() {
        return new Comparison("oslo.messaging on RabbitMQ: notifications with confirm, 400-byte messages, published and"
                        + " consumed, up to 256 on the way")
                .side(
                        "PerfTest",
                        () -> new PerfTest(
                                amqpUri(), "--size", "400", "--confirm", "256", "--qos", "100", "--flag", "persistent"))
                .side("Parley", () -> new ParleyNotifications(rabbit().transportUrl(), 256, 100))
                .side(
                        "Python, oslo.messaging 14.0.3, 8 threads",
                        () -> new PythonNotifications(Peer.OSLO_MESSAGING_14, rabbit().transportUrl(), 8))
                .side(
                        "Python, oslo.messaging 18.3.1, 8 threads",
                        () -> new PythonNotifications(Peer.OSLO_MESSAGING, rabbit().transportUrl(), 8));
    }

    private String amqpUri() {
        return StartTime.uri(rabbit().amqpUrl());
    }

    private static String callers(int count) {
        return count == 1 ? "one caller" : count + " callers";
    }

    /** Runs. */
    public static void main(String[] args) throws Exception {
        int rounds = 5;
        int seconds = 4;
        Path before = null;
        String execution = "inline";
        int at = 0;
        for (; at + 1 < args.length && args[at].startsWith("--"); at += 2) {
            switch (args[at]) {
                case "--rounds" -> rounds = Integer.parseInt(args[at + 1]);
                case "--seconds" -> seconds = Integer.parseInt(args[at + 1]);
                case "--before" -> before = Path.of(args[at + 1]);
                case "--execution" -> execution = args[at + 1];
                default ->
                    throw new IllegalArgumentException(
                            "unknown option " + args[at] + "; known are --rounds, --seconds, --before and --execution");
            }
        }
        List<String> names = List.of(args).subList(at, args.length);
        try (EmbeddedBroker embedded = EmbeddedBroker.builder().start()) {
            Main main = new Main(embedded, before, execution);
            try {
                main.run(names, rounds, Duration.ofSeconds(seconds));
            } finally {
                if (main.started != null) {
                    main.started.close();
                }
            }
        }
    }

    private void run(List<String> names, int rounds, Duration length) throws Exception {
        for (String name : names.isEmpty() ? tasks.keySet() : names) {
            Task task = tasks.get(name);
            if (task == null) {
                throw new IllegalArgumentException("unknown comparison " + name + "; known are " + tasks.keySet());
            }
            task.run(rounds, length, System.out);
        }
    }
}
