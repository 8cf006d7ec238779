package dev.parley.interop.zerorpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.MethodNotFoundException;
import dev.parley.RemoteException;
import dev.parley.RpcClient;
import dev.parley.RpcServer;
import dev.parley.RpcTimeoutException;
import dev.parley.SerializationException;
import dev.parley.ServiceDescription;
import dev.parley.interop.FreePorts;
import dev.parley.interop.NeedsPeer;
import dev.parley.interop.Peer;
import dev.parley.interop.PeerProcess;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** zerorpc for Python against ours, both ways. */
@Timeout(120)
@NeedsPeer(Peer.ZERORPC_PYTHON)
class ZerorpcPythonTest {
    private static PeerProcess pythonServer(String... options) {
        return PeerProcess.start(Peer.ZERORPC_PYTHON, "zerorpc_server.py", options);
    }

    private static RpcServer javaServer(String options) {
        return RpcServer.builder()
                .endpoint(new Calculator())
                .name("Calculator")
                .listen("zerorpc+tcp://127.0.0.1:0" + options)
                .build()
                .start();
    }

    /** The address as zerorpc writes it. */
    private static String zmq(RpcServer server) {
        return "tcp://127.0.0.1:" + server.addresses().getFirst().port(-1);
    }

    private static PeerProcess pythonClient(RpcServer server, String... options) {
        List<String> arguments = new ArrayList<>(List.of(zmq(server)));
        arguments.addAll(List.of(options));
        return PeerProcess.start(Peer.ZERORPC_PYTHON, "zerorpc_client.py", arguments.toArray(String[]::new));
    }

    /** What Python holds is told by what it sends back: bytes as bytes, and timestamps as timestamps. */
    @Test
    void pythonSeesTypesThatMessagePackLacksAsText() {
        String address = "tcp://127.0.0.1:" + FreePorts.take();
        try (PeerProcess python = pythonServer(address);
                RpcClient client = RpcClient.connect(python.ready());
                RpcClient stamps = RpcClient.connect("zerorpc+" + address + "?timestamps=true&decimals=float")) {
            UUID id = UUID.fromString("41424344-4546-4748-494a-4b4c4d4e4f50");
            assertThat(client.call("echo", Object.class, id)).isEqualTo(id.toString());
            assertThat(client.call("echo", UUID.class, id)).isEqualTo(id);
            // As uuid.UUID(…).bytes.
            assertThat(client.call("echo", UUID.class, "ABCDEFGHIJKLMNOP".getBytes(StandardCharsets.US_ASCII)))
                    .isEqualTo(id);
            BigDecimal price = new BigDecimal("12.50");
            assertThat(client.call("echo", Object.class, price)).isEqualTo("12.50");
            assertThat(client.call("echo", BigDecimal.class, price)).isEqualTo(price);
            assertThat(client.call("echo", Object.class, 12.5)).isEqualTo(12.5);
            OffsetDateTime time = OffsetDateTime.parse("2026-11-27T10:30:15.125+02:00");
            assertThat(client.call("echo", Object.class, time)).isEqualTo("2026-11-27T10:30:15.125+02:00");
            assertThat(client.call("echo", OffsetDateTime.class, time)).isEqualTo(time);
            assertThat(stamps.call("echo", OffsetDateTime.class, time))
                    .isEqualTo(time.withOffsetSameInstant(ZoneOffset.UTC));
            assertThat(stamps.call("echo", Object.class, time)).isEqualTo("2026-11-27T08:30:15.125Z");
            assertThat(stamps.call("echo", Object.class, price)).isEqualTo(12.5);
            // A name that only Python's type of timestamps has.
            assertThatThrownBy(() -> stamps.call("add", Object.class, time, 1))
                    .isInstanceOfSatisfying(
                            RemoteException.class,
                            e -> assertThat(e.remoteMessage()).contains("Timestamp"));
        }
    }

    @Test
    void javaCallsPython() {
        try (PeerProcess python = pythonServer();
                RpcClient client = RpcClient.connect(python.ready())) {
            assertThat(client.call("add", int.class, 2, 3)).isEqualTo(5);
            assertThat(client.call("multiply", int.class, 2, 3)).isEqualTo(6);
            assertThat(client.call("subtract", int.class, 2, 3)).isEqualTo(1);
            assertThat(client.call("divide", double.class, 3, 2)).isEqualTo(1.5);
            assertThat(client.call("hello", Object.class)).isNull();
            Map<String, Object> value = Map.of("text", "grüße 🌍", "list", List.of(1, -2.5, true, List.of()));
            assertThat(client.call("echo", Object.class, value)).isEqualTo(value);
            assertThat(client.call("echo", Object.class, new byte[] {0, -1})).isEqualTo(new byte[] {0, -1});
            BigInteger big = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);
            assertThat(client.call("echo", BigInteger.class, big)).isEqualTo(big);
            assertThat(client.call("echo", long.class, Long.MIN_VALUE)).isEqualTo(Long.MIN_VALUE);
            assertThat(client.call("echo", Object.class, Map.of(1, "one"))).isEqualTo(Map.of("1", "one"));
            String large = "x".repeat(3_000_000);
            assertThat(client.call("echo", String.class, large)).isEqualTo(large);
        }
    }

    @Test
    void aNumberBeyond64BitsIsRefusedBeforeItIsSent() {
        try (PeerProcess python = pythonServer();
                RpcClient client = RpcClient.connect(python.ready())) {
            assertThatThrownBy(() -> client.call("echo", Object.class, BigInteger.ONE.shiftLeft(64)))
                    .isInstanceOf(SerializationException.class)
                    .hasMessageContaining("argument 1 of echo");
            assertThat(client.call("add", int.class, 1, 1)).isEqualTo(2);
        }
    }

    @Test
    void pythonErrorsReachJava() {
        try (PeerProcess python = pythonServer();
                RpcClient client = RpcClient.connect(python.ready())) {
            assertThatThrownBy(() -> client.call("fail", void.class, "no luck"))
                    .isInstanceOfSatisfying(RemoteException.class, e -> {
                        assertThat(e.type()).isEqualTo("ValueError");
                        assertThat(e.remoteMessage()).isEqualTo("no luck");
                        assertThat(e.traceback()).last().asString().contains("ValueError: no luck");
                    });
            assertThatThrownBy(() -> client.call("nosuch", void.class)).isInstanceOf(MethodNotFoundException.class);
            assertThatThrownBy(() -> client.call("add", int.class, 1))
                    .isInstanceOfSatisfying(
                            RemoteException.class, e -> assertThat(e.type()).isEqualTo("TypeError"));
            assertThat(client.call("add", int.class, 1, 1)).isEqualTo(2);
        }
    }

    @Test
    void pythonStreamsReachJava() {
        try (PeerProcess python = pythonServer();
                RpcClient client = RpcClient.connect(python.ready() + "?window=10")) {
            try (Stream<Integer> items = client.stream("range", Integer.class, 0, 1000)) {
                assertThat(items)
                        .containsExactlyElementsOf(
                                IntStream.range(0, 1000).boxed().toList());
            }
            try (Stream<Integer> none = client.stream("range", Integer.class, 0, 0)) {
                assertThat(none).isEmpty();
            }
            try (Stream<Integer> items = client.stream("broken_range", Integer.class, 30)) {
                List<Integer> seen = new ArrayList<>();
                assertThatThrownBy(() -> items.forEach(seen::add))
                        .isInstanceOf(RemoteException.class)
                        .hasMessageContaining("broken after 30");
                assertThat(seen).hasSize(30);
            }
            try (Stream<Integer> items = client.stream("range", Integer.class, 0, 100_000)) {
                assertThat(items.limit(25)).hasSize(25);
            }
            assertThat(client.call("range", int[].class, 0, 300)).hasSize(300);
            assertThat(client.call("add", int.class, 1, 1)).isEqualTo(2);
        }
    }

    @Test
    void longCallsLiveOnHeartbeats() {
        try (PeerProcess python = pythonServer("--heartbeat", "0.5")) {
            String address = python.ready();
            // Python gives up a caller that is silent for three of its intervals: ours answers its beats, whatever its
            // own interval.
            for (String options : List.of("?heartbeat=0.5", "", "?heartbeat=0", "?passive=true")) {
                try (RpcClient client = RpcClient.connect(address + options)) {
                    assertThat(client.call("sleep", double.class, 2.5)).isEqualTo(2.5);
                }
            }
        }
    }

    @Test
    void aCallToPythonTimesOut() {
        try (PeerProcess python = pythonServer();
                RpcClient client = RpcClient.connect(python.ready())) {
            assertThatThrownBy(() -> client.prepare(o -> o.withTimeout(Duration.ofMillis(200)))
                            .call("sleep", double.class, 30))
                    .isInstanceOf(RpcTimeoutException.class)
                    .hasMessageContaining("sleep");
            assertThat(client.call("add", int.class, 1, 1)).isEqualTo(2);
        }
    }

    @Test
    void pythonTellsWhatItOffers() {
        try (PeerProcess python = pythonServer();
                RpcClient client = RpcClient.connect(python.ready())) {
            assertThat(client.describe().name()).isEqualTo("Calculator");
            ServiceDescription.Method add = method(client.describe(), "add");
            assertThat(add.signature()).isEqualTo("add(x, y)");
            assertThat(method(client.describe(), "range").doc()).isEqualTo("Counts from start up to stop.");
        }
    }

    private static ServiceDescription.Method method(ServiceDescription service, String name) {
        return service.methods().stream()
                .filter(method -> method.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void pythonThatCannotIntrospectIsAskedForItsList() throws Exception {
        int port = FreePorts.take();
        String address = "tcp://127.0.0.1:" + port;
        // As its users start it: without the function that Python 3.11 took away.
        try (PeerProcess time = PeerProcess.startExecutable(
                        Peer.ZERORPC_PYTHON, "zerorpc", "--server", "--bind", address, "time");
                RpcClient client = RpcClient.connect(address)) {
            time.ready(port);
            String today = LocalDate.now(ZoneId.systemDefault()).format(DateTimeFormatter.ofPattern("yyyy/MM/dd"));
            assertThat(client.call("strftime", String.class, "%Y/%m/%d")).isEqualTo(today);
            assertThat(client.describe().methods())
                    .extracting(ServiceDescription.Method::name)
                    .contains("strftime", "gmtime");
            assertThat(method(client.describe(), "strftime").doc()).contains("strftime(format");
        }
    }

    @Test
    void pythonCallsJava() {
        try (RpcServer server = javaServer("");
                PeerProcess python = pythonClient(server)) {
            assertThat(python.call("add", 2, 3).path("ok").asInt()).isEqualTo(5);
            assertThat(python.call("divide", 3, 2).path("ok").asDouble()).isEqualTo(1.5);
            assertThat(python.call("hello").path("ok").isNull()).isTrue();
            Map<String, Object> value = Map.of("text", "grüße 🌍", "list", List.of(1, -2.5, true, List.of()));
            assertThat(python.call("echo", value).path("ok").toString())
                    .isEqualTo(new JsonMapper().valueToTree(value).toString());
            assertThat(python.call("echo", new BigInteger("18446744073709551615"))
                            .path("ok")
                            .asString())
                    .isEqualTo("18446744073709551615");
            assertThat(python.call("_zerorpc_ping").path("ok").toString()).isEqualTo("[\"pong\",\"Calculator\"]");
            assertThat(python.call(Map.of("method", "add", "args", List.of(1, 2), "async", true))
                            .path("ok")
                            .asInt())
                    .isEqualTo(3);
        }
    }

    @Test
    void javaErrorsReachPython() {
        try (RpcServer server = javaServer("");
                PeerProcess python = pythonClient(server)) {
            JsonNode failed = python.call("fail", "no luck").path("error");
            assertThat(failed.path("type").asString()).isEqualTo("RemoteError");
            assertThat(failed.path("name").asString()).isEqualTo("ValueError");
            assertThat(failed.path("msg").asString()).isEqualTo("no luck");
            assertThat(failed.path("message").asString()).isEqualTo("ValueError: no luck\n");
            JsonNode missing = python.call("nosuch").path("error");
            assertThat(missing.path("name").asString()).isEqualTo("NameError");
            assertThat(missing.path("msg").asString()).isEqualTo("nosuch");
            assertThat(python.call("add", 1).at("/error/name").asString()).isEqualTo("TypeError");
            assertThat(python.call("add", 1, "two").at("/error/name").asString())
                    .isEqualTo("TypeError");
            assertThat(python.call("add", 1, 1).path("ok").asInt()).isEqualTo(2);
        }
    }

    @Test
    void javaStreamsReachPython() {
        try (RpcServer server = javaServer("");
                PeerProcess python = pythonClient(server)) {
            assertThat(python.call("range", 0, 1000).path("ok")).hasSize(1000);
            assertThat(python.call("range", 0, 0).path("ok")).isEmpty();
            assertThat(python.call("broken", 150).at("/error/msg").asString()).isEqualTo("broken after 150");
            assertThat(python.call("add", 1, 1).path("ok").asInt()).isEqualTo(2);
        }
    }

    private static final String TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    /** Passes calls on to Python. */
    public static class Relay {
        private final RpcClient python;

        Relay(RpcClient python) {
            this.python = python;
        }

        public Object context() {
            return python.call("context", Object.class);
        }
    }

    @Test
    void theTaskContextGoesFromPythonThroughJavaToPython() {
        try (PeerProcess last = pythonServer();
                RpcClient toLast = RpcClient.connect(last.ready());
                RpcServer relay = RpcServer.builder()
                        .endpoint(new Relay(toLast))
                        .listen("zerorpc+tcp://127.0.0.1:0")
                        .build()
                        .start();
                PeerProcess first = pythonClient(
                        relay, "--context", "{\"traceparent\": \"" + TRACE + "\", \"user\": {\"id\": 7}}")) {
            assertThat(toLast.with(Map.of("traceparent", TRACE)).call("context", Object.class))
                    .isEqualTo(Map.of("traceparent", TRACE));
            JsonNode context = first.call("context").path("ok");
            assertThat(context.path("traceparent").asString()).isEqualTo(TRACE);
            assertThat(context.at("/user/id").asInt()).isEqualTo(7);
            assertThat(context).hasSize(2);
        }
    }

    /**
     * zerorpc for Python reads no more once several items of a stream that it leaves arrive at that moment. Without a
     * pace more than half of the rounds end so, of its own server's streams too; two are for a machine that is busy.
     */
    @Test
    void aPythonClientThatLeavesAStreamHearsTheNextResponse() {
        try (RpcServer server = javaServer("");
                PeerProcess python = PeerProcess.start(Peer.ZERORPC_PYTHON, "zerorpc_leaver.py", zmq(server), "24")) {
            assertThat(python.json().path("ok")).hasSizeLessThanOrEqualTo(2);
        }
    }

    @Test
    void heartbeatsAndGrantsOfALongStreamKeepItAlive() {
        try (PeerProcess python = pythonServer("--heartbeat", "0.5");
                RpcClient client = RpcClient.connect(python.ready() + "?heartbeat=0.5&window=10");
                Stream<Integer> items = client.stream("range", Integer.class, 0, 100_000_000)) {
            // Python gives up a peer that is silent for three intervals, whatever else it sends.
            long end = System.nanoTime() + Duration.ofSeconds(4).toNanos();
            assertThat(items.takeWhile(item -> System.nanoTime() < end).count()).isPositive();
            assertThat(client.call("add", int.class, 1, 1)).isEqualTo(2);
        }
    }

    @Test
    void aJavaMethodThatNeverYieldsDoesNotStopTheHeartbeats() {
        try (RpcServer server = javaServer("?heartbeat=0.5");
                PeerProcess python = pythonClient(server, "--heartbeat", "0.5")) {
            assertThat(python.call("spin", 2.5).path("ok").asString()).isEqualTo("spun");
            assertThat(python.call("sleep", 2.5).path("ok").asString()).isEqualTo("slept");
        }
        try (RpcServer server = javaServer("");
                PeerProcess python = pythonClient(server, "--heartbeat", "0.5")) {
            // Python's interval is the shorter one; its beats are answered.
            assertThat(python.call("sleep", 2.5).path("ok").asString()).isEqualTo("slept");
        }
    }

    @Test
    void zerorpcsOwnCommandLineCallsJava() {
        try (RpcServer server = javaServer("")) {
            assertThat(command("-j", zmq(server), "add", "2", "3")).isEqualTo("5");
            assertThat(command(zmq(server), "echo", "text")).isEqualTo("'text'");
            assertThat(command("-j", zmq(server), "range", "0", "3")).isEqualTo("0\n1\n2");
            assertThat(command("-pj", "-j", zmq(server), "range", "0", "3")).isEqualTo("[0,1,2]");
            assertThat(command(zmq(server)))
                    .startsWith("[Calculator]\n")
                    .containsPattern("add +Adds two numbers\\.")
                    .containsPattern("echo +<undocumented>");
            assertThat(command("-?", zmq(server), "add")).contains("add(x, y)").contains("Adds two numbers.");
            try (PeerProcess failing = commandLine(zmq(server), "fail", "no luck")) {
                assertThat(failing.exitCode()).isEqualTo(1);
                assertThat(failing.errors()).contains("ValueError: no luck");
            }
        }
    }

    /**
     * On Python 3.10 and later the command fails in its own code once it has the answer, unless it is given what Python
     * took away.
     */
    private static PeerProcess commandLine(String... arguments) {
        return PeerProcess.start(Peer.ZERORPC_PYTHON, "zerorpc_command.py", arguments);
    }

    private static String command(String... arguments) {
        try (PeerProcess command = commandLine(arguments)) {
            return command.output();
        }
    }
}
