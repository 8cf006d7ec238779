package dev.parley.interop.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.InvalidTargetException;
import dev.parley.Limits;
import dev.parley.RpcHandler;
import dev.parley.RpcServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests without a socket. */
@Timeout(120)
class HandlerTest {
    private final Service service = new Service();

    private RpcServer server() {
        return RpcServer.builder().endpoint(service).build();
    }

    private static String handle(RpcHandler handler, String request) {
        return new String(handler.handle(request.getBytes(UTF_8)), UTF_8);
    }

    @Test
    void handlesBothProtocols() {
        RpcServer server = server();
        RpcHandler json = server.handler("jsonrpc");
        assertThat(json.contentType()).isEqualTo("application/json");
        assertThat(handle(json, Http.JSON_ADD)).isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":5}");
        assertThat(handle(json, "{\"jsonrpc\": \"2.0\", \"method\": \"add\", \"params\": [2, 3]}"))
                .isEmpty();
        assertThat(handle(json, "[" + Http.JSON_ADD + "," + Http.JSON_ADD.replace("add", "sub") + "]"))
                .contains("\"result\":5")
                .contains("-32601");
        assertThat(handle(json, "nonsense")).contains("-32700");
        assertThat(handle(json, "")).contains("-32700");

        RpcHandler xml = server.handler("xmlrpc");
        assertThat(xml.contentType()).isEqualTo("text/xml");
        assertThat(handle(xml, Http.XML_ADD)).contains("<int>5</int>");
        assertThat(handle(xml, Http.xml("fail", "<param><value>no</value></param>")))
                .contains("ValueError: no");
        assertThat(handle(xml, "nonsense")).contains("<fault>");
        assertThat(handle(
                        xml,
                        Http.xml(
                                "system.multicall",
                                "<param><value><array><data><value><struct>"
                                        + "<member><name>methodName</name><value>greet</value></member>"
                                        + "<member><name>params</name>"
                                        + "<value><array><data><value>you</value></data></array></value></member>"
                                        + "</struct></value></data></array></value></param>")))
                .contains("hello you");
    }

    @Test
    void readsOptionsOfTheWire() {
        RpcServer server = server();
        assertThat(handle(
                        server.handler("xmlrpc:?faults=python"), Http.xml("fail", "<param><value>no</value></param>")))
                .contains("&lt;class 'ValueError'&gt;:no");
        assertThatThrownBy(() -> server.handler("jsonrpc:?faults=python"))
                .isInstanceOf(InvalidTargetException.class)
                .hasMessageContaining("unknown option 'faults'");
        assertThatThrownBy(() -> server.handler("jsonrpc:?max_connections=5"))
                .isInstanceOf(InvalidTargetException.class)
                .hasMessageContaining("max_connections");
    }

    @ParameterizedTest
    @ValueSource(strings = {"zerorpc", "nonsense", "jsonrpc+tcp"})
    void refusesOtherProtocols(String protocol) {
        assertThatThrownBy(() -> server().handler(protocol))
                .isInstanceOf(InvalidTargetException.class)
                .hasMessageContaining(protocol);
    }

    @Test
    void tellsWhoCalls() throws Exception {
        RpcHandler.Caller caller = RpcHandler.Caller.unknown()
                .withRemoteAddress("10.0.0.1:99")
                .withPrincipal(() -> "alice")
                .withMetadata(Map.of("X-Shop", "north"));
        byte[] response = server().handler("jsonrpc")
                .handle("{\"id\":1,\"method\":\"who\"}".getBytes(UTF_8), caller)
                .get(60, TimeUnit.SECONDS);
        assertThat(new String(response, UTF_8)).contains("alice jsonrpc north");
    }

    @Test
    void limitsMessages() {
        RpcHandler handler = RpcServer.builder()
                .endpoint(service)
                .limits(Limits.defaults().withMessageBytes(2_000))
                .build()
                .handler("jsonrpc");
        assertThat(handle(handler, Http.JSON_ADD)).contains("5");
        assertThatThrownBy(() -> handler.handle(new byte[2_001]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2001 bytes");
    }

    @Test
    void manyThreadsMayUseIt() throws Exception {
        RpcHandler handler = server().handler("xmlrpc");
        List<Future<String>> responses = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            for (int i = 0; i < 500; i++) {
                String number = String.valueOf(i);
                responses.add(threads.submit(() ->
                        handle(handler, Http.xml("echo", "<param><value><int>" + number + "</int></value></param>"))));
            }
        }
        for (int i = 0; i < responses.size(); i++) {
            assertThat(responses.get(i).get()).contains("<int>" + i + "</int>");
        }
    }

    @Test
    void cancellingTheResponseInterruptsTheCall() throws Exception {
        CompletableFuture<byte[]> response = server().handler("jsonrpc")
                .handle("{\"id\":1,\"method\":\"wait\"}".getBytes(UTF_8), RpcHandler.Caller.unknown());
        assertThat(service.waiting.await(60, TimeUnit.SECONDS)).isTrue();
        response.cancel(true);
        assertThat(service.interrupted.await(60, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void interruptingTheThreadInterruptsTheCall() throws Exception {
        RpcHandler handler = server().handler("jsonrpc");
        CompletableFuture<Void> caller = new CompletableFuture<>();
        Thread thread = Thread.ofPlatform().start(() -> {
            try {
                handle(handler, "{\"id\":1,\"method\":\"wait\"}");
                caller.complete(null);
            } catch (CancellationException e) {
                caller.completeExceptionally(
                        new IllegalStateException(Thread.currentThread().isInterrupted() ? "interrupted" : "lost"));
            }
        });
        assertThat(service.waiting.await(60, TimeUnit.SECONDS)).isTrue();
        thread.interrupt();
        assertThat(service.interrupted.await(60, TimeUnit.SECONDS)).isTrue();
        assertThatThrownBy(() -> caller.get(60, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasMessageContaining("interrupted");
    }

    @Test
    void stopsAndStartsWithTheServer() {
        RpcServer server = server();
        RpcHandler handler = server.handler("jsonrpc");
        server.stop();
        assertThat(handle(handler, Http.JSON_ADD)).contains("-32017").contains("the server has stopped");
        server.start();
        assertThat(handle(handler, Http.JSON_ADD)).contains("\"result\":5");
        server.close();
    }
}
