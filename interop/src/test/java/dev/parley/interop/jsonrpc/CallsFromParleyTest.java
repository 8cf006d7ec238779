package dev.parley.interop.jsonrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.Args;
import dev.parley.InvalidArgumentsException;
import dev.parley.MethodNotFoundException;
import dev.parley.RpcClient;
import dev.parley.RpcException;
import dev.parley.interop.NeedsPeer;
import dev.parley.interop.Peer;
import dev.parley.interop.PeerProcess;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A Parley client calls other people's servers. */
@Timeout(120)
class CallsFromParleyTest {
    private static final String SOURCES = Path.of(System.getProperty("basedir", ""), "peers", "python")
            .toAbsolutePath()
            .toString();

    private static void calculates(RpcClient client, String failure) {
        assertThat(client.call("add", int.class, 2, 3)).isEqualTo(5);
        assertThat(client.call("multiply", int.class, 2, 3)).isEqualTo(6);
        assertThat(client.call("subtract", int.class, 2, 3)).isEqualTo(1);
        assertThat(client.call("divide", double.class, 1, 2)).isEqualTo(0.5);
        Map<String, Object> value = Map.of("text", "grüße 🌍", "list", Arrays.asList(1, 2.5, null, true));
        assertThat(client.call("echo", Object.class, value)).isEqualTo(value);
        assertThatThrownBy(() -> client.call("nosuch", int.class, 1)).isInstanceOf(MethodNotFoundException.class);
        assertThatThrownBy(() -> client.call("fail", int.class, "bad thing"))
                .isInstanceOf(RpcException.class)
                .hasMessageContaining(failure);
        client.cast("echo", "cast");
        assertThat(client.call("add", int.class, 1, 1)).isEqualTo(2);
    }

    private static void manyAtOnce(RpcClient client) throws Exception {
        List<CompletableFuture<Integer>> calls = java.util.stream.IntStream.range(0, 50)
                .mapToObj(i -> client.callAsync("add", Integer.class, i, 1))
                .toList();
        for (int i = 0; i < calls.size(); i++) {
            assertThat(calls.get(i).get(60, TimeUnit.SECONDS)).isEqualTo(i + 1);
        }
    }

    private static void python(Peer peer, String failure) throws Exception {
        try (PeerProcess server = PeerProcess.start(peer, "jsonrpc_server.py")) {
            String address = "jsonrpc+" + server.ready();
            try (RpcClient client = RpcClient.connect(address)) {
                calculates(client, failure);
                assertThat(client.call("hello", Object.class)).isNull();
                assertThat(client.call("subtract", int.class, Args.named("y", 5).and("x", 3)))
                        .isEqualTo(2);
                manyAtOnce(client);
            }
            try (RpcClient old = RpcClient.connect(address + "?version=1.0")) {
                assertThat(old.call("add", int.class, 2, 3)).isEqualTo(5);
                assertThat(old.call("hello", Object.class)).isNull();
                assertThatThrownBy(() -> old.call("fail", int.class, "bad thing"))
                        .isInstanceOf(RpcException.class);
                old.cast("echo", "cast");
            }
        }
    }

    @Test
    @NeedsPeer(Peer.JSONRPCLIB)
    void jsonrpclib() throws Exception {
        python(Peer.JSONRPCLIB, "bad thing");
    }

    @Test
    @NeedsPeer(Peer.JSONRPCLIB_PELIX)
    void jsonrpclibPelix() throws Exception {
        // It keeps what failed to itself.
        python(Peer.JSONRPCLIB_PELIX, "Server error");
        try (PeerProcess server = PeerProcess.start(Peer.JSONRPCLIB_PELIX, "jsonrpc_server.py");
                RpcClient client = RpcClient.connect("jsonrpc+" + server.ready())) {
            assertThatThrownBy(() -> client.call("add", int.class, 1)).isInstanceOf(InvalidArgumentsException.class);
        }
    }

    @Test
    @NeedsPeer(Peer.JAYSON)
    void jayson() throws Exception {
        for (String kind : List.of("http", "tcp")) {
            try (PeerProcess server = PeerProcess.start(Peer.JAYSON, "jayson_server.js", "0", kind);
                    RpcClient client = RpcClient.connect("jsonrpc+" + server.ready())) {
                calculates(client, "bad thing");
                manyAtOnce(client);
            }
        }
    }

    /** Its server leaves version and id out of errors that it makes itself. */
    @Test
    @NeedsPeer(Peer.JSONRPC_PERL)
    void perl() throws Exception {
        try (PeerProcess server = PeerProcess.start(Peer.JSONRPC_PERL, "jsonrpc_server.pl");
                RpcClient client = RpcClient.connect("jsonrpc+" + server.ready())) {
            calculates(client, "bad thing");
            assertThat(client.call("hello", Object.class)).isNull();
            assertThat(client.call("subtract", int.class, Args.named("y", 5).and("x", 3)))
                    .isEqualTo(2);
            manyAtOnce(client);
        }
    }

    /** What they say of themselves: names with help, where signatures are not supported. */
    @Test
    @NeedsPeer(Peer.JSONRPCLIB_PELIX)
    void jsonrpclibPelixDescribesItself() {
        String script = """
                import sys
                from jsonrpclib.SimpleJSONRPCServer import SimpleJSONRPCServer
                from peer import ready
                def add(x, y):
                    "Adds two numbers."
                    return x + y
                server = SimpleJSONRPCServer(("127.0.0.1", 0), logRequests=False)
                server.register_introspection_functions()
                server.register_function(add)
                ready("http://127.0.0.1:%d/" % server.server_address[1])
                server.serve_forever()
                """;
        try (PeerProcess server = PeerProcess.start(
                        Peer.JSONRPCLIB_PELIX,
                        "-c",
                        "import sys; sys.path.insert(0, sys.argv[1])\n" + script,
                        SOURCES);
                RpcClient client = RpcClient.connect("jsonrpc+" + server.ready())) {
            assertThat(client.describe().methods())
                    .extracting(method -> method.signature() + " " + method.doc())
                    .containsExactly("add(…) Adds two numbers.");
        }
    }
}
