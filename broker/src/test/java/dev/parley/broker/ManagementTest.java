package dev.parley.broker;

import static dev.parley.broker.EmbeddedBrokerTest.connect;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@Timeout(120)
class ManagementTest {
    private final EmbeddedBroker broker =
            EmbeddedBroker.builder().managementPort(0).start();

    @AfterEach
    void end() {
        broker.close();
    }

    private record Response(int statusCode, String body) {}

    private Response call(String method, String path, String login) throws Exception {
        return call(method, path, login, "");
    }

    private Response call(String method, String path, String login, String content) throws Exception {
        return call(broker, method, path, login, content);
    }

    private static Response call(EmbeddedBroker broker, String method, String path, String login, String content)
            throws Exception {
        var connection = (HttpURLConnection) URI.create("http://127.0.0.1:" + broker.managementPort() + "/api/" + path)
                .toURL()
                .openConnection();
        connection.setRequestMethod(method);
        connection.setRequestProperty(
                "Authorization", "Basic " + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8)));
        if (!content.isEmpty()) {
            connection.setDoOutput(true);
            connection.getOutputStream().write(content.getBytes(StandardCharsets.UTF_8));
        }
        int status = connection.getResponseCode();
        try (InputStream body = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
            return new Response(status, body == null ? "" : new String(body.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    private JsonNode get(String path) throws Exception {
        Response response = call("GET", path, "guest:guest");
        assertThat(response.statusCode()).isEqualTo(200);
        return new JsonMapper().readTree(response.body());
    }

    @Test
    void listsAndDeletes() throws Exception {
        try (Connection connection = connect(broker)) {
            var channel = connection.createChannel();
            channel.queueDeclare("a queue", false, false, false, Map.of("x-expires", 60_000));
            channel.queueBind("a queue", "amq.topic", "key");
            channel.exchangeDeclare("mine", "fanout");
            channel.basicPublish("", "a queue", null, new byte[3]);
            assertThat(channel.messageCount("a queue")).isEqualTo(1);

            JsonNode overview = get("overview");
            assertThat(overview.at("/rabbitmq_version").asString()).isEqualTo("3.10.8");
            assertThat(overview.at("/object_totals/queues").asInt()).isEqualTo(1);
            assertThat(overview.at("/queue_totals/messages").asInt()).isEqualTo(1);
            JsonNode queue = get("queues").get(0);
            assertThat(queue.at("/name").asString()).isEqualTo("a queue");
            assertThat(queue.at("/arguments/x-expires").asInt()).isEqualTo(60_000);
            assertThat(get("queues/%2F/a%20queue").at("/messages_ready").asInt())
                    .isEqualTo(1);
            assertThat(get("exchanges/%2F/mine").at("/type").asString()).isEqualTo("fanout");
            assertThat(get("bindings").toString()).contains("\"routing_key\":\"key\"");
            assertThat(get("connections").get(0).at("/user_provided_name").asString())
                    .isEqualTo("the test");

            assertThat(call("DELETE", "queues/%2F/a%20queue", "guest:guest").statusCode())
                    .isEqualTo(204);
            assertThat(call("DELETE", "queues/%2F/a%20queue", "guest:guest").statusCode())
                    .isEqualTo(404);
            assertThat(call("DELETE", "exchanges/%2F/mine", "guest:guest").statusCode())
                    .isEqualTo(204);
            assertThat(get("queues").isEmpty()).isTrue();
        }
    }

    /** The status line and headers of the response to a GET of the overview with these header fields. */
    private String raw(String... fields) throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), broker.managementPort())) {
            String head = "GET /api/overview HTTP/1.1\r\nAuthorization: Basic Z3Vlc3Q6Z3Vlc3Q=\r\nConnection: close\r\n"
                    + String.join("\r\n", fields)
                    + "\r\n\r\n";
            socket.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
            String response = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return response.substring(0, response.indexOf("\r\n\r\n"));
        }
    }

    @Test
    void namesTheTypeOfItsResponses() throws Exception {
        assertThat(raw("Host: localhost"))
                .startsWith("HTTP/1.1 200")
                .containsIgnoringCase("\nContent-type: application/json");
    }

    @Test
    void refusesWebPagesOfOthers() throws Exception {
        String own = "127.0.0.1:" + broker.managementPort();
        assertThat(raw("Host: " + own, "Origin: http://" + own)).startsWith("HTTP/1.1 200");
        assertThat(raw("Host: [::1]:1")).startsWith("HTTP/1.1 200");
        assertThat(raw("Host: " + own, "Origin: http://evil.example")).startsWith("HTTP/1.1 403");
        assertThat(raw("Host: " + own, "Origin: http://" + own, "Origin: http://evil.example"))
                .startsWith("HTTP/1.1 403");
        assertThat(raw("Host: evil.example", "Origin: http://evil.example")).startsWith("HTTP/1.1 403");
        assertThat(raw("Host: evil.example:1")).startsWith("HTTP/1.1 403");
    }

    @Test
    void deletesOnCondition() throws Exception {
        try (Connection connection = connect(broker)) {
            var channel = connection.createChannel();
            channel.queueDeclare("used", false, false, false, Map.of());
            channel.exchangeDeclare("bound", "fanout");
            channel.queueBind("used", "bound", "");
            channel.basicPublish("", "used", null, new byte[3]);
            assertThat(channel.messageCount("used")).isEqualTo(1);

            assertRefused("queues/%2F/used?if-empty=true", "queue 'used' in vhost '/' not empty");
            String tag = channel.basicConsume("used", true, (t, delivery) -> {}, t -> {});
            assertRefused("queues/%2F/used?if-unused=true", "queue 'used' in vhost '/' in use");
            assertRefused("exchanges/%2F/bound?if-unused=true", "exchange 'bound' in vhost '/' in use");
            assertThat(broker.queues()).hasSize(1);

            channel.basicCancel(tag);
            assertThat(call("DELETE", "queues/%2F/used?if-unused=true&if-empty=true", "guest:guest")
                            .statusCode())
                    .isEqualTo(204);
            assertThat(call("DELETE", "exchanges/%2F/bound?if-unused=true", "guest:guest")
                            .statusCode())
                    .isEqualTo(204);
        }
    }

    private void assertRefused(String path, String why) throws Exception {
        Response response = call("DELETE", path, "guest:guest");
        assertThat(response.statusCode()).isEqualTo(400);
        JsonNode body = new JsonMapper().readTree(response.body());
        assertThat(body.at("/error").asString()).isEqualTo("bad_request");
        assertThat(body.at("/reason").asString()).isEqualTo(why);
    }

    @Test
    void requiresAuthentication() throws Exception {
        assertThat(call("GET", "queues", "guest:wrong").statusCode()).isEqualTo(401);
        assertThat(call("POST", "queues", "guest:guest").statusCode()).isEqualTo(405);
        assertThat(call("GET", "nonsense", "guest:guest").statusCode()).isEqualTo(404);
        assertThat(call("DELETE", "exchanges/%2F/amq.topic", "guest:guest").statusCode())
                .isEqualTo(401);
    }

    @Test
    void aBodyHasALimit() throws Exception {
        try (EmbeddedBroker small = EmbeddedBroker.builder()
                        .managementPort(0)
                        .managementBodyLimit(100)
                        .start();
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), small.managementPort())) {
            socket.setSoTimeout(30_000);
            String head = String.join(
                    "\r\n",
                    "PUT /api/queues/%2F/q HTTP/1.1",
                    "Host: localhost",
                    "Authorization: Basic Z3Vlc3Q6Z3Vlc3Q=",
                    "Content-Length: 101",
                    "",
                    "");
            socket.getOutputStream().write((head + "x".repeat(101)).getBytes(StandardCharsets.UTF_8));
            String response = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(response).startsWith("HTTP/1.1 413").contains("at most 100 bytes");
            assertThat(small.queues()).isEmpty();
        }
    }

    @Test
    void getsAndSettlesMessages() throws Exception {
        try (Connection connection = connect(broker)) {
            var channel = connection.createChannel();
            channel.queueDeclare("dead", false, false, false, Map.of());
            channel.queueDeclare(
                    "q",
                    false,
                    false,
                    false,
                    Map.of("x-dead-letter-exchange", "", "x-dead-letter-routing-key", "dead"));
            channel.basicPublish("", "q", null, new byte[] {0, (byte) 0xff});
            channel.basicPublish("", "q", null, "\u00e9".getBytes(StandardCharsets.UTF_8));
            assertThat(channel.messageCount("q")).isEqualTo(2);

            JsonNode all = messages("q", 5, "ack_requeue_true");
            assertThat(all.at("/0/payload").asString()).isEqualTo("AP8=");
            assertThat(all.at("/0/payload_encoding").asString()).isEqualTo("base64");
            assertThat(all.at("/1/payload").asString()).isEqualTo("\u00e9");
            assertThat(all.at("/1/payload_bytes").asInt()).isEqualTo(2);
            assertThat(messages("q", 1, "reject_requeue_true")
                            .at("/0/redelivered")
                            .asBoolean())
                    .isTrue();
            assertThat(get("queues/%2F/q").at("/message_bytes_ready").asInt()).isEqualTo(4);
            assertThat(messages("q", 1, "reject_requeue_false")).hasSize(1);
            assertThat(messages("q", 1, "ack_requeue_false")).hasSize(1);
            assertThat(messages("q", 1, "ack_requeue_false")).isEmpty();
            // Those that are rejected for good become dead letters, on an event loop.
            while (channel.messageCount("dead") == 0) {
                Thread.sleep(10);
            }
            assertThat(messages("dead", 2, "ack_requeue_false")).hasSize(1);
            while (broker.counters().memoryBytes() > 0) {
                Thread.sleep(10); // The body of the request counts until its response is written.
            }
        }
    }

    private JsonNode messages(String queue, int count, String ackMode) throws Exception {
        Response response = send(
                "POST",
                "queues/%2F/" + queue + "/get",
                "{\"count\": " + count + ", \"ackmode\": \"" + ackMode + "\", \"encoding\": \"auto\"}");
        assertThat(response.statusCode()).isEqualTo(200);
        return new JsonMapper().readTree(response.body());
    }

    private Response send(String method, String path, String body) throws Exception {
        return call(method, path, "guest:guest", body);
    }

    @Test
    void usersAndVirtualHostsComeAndGo() throws Exception {
        assertThat(send("PUT", "vhosts/mine", "").statusCode()).isEqualTo(201);
        assertThat(send("PUT", "users/ann", "{\"password\": \"secret\", \"tags\": \"\"}")
                        .statusCode())
                .isEqualTo(201);
        assertThat(send("PUT", "permissions/mine/ann", "{\"configure\": \"^a\", \"write\": \".*\", \"read\": \".*\"}")
                        .statusCode())
                .isEqualTo(201);
        assertThat(call("GET", "whoami", "ann:secret").body()).contains("Not management user");
        ConnectionFactory factory = new ConnectionFactory();
        factory.setPort(broker.port());
        factory.setUsername("ann");
        factory.setPassword("secret");
        factory.setVirtualHost("mine");
        factory.setAutomaticRecoveryEnabled(false);
        Connection connection = factory.newConnection();
        var closed = new CompletableFuture<String>();
        connection.addShutdownListener(e -> closed.complete(e.getMessage()));
        connection.createChannel().queueDeclare("a", false, false, false, Map.of());
        assertThat(get("queues/mine/a").at("/name").asString()).isEqualTo("a");
        assertThat(send("DELETE", "vhosts/mine", "").statusCode()).isEqualTo(204);
        assertThat(closed.get(30, TimeUnit.SECONDS)).contains("CONNECTION_FORCED - vhost 'mine' is deleted");
        assertThat(broker.virtualHosts()).containsExactly("/");
        assertThat(broker.queues()).isEmpty();
        assertThat(get("users/ann/permissions")).isEmpty();
        assertThat(send("PUT", "vhosts/mine", "").statusCode()).isEqualTo(201);
        assertThatThrownBy(factory::newConnection)
                .rootCause()
                .hasMessageContaining("NOT_ALLOWED - access to vhost 'mine' refused for user 'ann'");
    }

    @Test
    void whoIsRestrictedCannotChangeThat() throws Exception {
        try (EmbeddedBroker restricting = EmbeddedBroker.builder()
                .user("admin", "for-tests")
                .user("alice", "for-tests")
                .permissions("alice", "/", Permissions.ALL.withConfigure("^a"))
                .managementPort(0)
                .start()) {
            assertThat(call(restricting, "GET", "whoami", "alice:for-tests", "").body())
                    .contains("[\"management\"]");
            String all = "{\"configure\": \".*\", \"write\": \".*\", \"read\": \".*\"}";
            assertThat(call(restricting, "PUT", "permissions/%2F/alice", "alice:for-tests", all)
                            .body())
                    .contains("Not administrator user");
            assertThat(call(restricting, "PUT", "queues/%2F/b", "alice:for-tests", "{}")
                            .statusCode())
                    .isEqualTo(401);
            assertThat(call(restricting, "PUT", "queues/%2F/a", "alice:for-tests", "{}")
                            .statusCode())
                    .isEqualTo(201);
            assertThat(call(restricting, "PUT", "permissions/%2F/alice", "admin:for-tests", all)
                            .statusCode())
                    .isEqualTo(204);
            assertThat(call(restricting, "PUT", "queues/%2F/b", "alice:for-tests", "{}")
                            .statusCode())
                    .isEqualTo(201);
        }
    }

    @Test
    void whatIsNotSupportedIsNotNotFound() throws Exception {
        for (String path :
                List.of("parameters/shovel/%2F/mine", "shovels/vhost/%2F/mine", "vhost-limits/%2F/max-queues")) {
            Response response = call("DELETE", path, "guest:guest");
            assertThat(response.statusCode()).isEqualTo(501);
            assertThat(response.body()).contains("\"not_implemented\"", "RabbitMQ does");
        }
        // RabbitMQ has it since 3.13, and its command rabbitmqadmin asks for it.
        assertThat(call("GET", "deprecated-features", "guest:guest").statusCode())
                .isEqualTo(501);
        assertThat(call("GET", "nodes", "guest:guest").body()).contains("\"being_drained\":false");
    }

    @Test
    void isOffByDefault() {
        try (EmbeddedBroker plain = EmbeddedBroker.builder().start()) {
            assertThatThrownBy(plain::managementPort).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void halfRequestsStarveNobody() throws Exception {
        List<Socket> halves = new ArrayList<>();
        try {
            for (int i = 0; i < 1_000; i++) {
                Socket half = new Socket(InetAddress.getLoopbackAddress(), broker.managementPort());
                halves.add(half);
                half.getOutputStream()
                        .write("GET /api/overview HTTP/1.1\r\nHost: local".getBytes(StandardCharsets.UTF_8));
                if (i % 100 == 99) {
                    assertThat(get("whoami").at("/name").asString()).isEqualTo("guest");
                }
            }
            assertThat(raw("Host: localhost")).startsWith("HTTP/1.1 200");
        } finally {
            for (Socket half : halves) {
                half.close();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "GET /api/overview HTTP/1.1\r\nX: ",
                "GET /api/overview HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n"
            })
    void aRequestHasATotalTime(String beginning) throws Exception {
        try (EmbeddedBroker quick = EmbeddedBroker.builder()
                        .managementPort(0)
                        .managementLimits(10, Duration.ofMillis(500))
                        .start();
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), quick.managementPort())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(beginning.getBytes(StandardCharsets.UTF_8));
            if (!beginning.isEmpty()) {
                assertThatThrownBy(() -> {
                            for (int i = 0; i < 600; i++) {
                                socket.getOutputStream().write('x');
                                Thread.sleep(50);
                            }
                        })
                        .isInstanceOf(IOException.class);
            } else {
                assertThat(socket.getInputStream().read()).isEqualTo(-1);
            }
        }
    }

    @Test
    void aClientThatDoesNotReadItsResponsesIsDisconnected() throws Exception {
        try (EmbeddedBroker quick = EmbeddedBroker.builder()
                        .managementPort(0)
                        .managementLimits(10, Duration.ofMillis(500))
                        .start();
                Connection connection = connect(quick);
                Socket socket = new Socket()) {
            var channel = connection.createChannel();
            for (int i = 0; i < 20_000; i++) {
                channel.queueDeclareNoWait("q" + "x".repeat(200) + i, false, false, false, null);
            }
            assertThat(channel.queueDeclare().getQueue()).isNotEmpty();
            socket.setReceiveBufferSize(4096);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), quick.managementPort()));
            String request = request("bindings", "Connection: close");
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            Thread.sleep(2_000);
            socket.setSoTimeout(30_000);
            long read = 0;
            try {
                read = socket.getInputStream().readAllBytes().length;
            } catch (IOException e) {
                // Reset.
            }
            // Each binding names its queue three times.
            assertThat(read).isLessThan(12_000_000);
        }
    }

    private static String request(String path, String field) {
        String login = "Authorization: Basic Z3Vlc3Q6Z3Vlc3Q=";
        return String.join("\r\n", "GET /api/" + path + " HTTP/1.1", "Host: localhost", login, field, "", "");
    }

    @Test
    void aConnectionServesSeveralRequests() throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), broker.managementPort())) {
            socket.setSoTimeout(30_000);
            var in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            for (int i = 0; i < 3; i++) {
                String request = request("whoami", "Content-Length: 2") + "{}";
                socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
                assertThat(in.readLine()).isEqualTo("HTTP/1.1 200 OK");
                int length = 0;
                for (String line = in.readLine(); !line.isEmpty(); line = in.readLine()) {
                    length = line.startsWith("content-length: ") ? Integer.parseInt(line.substring(16)) : length;
                }
                char[] body = new char[length];
                assertThat(in.read(body)).isEqualTo(length);
                assertThat(new String(body)).contains("guest");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"nonsense\r\n\r\n", "GET /api/%zz HTTP/1.1\r\nAuthorization: Basic Z3Vlc3Q6Z3Vlc3Q=\r\n\r\n"})
    void malformedRequestsAreRefused(String request) throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), broker.managementPort())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            byte[] status = socket.getInputStream().readNBytes(12);
            assertThat(new String(status, StandardCharsets.UTF_8)).isEqualTo("HTTP/1.1 400");
        }
    }
}
