package dev.parley.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.MethodNotFoundException;
import dev.parley.RpcBatch;
import dev.parley.RpcClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.opentest4j.TestAbortedException;

/**
 * Parley as a neighbor of small servers, most of which serve one connection at a time and queue five: nobody is shut
 * out, no call is lost.
 */
@Timeout(180)
class SmallServersTest {
    /** A server program and the scheme of its wire. */
    record Small(Peer peer, String scheme, String program, List<String> arguments) {
        Small(Peer peer, String scheme, String program, String... arguments) {
            this(peer, scheme, program, List.of(arguments));
        }

        PeerProcess start() {
            if (NeedsPeer.Condition.evaluate(peer).isDisabled()) {
                throw new TestAbortedException(peer + " is not installed");
            }
            return PeerProcess.start(peer, program, arguments.toArray(String[]::new));
        }

        RpcClient connect(PeerProcess server) {
            return RpcClient.builder(address(server))
                    .timeout(Duration.ofSeconds(60))
                    .build();
        }

        /** PHP serves both wires, each at a path of its own. */
        String address(PeerProcess server) {
            String path = peer != Peer.PHP ? "" : scheme.equals("xmlrpc+") ? "/RPC2" : "/jsonrpc";
            return scheme + server.ready() + path;
        }

        @Override
        public String toString() {
            return peer + " " + scheme + " " + program + " " + String.join(" ", arguments);
        }
    }

    static Stream<Small> servers() {
        return Stream.of(
                new Small(Peer.PYTHON, "xmlrpc+", "xmlrpc_small.py", "HTTP/1.0"),
                new Small(Peer.PYTHON, "xmlrpc+", "xmlrpc_small.py", "HTTP/1.1"),
                new Small(Peer.JSONRPCLIB_PELIX, "jsonrpc+", "jsonrpc_small.py", "HTTP/1.0"),
                new Small(Peer.JSONRPCLIB_PELIX, "jsonrpc+", "jsonrpc_small.py", "HTTP/1.1"),
                new Small(Peer.XMLRPC_RUBY, "xmlrpc+", "xmlrpc_server.rb"),
                new Small(Peer.XMLRPC_PERL, "xmlrpc+", "xmlrpc_server.pl"),
                new Small(Peer.XMLRPC_C, "xmlrpc+", "xmlrpc_server"),
                new Small(Peer.PHP, "xmlrpc+", "server.php"),
                new Small(Peer.PHP, "jsonrpc+", "server.php"));
    }

    @ParameterizedTest
    @MethodSource("servers")
    void twoHundredCallsAtOnce(Small small) {
        try (PeerProcess server = small.start();
                RpcClient client = small.connect(server)) {
            burst(client, 200);
            burst(client, 20);
        }
    }

    @ParameterizedTest
    @MethodSource("servers")
    void twoCallsAtOnceAgainAndAgain(Small small) {
        try (PeerProcess server = small.start();
                RpcClient client = small.connect(server)) {
            for (int i = 0; i < 5; i++) {
                burst(client, 2);
            }
        }
    }

    /** Each client keeps its connection for a while after its call; the others get their turn all the same. */
    @ParameterizedTest
    @MethodSource("servers")
    void severalClients(Small small) {
        try (PeerProcess server = small.start()) {
            String address = small.address(server);
            try (RpcClient first = RpcClient.connect(address);
                    RpcClient second = RpcClient.connect(address)) {
                for (int i = 0; i < 2; i++) {
                    assertThat(first.call("add", int.class, i, 1)).isEqualTo(i + 1);
                    assertThat(second.call("add", int.class, i, 2)).isEqualTo(i + 2);
                }
            }
        }
    }

    /** A client that has called and is idle now does not keep a program of another kind from its call. */
    @Test
    @NeedsPeer(Peer.PYTHON)
    void anotherProgramGetsItsTurn() {
        for (Small small :
                servers().filter(each -> "xmlrpc+".equals(each.scheme())).toList()) {
            try (PeerProcess server = small.start()) {
                String address = small.address(server);
                try (RpcClient client = RpcClient.connect(address);
                        PeerProcess python = PeerProcess.start(
                                Peer.PYTHON, "xmlrpc_client.py", address.substring("xmlrpc+".length()))) {
                    assertThat(client.call("add", int.class, 1, 1)).isEqualTo(2);
                    // Not twice: Python itself keeps its connection, and so the server, until it ends.
                    assertThat(python.call("add", 1, 2).path("ok").asInt())
                            .as(small.toString())
                            .isEqualTo(3);
                }
            } catch (TestAbortedException e) {
                // This one is not installed; the others are tested all the same.
            }
        }
    }

    static Stream<Small> serversOfPython() {
        return servers().filter(small -> small.peer() == Peer.PYTHON || small.peer() == Peer.JSONRPCLIB_PELIX);
    }

    @ParameterizedTest
    @MethodSource("serversOfPython")
    void requestsInGzip(Small small) {
        try (PeerProcess server = small.start();
                RpcClient client = RpcClient.connect(small.address(server) + "?gzip_threshold=100")) {
            List<Integer> much = IntStream.range(0, 1000).boxed().toList();
            assertThat(client.call("add", Object.class, much, List.of(7)))
                    .isInstanceOfSatisfying(
                            List.class, sum -> assertThat(sum.size()).isEqualTo(1001));
        }
    }

    private static void burst(RpcClient client, int calls) {
        List<CompletableFuture<Integer>> results = new ArrayList<>();
        for (int i = 0; i < calls; i++) {
            results.add(client.callAsync("add", int.class, i, 1000));
        }
        for (int i = 0; i < calls; i++) {
            assertThat(results.get(i).join()).isEqualTo(i + 1000);
        }
    }

    /** Perl, Ruby and C words for an unknown method, and servers with and without multicall. */
    @Test
    @NeedsPeer({Peer.XMLRPC_RUBY, Peer.XMLRPC_PERL, Peer.XMLRPC_C})
    void unknownMethodsAndBatches() {
        for (Small small : servers().toList()) {
            if ("jsonrpc+".equals(small.scheme()) || small.peer() == Peer.PHP) {
                continue;
            }
            try (PeerProcess server = small.start();
                    RpcClient client = small.connect(server)) {
                assertThatThrownBy(() -> client.call("nosuch", Object.class))
                        .as(small.toString())
                        .isInstanceOf(MethodNotFoundException.class);
                RpcBatch batch = client.batch();
                RpcBatch.Result<Integer> sum = batch.call("add", int.class, 2, 3);
                // The multicall of Perl's server loses all results where one call fails.
                RpcBatch.Result<Object> failed =
                        small.peer() == Peer.XMLRPC_PERL ? null : batch.call("fail", Object.class, "no luck");
                RpcBatch.Result<Integer> more = batch.call("add", int.class, 4, 5);
                batch.send();
                assertThat(sum.error()).as(small.toString()).isNull();
                assertThat(sum.get()).as(small.toString()).isEqualTo(5);
                assertThat(more.get()).as(small.toString()).isEqualTo(9);
                if (failed != null) {
                    assertThat(failed.error()).as(small.toString()).hasMessageContaining("no luck");
                }
            }
        }
    }

    @Test
    @NeedsPeer(Peer.JSONRPCLIB_PELIX)
    void batchesOfJsonRpc() {
        try (PeerProcess server = PeerProcess.start(Peer.JSONRPCLIB_PELIX, "jsonrpc_server.py");
                RpcClient client = RpcClient.connect("jsonrpc+" + server.ready())) {
            RpcBatch batch = client.batch();
            RpcBatch.Result<Integer> sum = batch.call("add", int.class, 2, 3);
            RpcBatch.Result<Object> unknown = batch.call("nosuch", Object.class);
            RpcBatch.Result<Object> echo = batch.call("echo", Object.class, Map.of("a", List.of(1)));
            batch.send();
            assertThat(sum.get()).isEqualTo(5);
            assertThat(unknown.error()).isInstanceOf(MethodNotFoundException.class);
            assertThat(echo.get()).isEqualTo(Map.of("a", List.of(1)));
        }
    }
}
