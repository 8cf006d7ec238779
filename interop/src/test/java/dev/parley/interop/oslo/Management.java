package dev.parley.interop.oslo;

import dev.parley.interop.FreePorts;
import dev.parley.interop.PeerProcess;
import dev.parley.interop.RabbitMq;
import dev.parley.interop.RabbitMqVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A RabbitMQ node with its management API, by which a test makes virtual hosts and reads back what was declared on
 * them.
 */
final class Management implements AutoCloseable {
    private static final JsonMapper JSON = new JsonMapper();

    private static final String GUEST =
            "Basic " + Base64.getEncoder().encodeToString("guest:guest".getBytes(StandardCharsets.US_ASCII));

    /** The API takes an offer of HTTP/2 badly. */
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final int port = FreePorts.take();
    private final RabbitMq rabbit;

    Management() {
        this(RabbitMqVersion.USUAL);
    }

    Management(RabbitMqVersion version) {
        rabbit = RabbitMq.start(version, """
            management.tcp.ip = 127.0.0.1
            management.tcp.port = %d
            """.formatted(port), "rabbitmq_management");
        awaitApi();
    }

    /** It comes up a moment after the broker. */
    private void awaitApi() {
        long end = System.nanoTime() + PeerProcess.PATIENCE.toNanos();
        while (true) {
            try {
                send("GET", "whoami", "");
                return;
            } catch (UncheckedIOException e) {
                if (System.nanoTime() > end) {
                    close();
                    throw e;
                }
                LockSupport.parkNanos(50_000_000);
            }
        }
    }

    RabbitMq rabbit() {
        return rabbit;
    }

    /** Where the API is. */
    URI uri() {
        return URI.create("http://127.0.0.1:" + port);
    }

    /** Sets a policy for queues of a virtual host; the definition is JSON. */
    void policy(String virtualHost, String name, String pattern, String definition) {
        send("PUT", "policies/" + virtualHost + "/" + name, """
                {"pattern": "%s", "apply-to": "queues", "definition": %s}
                """.formatted(pattern, definition));
    }

    /** Makes a virtual host and returns its transport URL, to which options can be appended. */
    String virtualHost(String name) {
        send("PUT", "vhosts/" + name, "{}");
        send("PUT", "permissions/" + name + "/guest", "{\"configure\": \".*\", \"write\": \".*\", \"read\": \".*\"}");
        return rabbit.transportUrl() + name;
    }

    /**
     * Everything declared on a virtual host, a line each: exchanges, queues, bindings and consumers, with all their
     * attributes.
     */
    List<String> everything(String virtualHost) {
        return Stream.of(
                        list("exchanges/" + virtualHost)
                                .filter(it -> !it.path("name").asString().matches("(amq\\..*)?"))
                                .map(it ->
                                        "exchange " + words(it, "name", "type", "durable", "auto_delete", "internal")),
                        list("queues/" + virtualHost)
                                .map(it -> "queue " + words(it, "name", "durable", "auto_delete", "exclusive")),
                        list("bindings/" + virtualHost)
                                .filter(it -> !it.path("source").asString().isEmpty())
                                .map(it -> "binding "
                                        + words(it, "source", "routing_key", "destination", "destination_type")),
                        consumers(virtualHost))
                .flatMap(lines -> lines)
                .sorted()
                .toList();
    }

    /** From the broker itself, as the API tells of consumers only every few seconds. */
    private Stream<String> consumers(String virtualHost) {
        String[] columns = {"queue_name", "ack_required", "prefetch_count", "arguments"};
        List<String> command =
                new ArrayList<>(List.of("list_consumers", "--vhost", virtualHost, "--formatter", "json"));
        command.addAll(List.of(columns));
        return JSON.readTree(rabbit.ctl(command.toArray(String[]::new)))
                .valueStream()
                .map(it -> "consumer " + words(it, "queue_name", "ack_required", "prefetch_count"));
    }

    private static String words(JsonNode it, String... names) {
        StringBuilder words = new StringBuilder();
        for (String name : names) {
            JsonNode value = it.path(name);
            words.append(value.isBoolean() ? (value.asBoolean() ? name : "not-" + name) : name + "=" + value.asString())
                    .append(' ');
        }
        Map<String, String> arguments = new TreeMap<>();
        it.path("arguments").forEach(argument -> {
            // A list of names and values in the command's answer.
            if (argument.isArray()) {
                arguments.put(
                        argument.get(0).asString(),
                        argument.get(argument.size() - 1).toString());
            }
        });
        it.path("arguments")
                .propertyStream()
                .forEach(entry -> arguments.put(entry.getKey(), entry.getValue().toString()));
        return words.append(arguments).toString();
    }

    private Stream<JsonNode> list(String what) {
        return JSON.readTree(send("GET", what, "")).valueStream();
    }

    private String send(String method, String path, String body) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/api/" + path))
                .header("Authorization", GUEST)
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build();
        try {
            HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() / 100 != 2) {
                throw new IllegalStateException(method + " " + path + ": " + answer.statusCode() + " " + answer.body());
            }
            return answer.body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        http.close();
        rabbit.close();
    }
}
