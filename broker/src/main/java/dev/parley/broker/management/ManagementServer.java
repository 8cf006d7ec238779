package dev.parley.broker.management;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.parley.broker.EmbeddedBroker;
import dev.parley.broker.auth.User;
import dev.parley.broker.connection.BrokerCore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** RabbitMQ's management API, what tools read of it, and the deletion of queues and exchanges; HTTP basic authentication. Thread-safe. */
public final class ManagementServer implements AutoCloseable {
    private static final JsonFactory JSON = new JsonFactory();

    private final BrokerCore core;
    private final ManagementApi api;
    private final HttpServer http;

    /**
     * Starts.
     *
     * @throws IOException if it cannot listen
     */
    public ManagementServer(EmbeddedBroker broker, BrokerCore core, String host, int port) throws IOException {
        this.core = core;
        this.api = new ManagementApi(broker);
        this.http = HttpServer.create(new InetSocketAddress(host, port), 0);
        http.createContext("/", this::handle);
        http.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        http.start();
    }

    public int port() {
        return http.getAddress().getPort();
    }

    @Override
    public void close() {
        http.stop(0);
    }

    /**
     * What is answered.
     *
     * @param status of HTTP
     * @param body of maps, lists, strings, numbers, booleans and nulls; {@code null} for none
     */
    public record Answer(int status, @Nullable Object body) {
        static Answer ok(Object body) {
            return new Answer(HttpURLConnection.HTTP_OK, body);
        }

        static Answer error(int status, String error, String reason) {
            return new Answer(status, Map.of("error", error, "reason", reason));
        }
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            Answer answer = answer(exchange);
            if (answer.status() == HttpURLConnection.HTTP_UNAUTHORIZED) {
                exchange.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"RabbitMQ Management\"");
            }
            Object body = answer.body();
            if (body == null) {
                exchange.sendResponseHeaders(answer.status(), -1);
            } else {
                byte[] octets = json(body);
                exchange.getResponseHeaders().set("ContentAssembler-Type", "application/json");
                exchange.sendResponseHeaders(answer.status(), octets.length);
                exchange.getResponseBody().write(octets);
            }
        }
    }

    private Answer answer(HttpExchange exchange) {
        User user = user(
                exchange.getRequestHeaders().getFirst("Authorization"),
                exchange.getRemoteAddress().getAddress());
        if (user == null) {
            return Answer.error(HttpURLConnection.HTTP_UNAUTHORIZED, "not_authorised", "Login failed");
        }
        try {
            List<String> parts = Arrays.stream(
                            exchange.getRequestURI().getRawPath().split("/"))
                    .skip(1)
                    .map(part -> URLDecoder.decode(part, StandardCharsets.UTF_8))
                    .toList();
            if (parts.size() < 2 || !parts.get(0).equals("api")) {
                return ManagementApi.notFound();
            }
            return api.answer(
                    exchange.getRequestMethod(),
                    parts.subList(1, parts.size()),
                    conditions(exchange.getRequestURI().getRawQuery()),
                    user);
        } catch (IllegalArgumentException e) {
            return Answer.error(HttpURLConnection.HTTP_BAD_REQUEST, "bad_request", String.valueOf(e.getMessage()));
        }
    }

    /** The parameters that are "true". */
    private static Set<String> conditions(@Nullable String query) {
        return query == null
                ? Set.of()
                : Arrays.stream(query.split("&"))
                        .filter(parameter -> parameter.endsWith("=true"))
                        .map(parameter -> parameter.substring(0, parameter.indexOf('=')))
                        .collect(Collectors.toSet());
    }

    private @Nullable User user(@Nullable String authorization, @Nullable InetAddress from) {
        if (authorization == null || !authorization.startsWith("Basic ")) {
            return null;
        }
        try {
            String[] parts = new String(Base64.getDecoder().decode(authorization.substring(6)), StandardCharsets.UTF_8)
                    .split(":", 2);
            User user = core.user(parts[0]);
            return user != null
                            && (!user.loopbackOnly() || from == null || from.isLoopbackAddress())
                            && parts.length == 2
                            && user.hasPassword(parts[1])
                    ? user
                    : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static byte[] json(Object body) {
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), octets)) {
            write(json, body);
        }
        return octets.toByteArray();
    }

    private static void write(JsonGenerator json, @Nullable Object value) {
        switch (value) {
            case null -> json.writeNull();
            case Boolean truth -> json.writeBoolean(truth);
            case Integer number -> json.writeNumber(number);
            case Long number -> json.writeNumber(number);
            case Number number -> json.writeNumber(number.doubleValue());
            case Map<?, ?> map -> {
                json.writeStartObject();
                map.forEach((key, member) -> {
                    json.writeName(String.valueOf(key));
                    write(json, member);
                });
                json.writeEndObject();
            }
            case List<?> list -> {
                json.writeStartArray();
                list.forEach(item -> write(json, item));
                json.writeEndArray();
            }
            default -> json.writeString(value.toString());
        }
    }
}
