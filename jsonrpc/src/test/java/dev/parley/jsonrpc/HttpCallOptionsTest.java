package dev.parley.jsonrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.CallOptions;
import dev.parley.InvalidTargetException;
import dev.parley.RpcClient;
import dev.parley.http.HttpCallOptions;
import dev.parley.net.http.HttpResponse;
import dev.parley.net.http.server.HttpExchange;
import dev.parley.net.http.server.HttpServer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Header fields, user agent and query of requests. */
@Timeout(60)
class HttpCallOptionsTest {
    private final BlockingQueue<HttpExchange> requests = new LinkedBlockingQueue<>();
    private final HttpServer server =
            HttpServer.builder().handle("/", this::respond).build().start();

    private void respond(HttpExchange exchange) {
        requests.add(exchange);
        exchange.respond(HttpResponse.of(
                200, "application/json", "{\"id\":null,\"result\":5}".getBytes(StandardCharsets.UTF_8)));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private String address(String userInfo, String options) {
        return "jsonrpc+http://" + userInfo + "127.0.0.1:" + server.port() + "/" + options;
    }

    @Test
    void ofClientAndCall() throws Exception {
        try (RpcClient client = RpcClient.builder(address("ann:pw@", "?user_agent=shop/1.0%20(test)"))
                .options(o -> o.with(
                        HttpCallOptions.HEADERS, Map.of("Cookie", "a=1; b=2", "Content-Type", "application/json-rpc")))
                .build()) {
            client.call("m", int.class);
            HttpExchange sent = requests.take();
            assertThat(sent.headers().all("user-agent")).containsExactly("shop/1.0 (test)");
            assertThat(sent.headers().all("cookie")).containsExactly("a=1; b=2");
            assertThat(sent.headers().all("content-type")).containsExactly("application/json-rpc");
            assertThat(sent.header("Authorization")).startsWith("Basic ");
            client.prepare(o ->
                            o.with(HttpCallOptions.HEADERS, Map.of("user-agent", "other", "Authorization", "Key 7")))
                    .call("m", int.class);
            sent = requests.take();
            assertThat(sent.headers().all("user-agent")).containsExactly("other");
            assertThat(sent.headers().all("authorization")).containsExactly("Key 7");
            assertThat(sent.headers().all("content-type")).containsExactly("application/json");
            assertThat(sent.header("Cookie")).isNull();
        }
    }

    @Test
    void optionsOfTheAddress() throws Exception {
        try (RpcClient client = RpcClient.connect(
                address("", "?token=t0k&content_type=application/json-rpc&gzip_threshold=1000&cookies=true"))) {
            client.call("m", int.class, "x".repeat(2000));
            HttpExchange sent = requests.take();
            assertThat(sent.headers().all("authorization")).containsExactly("Bearer t0k");
            assertThat(sent.headers().all("content-type")).containsExactly("application/json-rpc");
            assertThat(sent.header("Content-Encoding")).isEqualTo("gzip");
            assertThat(sent.body()).asString().contains("x".repeat(2000));
            assertThat(sent.header("Accept")).startsWith("application/json");
        }
    }

    @Test
    void aQueryIsSentAndNotShown() throws Exception {
        try (RpcClient client = RpcClient.connect(address("", "?query=key%3Ds3cret%26name%3Da%2520b"))) {
            client.call("m", int.class);
            assertThat(requests.take().query()).isEqualTo("key=s3cret&name=a%20b");
            assertThat(client.toString()).doesNotContain("s3cret");
            server.close();
            assertThatThrownBy(() -> client.call("m", int.class)).hasMessageNotContaining("s3cret");
        }
        assertThatThrownBy(() -> RpcClient.connect(address("", "?query=s3cret%20key")))
                .isInstanceOf(InvalidTargetException.class)
                .hasMessageContaining("option query")
                .hasMessageNotContaining("s3cret");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Host", "content-length", "Transfer-Encoding", "Connection", "a b", "x:"})
    void fieldsThatCannotBeSet(String name) {
        CallOptions options = CallOptions.defaults();
        assertThatThrownBy(() -> options.with(HttpCallOptions.HEADERS, Map.of(name, "1")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(name);
        assertThatThrownBy(() -> options.with(HttpCallOptions.HEADERS, Map.of("X", "a\r\nb")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void otherWiresRefuseThem() {
        assertThatThrownBy(() -> RpcClient.builder("jsonrpc+tcp://127.0.0.1:1")
                        .options(o -> o.with(HttpCallOptions.HEADERS, Map.of("X", "1")))
                        .build())
                .isInstanceOf(InvalidTargetException.class)
                .hasMessageContaining("headers");
    }
}
