package dev.parley.interop.broker;

import dev.parley.interop.PeerProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/** Calls a management API. Thread-safe. */
final class ManagementClient implements AutoCloseable {
    static final JsonMapper JSON = new JsonMapper();

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final int port;

    ManagementClient(int port) {
        this.port = port;
    }

    /** A response; the body is missing if there is none. */
    record Answer(int status, String location, JsonNode body) {}

    /** Calls as guest. */
    Answer call(String method, String path, String body) throws Exception {
        return call("guest:guest", method, path, body);
    }

    Answer call(String login, String method, String path, String body) throws Exception {
        String authorization = Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8));
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/api/" + path))
                .header("Authorization", "Basic " + authorization)
                .header("Content-Type", "application/json")
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        HttpResponse<String> response = http.send(request.build(), BodyHandlers.ofString());
        return new Answer(
                response.statusCode(),
                response.headers().firstValue("location").orElse(""),
                response.body().isEmpty() ? MissingNode.getInstance() : JSON.readTree(response.body()));
    }

    JsonNode get(String path) throws Exception {
        return call("GET", path, "").body();
    }

    /** Gets until the answer is as wanted: RabbitMQ collects its statistics now and then. */
    JsonNode await(String path, Predicate<JsonNode> wanted) throws Exception {
        long end = System.nanoTime() + PeerProcess.PATIENCE.toNanos();
        while (true) {
            try {
                JsonNode found = get(path);
                if (wanted.test(found)) {
                    return found;
                }
                if (System.nanoTime() > end) {
                    throw new AssertionError(path + " remained " + found);
                }
            } catch (IOException e) {
                if (System.nanoTime() > end) {
                    throw e;
                }
            }
            LockSupport.parkNanos(100_000_000);
        }
    }

    @Override
    public void close() {
        http.close();
    }
}
