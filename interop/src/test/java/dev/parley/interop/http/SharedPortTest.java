package dev.parley.interop.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.Address;
import dev.parley.ConnectionLostException;
import dev.parley.InvalidTargetException;
import dev.parley.Limits;
import dev.parley.MethodNotFoundException;
import dev.parley.RpcClient;
import dev.parley.RpcServer;
import dev.parley.ServiceDescription;
import dev.parley.Target;
import dev.parley.interop.FreePorts;
import dev.parley.interop.NeedsPeer;
import dev.parley.interop.Peer;
import dev.parley.interop.PeerProcess;
import dev.parley.spi.CallSource;
import dev.parley.spi.Dispatcher;
import dev.parley.spi.Listener;
import dev.parley.spi.ServedMethod;
import dev.parley.spi.ServerCall;
import dev.parley.spi.ServerContext;
import dev.parley.spi.ValueMapping;
import dev.parley.spi.Wires;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Several protocols and paths on one port. */
@Timeout(120)
class SharedPortTest {
    private final Service service = new Service();

    private RpcServer server(String... addresses) {
        RpcServer.Builder builder = RpcServer.builder().endpoint(service);
        for (String address : addresses) {
            builder.listen(address);
        }
        return builder.build();
    }

    @Test
    void servesBothProtocolsOnOnePort() throws Exception {
        int port = FreePorts.take();
        String xml = "xmlrpc+http://127.0.0.1:" + port + "/RPC2";
        String json = "jsonrpc+http://127.0.0.1:" + port + "/jsonrpc";
        // localhost is the same place as 127.0.0.1.
        String other = "jsonrpc+http://localhost:" + port + "/v1/jsonrpc?paths=/v2,/v3/";
        try (RpcServer server = server(xml, json, other).start()) {
            assertThat(server.addresses().stream().map(Address::toUri))
                    .containsExactly(xml, json, "jsonrpc+http://localhost:" + port + "/v1/jsonrpc");
            for (Address address : server.addresses()) {
                try (RpcClient client = RpcClient.connect(address.toUri())) {
                    assertThat(client.call("add", int.class, 2, 3)).isEqualTo(5);
                }
            }
            String url = "http://127.0.0.1:" + port;
            assertThat(Http.post(url + "/v2", Http.JSON_ADD).body()).contains("\"result\":5");
            assertThat(Http.post(url + "/v3/", Http.JSON_ADD).body()).contains("\"result\":5");
            assertThat(Http.post(url + "/v3", Http.JSON_ADD).statusCode()).isEqualTo(404);
            assertThat(Http.post(url + "/jsonrpc", Http.XML_ADD).body()).contains("-32700");
        }
        try (RpcServer again = server(json, xml).start();
                RpcClient client = RpcClient.connect(xml)) {
            assertThat(again.isReady()).isTrue();
            assertThat(client.call("add", int.class, 2, 3)).isEqualTo(5);
        }
    }

    @Test
    void startsAgainOnTheSamePort() {
        int port = FreePorts.take();
        String xml = "xmlrpc+http://127.0.0.1:" + port;
        try (RpcServer server =
                server(xml, "jsonrpc+http://127.0.0.1:" + port + "/jsonrpc").start()) {
            server.stop();
            server.start();
            try (RpcClient client = RpcClient.connect(xml)) {
                assertThat(client.call("add", int.class, 2, 3)).isEqualTo(5);
            }
        }
    }

    @Test
    void sharesASocketFile(@TempDir Path folder) {
        String file = folder.resolve("rpc.sock").toString();
        String xml = "xmlrpc+unix://" + file + "?path=/RPC2";
        String json = "jsonrpc+unix://" + file + "?path=/jsonrpc";
        try (RpcServer server = server(xml, json).start();
                RpcClient one = RpcClient.connect(xml);
                RpcClient two = RpcClient.connect(json)) {
            assertThat(server.isReady()).isTrue();
            assertThat(one.call("add", int.class, 2, 3)).isEqualTo(5);
            assertThat(two.call("add", int.class, 2, 3)).isEqualTo(5);
        }
    }

    @Test
    void freePortsAreNotShared() {
        try (RpcServer server = server("xmlrpc+http://127.0.0.1:0/RPC2", "jsonrpc+http://127.0.0.1:0/jsonrpc")
                .start()) {
            assertThat(server.addresses().get(0).port(0))
                    .isNotEqualTo(server.addresses().get(1).port(0));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/jsonrpc?idle_timeout=5, '', idle_timeout",
        "/jsonrpc?read_timeout=5, '', read_timeout",
        "/jsonrpc?max_connections=5, '', max_connections",
        "/jsonrpc?access_log=true, '', access_log",
        "/jsonrpc, user:secret@, user and password",
        "/RPC2, '', /RPC2"
    })
    void refusesConflictsByName(String json, String user, String named) {
        int port = FreePorts.take();
        RpcServer server = server(
                "xmlrpc+http://" + user + "127.0.0.1:" + port + "/RPC2", "jsonrpc+http://127.0.0.1:" + port + json);
        assertThatThrownBy(server::start)
                .isInstanceOf(InvalidTargetException.class)
                .hasMessageContaining(named)
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("secret"));
        // Nothing stays bound.
        server("xmlrpc+http://127.0.0.1:" + port).start().close();
    }

    @Test
    void refusesDefaultPathsThatAreTaken() {
        int port = FreePorts.take();
        RpcServer server = server("xmlrpc+http://127.0.0.1:" + port, "jsonrpc+http://127.0.0.1:" + port);
        assertThatThrownBy(server::start)
                .isInstanceOf(InvalidTargetException.class)
                .hasMessageContaining("the path / is served by another address on this port");
    }

    @Test
    void twoServersDoNotShareAPort() {
        int port = FreePorts.take();
        try (RpcServer first = server("xmlrpc+http://127.0.0.1:" + port).start()) {
            assertThat(first.isReady()).isTrue();
            assertThatThrownBy(() ->
                            server("jsonrpc+http://127.0.0.1:" + port + "/j").start())
                    .isInstanceOf(ConnectionLostException.class);
        }
    }

    @Test
    void oneListenerStopsWithoutTheOthers() throws Exception {
        int port = FreePorts.take();
        ServerContext context = context();
        Listener xml = listen("xmlrpc+http://127.0.0.1:" + port + "/RPC2", context);
        Listener json = listen("jsonrpc+http://127.0.0.1:" + port + "/jsonrpc", context);
        String url = "http://127.0.0.1:" + port;
        assertThat(Http.post(url + "/RPC2", Http.XML_ADD).body()).contains("-32601");
        xml.stop();
        assertThat(Http.post(url + "/RPC2", Http.XML_ADD).statusCode()).isEqualTo(503);
        assertThat(Http.post(url + "/jsonrpc", Http.JSON_ADD).body()).contains("-32601");
        xml.reset();
        xml.close();
        xml.close();
        assertThat(Http.post(url + "/jsonrpc", Http.JSON_ADD).body()).contains("-32601");
        json.close();
        listen("xmlrpc+http://127.0.0.1:" + port, context()).close();
    }

    @Test
    void webSocketSharesThePort() throws Exception {
        int port = FreePorts.take();
        String xml = "xmlrpc+http://127.0.0.1:" + port + "/RPC2";
        String socket = "jsonrpc+ws://127.0.0.1:" + port + "/ws?paths=/live";
        try (RpcServer server = server(xml, socket).start()) {
            for (String address :
                    List.of(xml, server.addresses().getLast().toUri(), "ws://127.0.0.1:" + port + "/live")) {
                try (RpcClient client = RpcClient.connect(address)) {
                    assertThat(client.call("add", int.class, 2, 3)).isEqualTo(5);
                }
            }
        }
        ServerContext context = context();
        Listener http = listen(xml, context);
        Listener live = listen("jsonrpc+ws://127.0.0.1:" + port + "/ws", context);
        try (RpcClient client = RpcClient.connect("ws://127.0.0.1:" + port + "/ws")) {
            CountDownLatch ended = new CountDownLatch(1);
            client.onDisconnect(ended::countDown);
            assertThatThrownBy(() -> client.call("add", int.class, 2, 3)).isInstanceOf(MethodNotFoundException.class);
            live.stop();
            // The connections of the listener end with it, those of the others do not.
            assertThat(ended.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(Http.post("http://127.0.0.1:" + port + "/RPC2", Http.XML_ADD)
                            .body())
                    .contains("-32601");
        }
        live.close();
        http.close();
    }

    private static Listener listen(String address, ServerContext context) {
        Wires.Resolved wire = Wires.resolve(Address.parse(address), Target.none());
        return wire.wire().listen(wire.address(), Target.none(), context);
    }

    /** Of a server that has no methods. */
    private static ServerContext context() {
        Dispatcher none = new Dispatcher() {
            @Override
            public CallSource source(Runnable resume) {
                return soleSource(resume);
            }

            @Override
            public CallSource soleSource(Runnable resume) {
                return new CallSource() {
                    @Override
                    public boolean dispatch(ServerCall call) {
                        call.fail(new MethodNotFoundException("no method"));
                        return true;
                    }

                    @Override
                    public void keepsCalls(boolean keeps) {}

                    @Override
                    public void refuseNone() {}
                };
            }

            @Override
            public int maxConcurrentCalls() {
                return 1;
            }

            @Override
            public int available() {
                return 1;
            }

            @Override
            public boolean has(String method) {
                return false;
            }

            @Override
            public ServiceDescription describe() {
                return new ServiceDescription("none", List.of());
            }

            @Override
            public List<ServedMethod> methods() {
                return List.of();
            }
        };
        return new ServerContext(none, new ValueMapping(Limits.defaults(), List.of()), null);
    }

    @Test
    void acceptedCallsGetTheirResponseAtStop() throws Exception {
        int port = FreePorts.take();
        RpcServer server = server("xmlrpc+http://127.0.0.1:" + port, "jsonrpc+http://127.0.0.1:" + port + "/jsonrpc")
                .start();
        try (RpcClient xml = RpcClient.connect("xmlrpc+http://127.0.0.1:" + port);
                RpcClient json = RpcClient.connect("jsonrpc+http://127.0.0.1:" + port + "/jsonrpc")) {
            CompletableFuture<String> one = xml.callAsync("wait", String.class);
            assertThat(service.waiting.await(60, TimeUnit.SECONDS)).isTrue();
            server.stop();
            service.released.countDown();
            assertThat(one.get(60, TimeUnit.SECONDS)).isEqualTo("released");
            server.close();
            assertThatThrownBy(() -> json.call("add", int.class, 2, 3)).isInstanceOf(ConnectionLostException.class);
        }
    }

    @Test
    @NeedsPeer(Peer.PYTHON)
    void pythonCallsBothPathsOfItsOwnServers() {
        int port = FreePorts.take();
        String program = """
                import json, sys, urllib.request
                from xmlrpc.client import ServerProxy
                base = "http://127.0.0.1:" + sys.argv[1]
                sums = [ServerProxy(base + path).add(2, 3) for path in ("", "/RPC2", "/", "/xmlrpc")]
                request = urllib.request.Request(base + "/jsonrpc", b'{"id":1,"method":"add","params":[2,3]}')
                sums.append(json.load(urllib.request.urlopen(request))["result"])
                print(sums, flush=True)
                """;
        try (RpcServer server = server(
                                "xmlrpc+http://127.0.0.1:" + port + "?paths=/xmlrpc",
                                "jsonrpc+http://127.0.0.1:" + port + "/jsonrpc")
                        .start();
                PeerProcess python = PeerProcess.start(Peer.PYTHON, "-c", program, String.valueOf(port))) {
            assertThat(server.isReady()).isTrue();
            assertThat(python.line(line -> line.startsWith("["))).isEqualTo("[5, 5, 5, 5, 5]");
        }
    }
}
