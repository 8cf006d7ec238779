package dev.parley.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The peers themselves: what the install script installs is what the tests know, and it runs. */
class PeersTest {

    @Test
    void installScriptAndTestsKnowTheSamePeers() {
        String install = Peer.sources().resolve("install").toString();
        try (PeerProcess list = PeerProcess.start(Map.of(), List.of(install, "--list"))) {
            assertThat(list.output().lines())
                    .containsExactlyInAnyOrderElementsOf(
                            Arrays.stream(Peer.values()).map(Peer::installedAs).toList());
        }
    }

    @Test
    void installScriptRefusesAVersionThatItDoesNotKnow() {
        String install = Peer.sources().resolve("install").toString();
        try (PeerProcess unknown = PeerProcess.start(Map.of("PARLEY_RABBITMQ_VERSIONS", "4.0,3.7"), List.of(install))) {
            assertThat(unknown.exitCode()).isEqualTo(2);
            assertThat(unknown.errors()).startsWith("unknown peer 'rabbitmq-3.7'; known: rabbitmq rabbitmq-4.0");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "PYTHON, 'import xmlrpc.client, sys; print(sys.version_info >= (3, 11))', True",
        "JSONRPCLIB, 'import jsonrpclib.SimpleJSONRPCServer, importlib.metadata as m; print(m.version(\"jsonrpclib\"))', 0.2.1",
        "JSONRPCLIB_PELIX, 'import jsonrpclib, importlib.metadata as m; print(m.version(\"jsonrpclib-pelix\"))', 1.2.0",
        "ZABBIX_UTILS, 'import zabbix_utils, importlib.metadata as m; print(m.version(\"zabbix-utils\"))', 2.0.4",
        "ZERORPC_PYTHON, 'import zerorpc, importlib.metadata as m; print(m.version(\"zerorpc\"))', 0.6.3",
        "PYTHON_WEBSOCKETS, 'import websocket, websockets; print(websocket.__version__, websockets.__version__)', 1.9.2 17.4",
        "PYZMQ, 'import zmq; print(zmq.__version__)', 27.3.0",
        "PYTHON_AMQP, 'import pika, kombu; print(pika.__version__, kombu.__version__)', 1.4.4 5.7.0",
        "OSLO_MESSAGING, 'import oslo_messaging, importlib.metadata as m; print(m.version(\"oslo.messaging\"))', 18.3.1",
        "OSLO_MESSAGING_KAFKA, 'import confluent_kafka; print(confluent_kafka.__version__)', 2.16.1",
        "OSLO_MESSAGING_14, 'import oslo_messaging, importlib.metadata as m; print(m.version(\"oslo.messaging\"))', 14.0.3",
        "OSLO_MESSAGING_2, 'import importlib.metadata as m; print(m.version(\"oslo.messaging\"))', 2.9.0",
    })
    void pythonPeerRuns(Peer peer, String code, String version) {
        assertRuns(peer, "-c", code, version);
    }

    @ParameterizedTest
    @CsvSource({
        "ZERORPC_NODE, zerorpc, 0.9.8",
        "JAYSON, jayson, 5.0.0",
        "JSON_RPC_2, json-rpc-2.0, 1.8.1",
        "RPC_WEBSOCKETS, rpc-websockets, 10.0.1",
        "XMLRPC_NODE, xmlrpc, 1.3.2",
        "AMQPLIB, amqplib, 2.3.1",
    })
    void nodePeerRuns(Peer peer, String name, String version) {
        String code = """
                require('%1$s');
                const lock = require(process.env.NODE_PATH + '/.package-lock.json');
                console.log(lock.packages['node_modules/%1$s'].version);
                """.formatted(name);
        assertRuns(peer, "-e", code, version);
    }

    private static void assertRuns(Peer peer, String option, String code, String version) {
        NeedsPeer.Condition.assume(peer);
        try (PeerProcess program = PeerProcess.start(peer, option, code)) {
            assertThat(program.output()).isEqualTo(version);
        }
    }

    /** Python servers and clients of one wire with each other: the programs work before ours meet them. */
    @TestFactory
    Stream<DynamicTest> calculatorProgramsAgree() {
        return Stream.of(
                        new Pair(Peer.PYTHON, "xmlrpc_server.py", Peer.PYTHON, "xmlrpc_client.py"),
                        new Pair(Peer.JSONRPCLIB, "jsonrpc_server.py", Peer.JSONRPCLIB, "jsonrpc_client.py"),
                        new Pair(
                                Peer.JSONRPCLIB_PELIX, "jsonrpc_server.py", Peer.JSONRPCLIB_PELIX, "jsonrpc_client.py"),
                        new Pair(Peer.JAYSON, "jayson_server.js", Peer.JAYSON, "jayson_client.js"),
                        new Pair(Peer.XMLRPC_NODE, "xmlrpc_server.js", Peer.XMLRPC_NODE, "xmlrpc_client.js"),
                        new Pair(Peer.ZERORPC_PYTHON, "zerorpc_server.py", Peer.ZERORPC_NODE, "zerorpc_client.js"),
                        new Pair(Peer.ZERORPC_NODE, "zerorpc_server.js", Peer.ZERORPC_PYTHON, "zerorpc_client.py"))
                .map(pair -> DynamicTest.dynamicTest(pair.toString(), pair::check));
    }

    private record Pair(Peer serverPeer, String serverProgram, Peer clientPeer, String clientProgram) {
        void check() {
            NeedsPeer.Condition.assume(serverPeer, clientPeer);
            try (PeerProcess server = PeerProcess.start(serverPeer, serverProgram);
                    PeerProcess client = PeerProcess.start(clientPeer, clientProgram, server.ready())) {
                assertThat(client.call("add", 2, 3).path("ok").asInt()).isEqualTo(5);
                assertThat(client.call("divide", 1, 2).path("ok").asDouble()).isEqualTo(0.5);
                assertThat(client.call("fail", "no luck").has("error")).isTrue();
                assertThat(client.call("multiply", 2, 3).path("ok").asInt()).isEqualTo(6);
            }
        }

        @Override
        public String toString() {
            return clientPeer + " calls " + serverPeer;
        }
    }

    @Test
    @NeedsPeer(Peer.ZERORPC_PYTHON)
    void zerorpcCommandLineServesAndCalls() {
        int port = FreePorts.take();
        String address = "tcp://127.0.0.1:" + port;
        try (PeerProcess server = PeerProcess.startExecutable(
                        Peer.ZERORPC_PYTHON, "zerorpc", "--server", "--bind", address, "time");
                PeerProcess client = PeerProcess.start(
                        Peer.ZERORPC_PYTHON,
                        "zerorpc_command.py",
                        "--client",
                        "--connect",
                        address,
                        "strftime",
                        "%Y/%m/%d")) {
            server.ready(port);
            assertThat(client.output().lines().toList().getLast()).matches("'\\d{4}/\\d\\d/\\d\\d'");
        }
    }

    @Test
    @NeedsPeer(Peer.ZERORPC_PYTHON)
    void zerorpcStreamsAndTellsWhatItOffers() {
        try (PeerProcess server = PeerProcess.start(Peer.ZERORPC_PYTHON, "zerorpc_server.py");
                PeerProcess client = PeerProcess.start(Peer.ZERORPC_PYTHON, "zerorpc_client.py", server.ready())) {
            assertThat(client.call("range", 0, 1000).path("ok")).hasSize(1000);
            assertThat(client.call("_zerorpc_inspect").at("/ok/methods/add").isMissingNode())
                    .isFalse();
            assertThat(client.call("broken_range", 3).at("/error/name").asString())
                    .isEqualTo("ValueError");
        }
    }

    @Test
    @NeedsPeer(Peer.PYZMQ)
    void libzmqRouterEchoes() {
        try (PeerProcess router = PeerProcess.start(Peer.PYZMQ, "zmtp_router.py");
                PeerProcess dealer = PeerProcess.start(Peer.PYZMQ, "zmtp_dealer.py", router.ready())) {
            assertThat(dealer.call(Map.of("parts", List.of("00ff", "", "41")))
                            .path("ok")
                            .toString())
                    .isEqualTo("[\"00ff\",\"\",\"41\"]");
            assertThat(dealer.call(Map.of("size", 1_000_000)).path("ok").asBoolean())
                    .isTrue();
        }
    }

    @Test
    @NeedsPeer(Peer.PYTHON)
    void closingEndsTheProgram() {
        PeerProcess server = PeerProcess.start(Peer.PYTHON, "xmlrpc_server.py");
        server.ready();
        assertThat(server.isAlive()).isTrue();
        server.close();
        assertThat(server.isAlive()).isFalse();
    }

    @Test
    @NeedsPeer(Peer.PYTHON)
    void programThatEndsTooEarlyIsToldWithItsErrors() {
        try (PeerProcess program = PeerProcess.start(Peer.PYTHON, "-c", "raise SystemExit('no such option')")) {
            assertThat(catchThrowable(program::ready))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("ended before")
                    .hasMessageContaining("no such option");
        }
    }
}
