package dev.parley.jsonrpc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.Expose;
import dev.parley.Param;
import dev.parley.RpcServer;
import dev.parley.net.http.Headers;
import dev.parley.net.http.client.HttpClient;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Every example of the specifications of JSON-RPC 2.0 and 1.0, over HTTP and TCP. The texts of error messages are ours;
 * everything else is compared.
 */
class SpecificationTest {
    private static final String PARSE_ERROR = error("-32700", "null");
    private static final String INVALID_REQUEST = error("-32600", "null");
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final BlockingQueue<String> NOTIFIED = new LinkedBlockingQueue<>();

    private static RpcServer server;

    /** The methods of the examples. */
    public static final class Examples {
        public int subtract(int minuend, int subtrahend) {
            return minuend - subtrahend;
        }

        public int sum(int... values) {
            return Arrays.stream(values).sum();
        }

        @Expose("get_data")
        public List<Object> data() {
            return List.of("hello", 5);
        }

        public void update(int... values) {
            NOTIFIED.add("update" + Arrays.toString(values));
        }

        @Expose("notify_hello")
        public void hello(@Param("n") int n) {
            NOTIFIED.add("hello " + n);
        }

        @Expose("notify_sum")
        public void total(int... values) {
            NOTIFIED.add("sum " + sum(values));
        }

        public String echo(String text) {
            return text;
        }

        public int postMessage(String text) {
            return text.isEmpty() ? 0 : 1;
        }

        public void handleMessage(String user, String text) {
            NOTIFIED.add(user + ": " + text);
        }

        public void userLeft(String user) {
            NOTIFIED.add(user + " left");
        }
    }

    /** A request and its response, empty for none. */
    record Example(String request, String response) {}

    @BeforeAll
    static void serve() {
        server = RpcServer.builder()
                .endpoint(new Examples())
                .listen("jsonrpc+http://127.0.0.1:0/")
                .listen("jsonrpc+tcp://127.0.0.1:0")
                .build()
                .start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static String error(String code, String id) {
        return "{\"jsonrpc\": \"2.0\", \"error\": {\"code\": " + code + ", \"message\": \"\"}, \"id\": " + id + "}";
    }

    static Stream<Example> examples() {
        return Stream.of(
                // rpc call with positional parameters
                new Example(
                        "{\"jsonrpc\": \"2.0\", \"method\": \"subtract\", \"params\": [42, 23], \"id\": 1}",
                        "{\"jsonrpc\": \"2.0\", \"result\": 19, \"id\": 1}"),
                new Example(
                        "{\"jsonrpc\": \"2.0\", \"method\": \"subtract\", \"params\": [23, 42], \"id\": 2}",
                        "{\"jsonrpc\": \"2.0\", \"result\": -19, \"id\": 2}"),
                // rpc call with named parameters
                new Example(
                        "{\"jsonrpc\": \"2.0\", \"method\": \"subtract\","
                                + " \"params\": {\"subtrahend\": 23, \"minuend\": 42}, \"id\": 3}",
                        "{\"jsonrpc\": \"2.0\", \"result\": 19, \"id\": 3}"),
                new Example(
                        "{\"jsonrpc\": \"2.0\", \"method\": \"subtract\","
                                + " \"params\": {\"minuend\": 42, \"subtrahend\": 23}, \"id\": 4}",
                        "{\"jsonrpc\": \"2.0\", \"result\": 19, \"id\": 4}"),
                // a Notification
                new Example("{\"jsonrpc\": \"2.0\", \"method\": \"update\", \"params\": [1,2,3,4,5]}", ""),
                new Example("{\"jsonrpc\": \"2.0\", \"method\": \"foobar\"}", ""),
                // rpc call of non-existent method
                new Example("{\"jsonrpc\": \"2.0\", \"method\": \"foobar\", \"id\": \"1\"}", error("-32601", "\"1\"")),
                // rpc call with invalid JSON
                new Example("{\"jsonrpc\": \"2.0\", \"method\": \"foobar, \"params\": \"bar\", \"baz]", PARSE_ERROR),
                // rpc call with invalid Request object
                new Example("{\"jsonrpc\": \"2.0\", \"method\": 1, \"params\": \"bar\"}", INVALID_REQUEST),
                // rpc call Batch, invalid JSON
                new Example("""
                        [
                          {"jsonrpc": "2.0", "method": "sum", "params": [1,2,4], "id": "1"},
                          {"jsonrpc": "2.0", "method"
                        ]""", PARSE_ERROR),
                // rpc call with an empty Array
                new Example("[]", INVALID_REQUEST),
                // rpc call with an invalid Batch (but not empty)
                new Example("[1]", "[" + INVALID_REQUEST + "]"),
                // rpc call with invalid Batch
                new Example("[1,2,3]", "[" + INVALID_REQUEST + ", " + INVALID_REQUEST + ", " + INVALID_REQUEST + "]"),
                // rpc call Batch
                new Example("""
                        [
                            {"jsonrpc": "2.0", "method": "sum", "params": [1,2,4], "id": "1"},
                            {"jsonrpc": "2.0", "method": "notify_hello", "params": [7]},
                            {"jsonrpc": "2.0", "method": "subtract", "params": [42,23], "id": "2"},
                            {"foo": "boo"},
                            {"jsonrpc": "2.0", "method": "foo.get", "params": {"name": "myself"}, "id": "5"},
                            {"jsonrpc": "2.0", "method": "get_data", "id": "9"}
                        ]""", """
                        [
                            {"jsonrpc": "2.0", "result": 7, "id": "1"},
                            {"jsonrpc": "2.0", "result": 19, "id": "2"},
                            %s,
                            %s,
                            {"jsonrpc": "2.0", "result": ["hello", 5], "id": "9"}
                        ]""".formatted(INVALID_REQUEST, error("-32601", "\"5\""))),
                // rpc call Batch (all notifications)
                new Example("""
                        [
                            {"jsonrpc": "2.0", "method": "notify_sum", "params": [1,2,4]},
                            {"jsonrpc": "2.0", "method": "notify_hello", "params": [7]}
                        ]""", ""),
                // JSON-RPC 1.0: echo service
                new Example(
                        "{ \"method\": \"echo\", \"params\": [\"Hello JSON-RPC\"], \"id\": 1}",
                        "{ \"result\": \"Hello JSON-RPC\", \"error\": null, \"id\": 1}"),
                // JSON-RPC 1.0: chat application, whose notifications go either way
                new Example(
                        "{\"method\": \"postMessage\", \"params\": [\"Hello all!\"], \"id\": 99}",
                        "{\"result\": 1, \"error\": null, \"id\": 99}"),
                new Example(
                        "{\"method\": \"handleMessage\", \"params\": [\"user1\", \"we were just talking\"], \"id\": null}",
                        ""),
                new Example(
                        "{\"method\": \"handleMessage\", \"params\": [\"user3\", \"sorry, gotta go now, ttyl\"],"
                                + " \"id\": null}",
                        ""),
                new Example(
                        "{\"method\": \"postMessage\", \"params\": [\"I have a question:\"], \"id\": 101}",
                        "{\"result\": 1, \"error\": null, \"id\": 101}"),
                new Example("{\"method\": \"userLeft\", \"params\": [\"user3\"], \"id\": null}", ""));
    }

    private static void assertResponse(String actual, String expected) {
        if (expected.isEmpty()) {
            assertThat(actual).isEmpty();
        } else {
            assertThat(withoutTexts(JSON.readTree(actual))).isEqualTo(JSON.readTree(expected));
        }
    }

    /** A copy in which each error has an empty message instead of one that says something. */
    private static JsonNode withoutTexts(JsonNode response) {
        List<JsonNode> all = new ArrayList<>();
        if (response.isArray()) {
            response.forEach(all::add);
        } else {
            all.add(response);
        }
        for (JsonNode one : all) {
            if (one.path("error") instanceof ObjectNode error) {
                assertThat(error.path("message").asString()).isNotBlank();
                error.put("message", "");
            }
        }
        return response;
    }

    @ParameterizedTest
    @MethodSource("examples")
    void overHttp(Example example) {
        URI uri = URI.create("http://127.0.0.1:" + server.addresses().getFirst().port(-1) + "/");
        try (HttpClient client = HttpClient.builder(uri).build()) {
            String response = new String(
                    client.post(Headers.empty(), example.request().getBytes(UTF_8), Duration.ofSeconds(30))
                            .body(),
                    UTF_8);
            assertResponse(response, example.response());
        }
    }

    @ParameterizedTest
    @MethodSource("examples")
    void overTcp(Example example) throws Exception {
        int port = server.addresses().getLast().port(-1);
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(30_000);
            BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
            socket.getOutputStream().write((example.request() + "\n").getBytes(UTF_8));
            String response = example.response().isEmpty() ? "" : in.readLine();
            // What comes next is the response to the next request: there is nothing else in between.
            socket.getOutputStream()
                    .write("{\"jsonrpc\": \"2.0\", \"method\": \"get_data\", \"id\": \"next\"}\n".getBytes(UTF_8));
            String next = in.readLine();

            assertResponse(response, example.response());
            assertThat(JSON.readTree(next).path("id").asString()).isEqualTo("next");
        }
    }

    @Test
    void theExamplesNotificationsRun() throws Exception {
        NOTIFIED.clear();
        examples().filter(example -> example.response().isEmpty()).forEach(this::overHttp);
        List<String> ran = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            ran.add(NOTIFIED.poll(30, TimeUnit.SECONDS));
        }
        assertThat(ran)
                .containsExactlyInAnyOrder(
                        "update[1, 2, 3, 4, 5]",
                        "sum 7",
                        "hello 7",
                        "user1: we were just talking",
                        "user3: sorry, gotta go now, ttyl",
                        "user3 left");
    }
}
