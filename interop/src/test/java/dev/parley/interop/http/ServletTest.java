package dev.parley.interop.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.Limits;
import dev.parley.RemoteException;
import dev.parley.RpcClient;
import dev.parley.RpcHandler;
import dev.parley.RpcServer;
import dev.parley.http.servlet.RpcServlet;
import dev.parley.interop.NeedsPeer;
import dev.parley.interop.Peer;
import dev.parley.interop.PeerProcess;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.zip.GZIPOutputStream;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The servlet in a real Jetty. */
@Timeout(120)
class ServletTest {
    private final RpcServer rpc = RpcServer.builder()
            .endpoint(new Service())
            .limits(Limits.defaults().withMessageBytes(100_000))
            .build();
    private final Server jetty = new Server();
    private String base = "";

    @BeforeEach
    void start() throws Exception {
        ServerConnector connector = new ServerConnector(jetty);
        connector.setHost("127.0.0.1");
        jetty.addConnector(connector);
        ServletContextHandler context = new ServletContextHandler("/app");
        add(context, rpc.handler("jsonrpc:?docs=true"), "/jsonrpc", true);
        add(context, rpc.handler("xmlrpc"), "/RPC2", true);
        add(context, rpc.handler("jsonrpc"), "/blocking", false);
        jetty.setHandler(context);
        jetty.start();
        base = "http://127.0.0.1:" + connector.getLocalPort() + "/app";
    }

    private static void add(ServletContextHandler context, RpcHandler handler, String path, boolean async) {
        ServletHolder holder = new ServletHolder(new RpcServlet(handler));
        holder.setAsyncSupported(async);
        context.addServlet(holder, path);
    }

    @AfterEach
    void stop() throws Exception {
        jetty.stop();
        rpc.close();
    }

    @Test
    void servesParleysClients() {
        for (String address :
                List.of("jsonrpc+" + base + "/jsonrpc", "xmlrpc+" + base + "/RPC2", "jsonrpc+" + base + "/blocking")) {
            try (RpcClient client = RpcClient.connect(address)) {
                assertThat(client.call("add", int.class, 2, 3)).isEqualTo(5);
                assertThat(client.call("echo", String.class, "ü€".repeat(5_000)))
                        .isEqualTo("ü€".repeat(5_000));
                assertThatThrownBy(() -> client.call("fail", String.class, "no"))
                        .isInstanceOf(RemoteException.class)
                        .hasMessage("ValueError: no");
                List<CompletableFuture<Integer>> sums = client.call("add", int.class, 1, 1) == 2
                        ? java.util.stream.IntStream.range(0, 100)
                                .mapToObj(i -> client.callAsync("add", int.class, i, 1))
                                .toList()
                        : List.of();
                assertThat(sums.stream().mapToInt(CompletableFuture::join).sum())
                        .isEqualTo(5_050);
            }
        }
    }

    @Test
    void tellsTheHeaders() throws Exception {
        assertThat(Http.post(base + "/jsonrpc", "{\"id\":1,\"method\":\"who\"}", "X-Shop", "north")
                        .body())
                .contains("- jsonrpc north");
    }

    @Test
    void refusesWhatParleysOwnServerRefuses() throws Exception {
        assertThat(Http.post(base + "/jsonrpc", Http.JSON_ADD, "Origin", "http://evil.example")
                        .statusCode())
                .isEqualTo(403);
        assertThat(Http.post(base + "/jsonrpc", Http.JSON_ADD, "Origin", base.replace("/app", ""))
                        .body())
                .contains("\"result\":5");
        assertThat(Http.post(base + "/jsonrpc", " ".repeat(100_001)).statusCode())
                .isEqualTo(413);
        assertThat(Http.post(base + "/jsonrpc", "x", "Content-Encoding", "br").statusCode())
                .isEqualTo(415);
        var get = Http.get(base + "/RPC2");
        assertThat(get.statusCode()).isEqualTo(405);
        assertThat(get.headers().firstValue("Allow")).hasValue("POST");
        var page = Http.get(base + "/jsonrpc");
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.body()).contains("<h1>Service</h1>");
        assertThat(page.headers().firstValue("Content-Security-Policy").orElse(""))
                .startsWith("default-src 'none'");
    }

    @Test
    void readsGzip() throws Exception {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(body)) {
            gzip.write(Http.JSON_ADD.getBytes(StandardCharsets.UTF_8));
        }
        assertThat(Http.send(Http.request(base + "/jsonrpc", "Content-Encoding", "gzip")
                                .POST(HttpRequest.BodyPublishers.ofByteArray(body.toByteArray())))
                        .body())
                .contains("\"result\":5");
    }

    @Test
    void refusesOtherHandlers() {
        RpcHandler own = new RpcHandler() {
            @Override
            public String contentType() {
                return "text/plain";
            }

            @Override
            public CompletableFuture<byte[]> handle(byte[] request, Caller caller) {
                return CompletableFuture.completedFuture(request);
            }
        };
        assertThatThrownBy(() -> new RpcServlet(own)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    @NeedsPeer(Peer.PYTHON)
    void servesPython() {
        String program = """
                import sys
                from xmlrpc.client import ServerProxy, MultiCall
                proxy = ServerProxy(sys.argv[1])
                calls = MultiCall(proxy)
                calls.add(1, 2)
                calls.greet("you")
                print([proxy.add(2, 3), *calls(), proxy.system.listMethods()[0]], flush=True)
                """;
        try (PeerProcess python = PeerProcess.start(Peer.PYTHON, "-c", program, base + "/RPC2")) {
            assertThat(python.line(line -> line.startsWith("["))).isEqualTo("[5, 3, 'hello you', 'add']");
        }
    }
}
