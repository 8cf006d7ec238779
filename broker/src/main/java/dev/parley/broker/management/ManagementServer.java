package dev.parley.broker.management;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.parley.broker.auth.User;
import dev.parley.broker.connection.BrokerCore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Serves the subset of RabbitMQ's management API that tools read, and the deletion of queues and exchanges, over HTTP
 * with basic authentication. Requests are handled on virtual threads. Thread-safe; started and closed once.
 */
public final class ManagementServer implements AutoCloseable {
    private static final JsonFactory JSON = new JsonFactory();

    private final BrokerCore broker;
    private final ManagementApi api;
    private final InetSocketAddress address;
    private final BrowserCheck browsers;
    private volatile @Nullable HttpServer http;

    /**
     * Creates a server that does not listen yet.
     *
     * @param port 0 is a free one
     * @param amqpPort the port that the overview names
     */
    public ManagementServer(BrokerCore broker, String host, int port, int amqpPort) {
        this.broker = broker;
        this.api = new ManagementApi(broker, host, amqpPort);
        this.address = new InetSocketAddress(host, port);
        this.browsers = new BrowserCheck(host, address.getAddress());
    }

    /**
     * Listens.
     *
     * @throws IOException if the address cannot be bound
     */
    public void start() throws IOException {
        HttpServer server = HttpServer.create(address, 0);
        server.createContext("/", this::handle);
        server.setExecutor(
                task -> Thread.ofVirtual().name("parley-broker-management").start(task));
        server.start();
        http = server;
    }

    /** The port it listens on; 0 before {@link #start()}. */
    public int port() {
        HttpServer server = http;
        return server == null ? 0 : server.getAddress().getPort();
    }

    /** Closes the port at once. */
    @Override
    public void close() {
        HttpServer server = http;
        if (server != null) {
            server.stop(0);
        }
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            Response response = respond(exchange);
            if (response.status() == HttpURLConnection.HTTP_UNAUTHORIZED) {
                exchange.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"RabbitMQ Management\"");
            }
            Object body = response.body();
            if (body == null) {
                exchange.sendResponseHeaders(response.status(), -1);
            } else {
                byte[] octets = json(body);
                exchange.getResponseHeaders().set("Content-Type", "application/json");
                exchange.sendResponseHeaders(response.status(), octets.length);
                exchange.getResponseBody().write(octets);
            }
        }
    }

    private Response respond(HttpExchange exchange) {
        String problem = browsers.problem(exchange.getRequestHeaders());
        if (problem != null) {
            return Response.error(HttpURLConnection.HTTP_FORBIDDEN, "forbidden", problem);
        }
        User user = authenticate(exchange);
        if (user == null) {
            return Response.error(HttpURLConnection.HTTP_UNAUTHORIZED, "not_authorised", "Login failed");
        }
        try {
            List<String> parts = Arrays.stream(
                            exchange.getRequestURI().getRawPath().split("/"))
                    .skip(1)
                    .map(part -> URLDecoder.decode(part, StandardCharsets.UTF_8))
                    .toList();
            if (parts.size() < 2 || !parts.get(0).equals("api")) {
                return Response.notFound();
            }
            return api.respond(
                    exchange.getRequestMethod(),
                    parts.subList(1, parts.size()),
                    conditions(exchange.getRequestURI().getRawQuery()),
                    user);
        } catch (IllegalArgumentException e) {
            return Response.error(HttpURLConnection.HTTP_BAD_REQUEST, "bad_request", String.valueOf(e.getMessage()));
        }
    }

    /** The names of the parameters with the value {@code true}. */
    private static Set<String> conditions(@Nullable String query) {
        return query == null
                ? Set.of()
                : Arrays.stream(query.split("&"))
                        .filter(parameter -> parameter.endsWith("=true"))
                        .map(parameter -> parameter.substring(0, parameter.indexOf('=')))
                        .collect(Collectors.toSet());
    }

    private @Nullable User authenticate(HttpExchange exchange) {
        String authorization = exchange.getRequestHeaders().getFirst("Authorization");
        if (authorization == null || !authorization.startsWith("Basic ")) {
            return null;
        }
        try {
            byte[] credentials = Base64.getDecoder().decode(authorization.substring("Basic ".length()));
            String[] parts = new String(credentials, StandardCharsets.UTF_8).split(":", 2);
            return parts.length < 2
                    ? null
                    : broker.users()
                            .authenticate(
                                    parts[0],
                                    parts[1],
                                    exchange.getRemoteAddress().getAddress());
        } catch (IllegalArgumentException e) {
            return null; // Not Base64.
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
