package dev.parley.interop.zerorpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.RpcClient;
import dev.parley.RpcException;
import dev.parley.RpcServer;
import dev.parley.interop.NeedsPeer;
import dev.parley.interop.Peer;
import dev.parley.interop.PeerProcess;
import dev.parley.zmtp.security.CurveKeyPair;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** zerorpc for Python whose sockets have PLAIN or CURVE set, against ours, both ways. */
@Timeout(120)
@NeedsPeer(Peer.ZERORPC_PYTHON)
class ZerorpcPythonSecurityTest {
    private static final CurveKeyPair SERVER = CurveKeyPair.generate();
    private static final CurveKeyPair CLIENT = CurveKeyPair.generate();

    @TempDir
    private Path folder;

    private Path clients;

    @BeforeEach
    void keys() throws Exception {
        clients = Files.createDirectory(folder.resolve("clients"));
        SERVER.write(folder, "server");
        Files.move(CLIENT.write(clients, "robot"), folder.resolve("robot.key_secret"));
        CurveKeyPair.generate().write(folder, "other");
    }

    private static String json(Map<String, ?> security) {
        return JsonMapper.shared().writeValueAsString(security);
    }

    private static RpcServer javaServer(String address) {
        return RpcServer.builder()
                .endpoint(new Calculator())
                .listen(address)
                .build()
                .start();
    }

    private static PeerProcess pythonClient(RpcServer server, String timeout, Map<String, ?> security) {
        return PeerProcess.start(
                Peer.ZERORPC_PYTHON,
                "zerorpc_client.py",
                "tcp://127.0.0.1:" + server.addresses().getFirst().port(-1),
                "--timeout",
                timeout,
                "--security",
                json(security));
    }

    private void assertPythonCalls(RpcServer server, Map<String, ?> security) {
        try (PeerProcess client = pythonClient(server, "30", security)) {
            assertThat(client.call("add", 2, 3).path("ok").asInt()).isEqualTo(5);
            assertThat(client.call("range", 0, 1_000).path("ok")).hasSize(1_000);
            assertThat(client.call("nonsense").path("error").path("name").asString())
                    .isEqualTo("NameError");
        }
    }

    @Test
    void pythonCallsOurServerByCurve() {
        try (RpcServer server = javaServer("zerorpc+tcp://127.0.0.1:0?key_file=" + folder.resolve("server.key_secret")
                + "&client_keys=" + clients)) {
            String key = SERVER.publicKey().toString();
            assertPythonCalls(
                    server,
                    Map.of(
                            "server_key",
                            key,
                            "key_file",
                            folder.resolve("robot.key_secret").toString()));
            try (PeerProcess stranger = pythonClient(
                    server,
                    "2",
                    Map.of(
                            "server_key",
                            key,
                            "key_file",
                            folder.resolve("other.key_secret").toString()))) {
                assertThat(stranger.call("add", 2, 3).path("error").path("type").asString())
                        .isIn("TimeoutExpired", "LostRemote");
            }
        }
    }

    @Test
    void pythonCallsOurServerByPlain() {
        try (RpcServer server = javaServer("zerorpc+tcp://ann:secret@127.0.0.1:0")) {
            assertPythonCalls(server, Map.of("user", "ann", "password", "secret"));
        }
    }

    @Test
    void ourClientCallsPythonByCurve() {
        try (PeerProcess server = PeerProcess.start(
                Peer.ZERORPC_PYTHON,
                "zerorpc_server.py",
                "--security",
                json(Map.of("key_file", folder.resolve("server.key_secret").toString())))) {
            String bound = server.ready();
            String address = bound + "?server_key=" + SERVER.publicKey().hex();
            try (RpcClient client = RpcClient.connect(address + "&key_file=" + folder.resolve("robot.key_secret"))) {
                assertThat(client.call("add", int.class, 2, 3)).isEqualTo(5);
                List<?> items = client.call("range", List.class, 0, 1_000);
                assertThat(items.equals(IntStream.range(0, 1_000).boxed().toList()))
                        .isTrue();
            }
            try (RpcClient client = RpcClient.connect(address)) {
                assertThat(client.call("add", int.class, 2, 3)).isEqualTo(5);
            }
            String wrong = bound + "?server_key=" + CLIENT.publicKey().hex();
            try (RpcClient client =
                    RpcClient.builder(wrong).timeout(Duration.ofSeconds(20)).build()) {
                assertThatThrownBy(() -> client.call("add", int.class, 2, 3))
                        .isInstanceOf(RpcException.class)
                        .hasMessageContaining("may not have the key");
            }
        }
    }
}
