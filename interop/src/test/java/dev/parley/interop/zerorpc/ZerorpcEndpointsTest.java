package dev.parley.interop.zerorpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.RpcClient;
import dev.parley.RpcServer;
import dev.parley.interop.FreePorts;
import dev.parley.interop.NeedsPeer;
import dev.parley.interop.Peer;
import dev.parley.interop.PeerProcess;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** Several servers, clients that bind, servers that connect, and libzmq's proxy, with zerorpc of Python and Node. */
@Timeout(120)
@NeedsPeer({Peer.ZERORPC_PYTHON, Peer.ZERORPC_NODE, Peer.PYZMQ})
class ZerorpcEndpointsTest {
    private static final String PYTHON_CLIENT = "zerorpc_client.py";
    private static final String PYTHON_SERVER = "zerorpc_server.py";
    private static final String NODE_CLIENT = "zerorpc_client.js";
    private static final String NODE_SERVER = "zerorpc_server.js";

    private final PeerProcess proxy = PeerProcess.start(Peer.PYZMQ, "zmq_proxy.py");
    private final String front;
    private final String back;

    ZerorpcEndpointsTest() {
        String[] addresses = proxy.ready().split(" ");
        front = addresses[0];
        back = addresses[1];
    }

    @AfterEach
    void endProxy() {
        proxy.close();
    }

    /** Tells which server it is of. */
    public static class Named {
        private final String name;

        Named(String name) {
            this.name = name;
        }

        public String name() {
            return name;
        }
    }

    private static RpcServer javaServer(String name, String address) {
        return RpcServer.builder()
                .endpoint(new Calculator())
                .endpoint(new Named(name))
                .listen(address)
                .build()
                .start();
    }

    private static PeerProcess python(String program, String... arguments) {
        return PeerProcess.start(Peer.ZERORPC_PYTHON, program, arguments);
    }

    private static PeerProcess node(String program, String... arguments) {
        return PeerProcess.start(Peer.ZERORPC_NODE, program, arguments);
    }

    private static String freeAddress() {
        return "tcp://127.0.0.1:" + FreePorts.take();
    }

    private static List<Integer> numbers(int count) {
        return IntStream.range(0, count).boxed().toList();
    }

    private static void callsAndStreams(RpcClient client) {
        assertThat(client.call("add", int.class, 2, 3)).isEqualTo(5);
        try (Stream<Integer> items = client.stream("range", Integer.class, 0, 1000)) {
            assertThat(items).containsExactlyElementsOf(numbers(1000));
        }
    }

    private static void callsAndStreams(PeerProcess client) {
        assertThat(client.call("add", 2, 3).path("ok").asInt()).isEqualTo(5);
        JsonNode items = client.call("range", 0, 1000);
        assertThat(items.path("ok")).as("the response %s", items).hasSize(1000);
        assertThat(client.call("nosuch").at("/error/name").asString()).isEqualTo("NameError");
    }

    @Test
    void javaCallsSeveralPythonServersInTurn() {
        try (PeerProcess one = python(PYTHON_SERVER);
                PeerProcess two = node(NODE_SERVER)) {
            String address = one.ready() + "," + two.ready().substring("tcp://".length());
            try (RpcClient client = RpcClient.connect(address)) {
                for (int i = 0; i < 6; i++) {
                    callsAndStreams(client);
                }
                one.handle().destroyForcibly();
                // Whatever was sent to the server that ended fails; the rest goes to the other one.
                int succeeded = 0;
                while (succeeded < 6) {
                    succeeded += client.callAsync("add", int.class, 1, 1)
                            .handle((sum, error) -> error == null ? 1 : 0)
                            .join();
                }
            }
        }
    }

    @Test
    void pythonAndNodeServersConnectToAJavaClient() {
        String address = freeAddress();
        for (Peer peer : List.of(Peer.ZERORPC_PYTHON, Peer.ZERORPC_NODE)) {
            String program = peer == Peer.ZERORPC_PYTHON ? PYTHON_SERVER : NODE_SERVER;
            try (RpcClient client = RpcClient.connect(address + "?bind=true");
                    PeerProcess server = PeerProcess.start(peer, program, address, "--connect")) {
                server.ready();
                callsAndStreams(client);
            }
        }
    }

    @Test
    void aJavaServerConnectsToPythonAndNodeClients() {
        String address = freeAddress();
        try (PeerProcess client = python(PYTHON_CLIENT, address, "--bind");
                RpcServer server = javaServer("a", address + "?connect=true")) {
            callsAndStreams(client);
            assertThat(server.isReady()).isTrue();
        }
        String other = freeAddress();
        try (PeerProcess client = node(NODE_CLIENT, other, "--bind");
                RpcServer server = javaServer("a", other + "?connect=true")) {
            callsAndStreams(client);
            assertThat(server.isReady()).isTrue();
        }
    }

    @Test
    void javaCallsJavaThroughAProxy() throws Exception {
        String options = "?heartbeat=0.3&window=10";
        try (RpcServer server = javaServer("a", back + options + "&connect=true");
                RpcClient client = RpcClient.connect(front + options)) {
            callsAndStreams(client);
            // Long enough to be lost without heartbeats.
            CompletableFuture<String> slow = client.callAsync("sleep", String.class, 2);
            callsAndStreams(client);
            assertThat(slow.get(30, TimeUnit.SECONDS)).isEqualTo("slept");
            assertThat(server.isReady()).isTrue();
        }
    }

    @Test
    void pythonAndNodeCallJavaThroughAProxy() {
        try (RpcServer server = javaServer("a", back + "?connect=true&heartbeat=1.5");
                PeerProcess python = python(PYTHON_CLIENT, front, "--heartbeat", "1.5");
                PeerProcess node = node(NODE_CLIENT, front)) {
            // Long enough to be lost without heartbeats. Node's come every five seconds: it must not pause for three.
            python.send(Map.of("method", "sleep", "args", List.of(4)));
            callsAndStreams(node);
            assertThat(python.json().path("ok").asString()).isEqualTo("slept");
            callsAndStreams(python);
            assertThat(server.isReady()).isTrue();
        }
    }

    @Test
    void javaCallsPythonThroughAProxy() {
        try (PeerProcess server = python(PYTHON_SERVER, back, "--connect");
                RpcClient client = RpcClient.connect(front)) {
            server.ready();
            callsAndStreams(client);
        }
    }

    @Test
    void javaCallsNodeThroughAProxy() {
        try (PeerProcess server = node(NODE_SERVER, back, "--connect");
                RpcClient client = RpcClient.connect(front)) {
            server.ready();
            callsAndStreams(client);
        }
    }

    @Test
    void aProxySpreadsCallsOverServers() {
        try (RpcServer a = javaServer("a", back + "?connect=true");
                RpcServer b = javaServer("b", back + "?connect=true");
                RpcClient client = RpcClient.connect(front);
                PeerProcess python = python(PYTHON_CLIENT, front)) {
            Set<String> seen = new HashSet<>();
            while (seen.size() < 2) {
                seen.add(client.call("name", String.class));
            }
            Set<JsonNode> seenByPython = new HashSet<>();
            while (seenByPython.size() < 2) {
                seenByPython.add(python.call("name").path("ok"));
            }
            assertThat(a.isReady()).isTrue();
            assertThat(b.isReady()).isTrue();
        }
    }
}
