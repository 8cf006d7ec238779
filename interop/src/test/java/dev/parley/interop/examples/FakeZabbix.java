package dev.parley.interop.examples;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Answers as the API of a Zabbix version does, and refuses what that version refuses. Thread-safe. */
final class FakeZabbix implements AutoCloseable {
    static final String TOKEN = "f".repeat(64);

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Set<String> PUBLIC =
            Set.of("apiinfo.version", "user.login", "user.checkauthentication", "settings.getglobal");
    private static final Set<String> CONTENT_TYPES =
            Set.of("application/json-rpc", "application/json", "application/jsonrequest");

    /** An error as the API has it. */
    private static final class Refusal extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final int code;
        private final String kind;

        Refusal(int code, String kind, String data) {
            super(data);
            this.code = code;
            this.kind = kind;
        }

        static Refusal params(String data) {
            return new Refusal(-32602, "Invalid params.", data);
        }
    }

    final Queue<JsonNode> requests = new ConcurrentLinkedQueue<>();

    private final ZabbixApi.Version version;
    private final String fullVersion;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Set<String> sessions = ConcurrentHashMap.newKeySet();
    private final AtomicInteger logins = new AtomicInteger();

    FakeZabbix(String fullVersion) throws IOException {
        this.fullVersion = fullVersion;
        this.version = ZabbixApi.Version.parse(fullVersion);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/zabbix/api_jsonrpc.php", this::handle);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/zabbix";
    }

    int logins() {
        return logins.get();
    }

    /** Ends all sessions, as time does. */
    void endSessions() {
        sessions.clear();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String type = String.valueOf(exchange.getRequestHeaders().getFirst("Content-Type"));
            if (!exchange.getRequestMethod().equals("POST") || !CONTENT_TYPES.contains(type.split(";", 2)[0].strip())) {
                exchange.sendResponseHeaders(412, -1);
                return;
            }
            JsonNode request = JSON.readTree(exchange.getRequestBody().readAllBytes());
            requests.add(request);
            Map<String, Object> response = new LinkedHashMap<>();
            response.put("jsonrpc", "2.0");
            try {
                response.put(
                        "result", result(request, exchange.getRequestHeaders().getFirst("Authorization")));
            } catch (Refusal refusal) {
                Map<String, Object> error = new LinkedHashMap<>();
                error.put("code", refusal.code);
                error.put("message", refusal.kind);
                error.put("data", String.valueOf(refusal.getMessage()));
                response.put("error", error);
            }
            response.put("id", request.path("id"));
            byte[] body = JSON.writeValueAsBytes(response);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private Object result(JsonNode request, @Nullable String authorization) {
        if (!request.path("jsonrpc").asString("").equals("2.0")
                || !request.path("params").isContainer()) {
            throw new Refusal(
                    -32600, "Invalid request.", "Invalid parameter \"/\": the parameter \"params\" is missing.");
        }
        if (version.isAtLeast(7, 2) && request.has("auth")) {
            throw new Refusal(-32600, "Invalid request.", "Invalid parameter \"/\": unexpected parameter \"auth\".");
        }
        String method = request.path("method").asString();
        boolean bearer = authorization != null && authorization.startsWith("Bearer ") && version.isAtLeast(6, 4);
        String credentials = bearer
                ? authorization.substring("Bearer ".length())
                : request.path("auth").asString(null);
        if (PUBLIC.contains(method.toLowerCase(Locale.ROOT))) {
            if (bearer) {
                throw Refusal.params("The \"" + method + "\" method must be called without authorization header.");
            } else if (credentials != null) {
                throw Refusal.params("The \"" + method + "\" method must be called without the \"auth\" parameter.");
            }
        } else if (credentials == null) {
            throw Refusal.params(version.isAtLeast(7, 0) ? "Not authorized." : "Not authorised.");
        } else if (!sessions.contains(credentials) && !(credentials.equals(TOKEN) && version.isAtLeast(5, 4))) {
            throw Refusal.params("Session terminated, re-login, please.");
        }
        return call(method, request.path("params"), credentials);
    }

    private Object call(String method, JsonNode params, @Nullable String credentials) {
        return switch (method) {
            case "apiinfo.version" -> fullVersion;
            case "user.login" -> login(params);
            case "user.logout" -> sessions.remove(String.valueOf(credentials));
            case "user.checkAuthentication" -> check(params);
            // Numbers are text throughout, and an object without members is PHP's empty list.
            case "host.get" ->
                List.of(Map.of("hostid", "10084", "host", "Zabbix server", "status", "0", "inventory", List.of()));
            default -> throw Refusal.params("Incorrect method \"" + method + "\".");
        };
    }

    private String login(JsonNode params) {
        String name = version.isAtLeast(5, 4) ? "username" : "user";
        if (!params.has(name)) {
            throw Refusal.params("Invalid parameter \"/\": the parameter \"" + name + "\" is missing.");
        } else if (!params.path(name).asString().equals("Admin")
                || !params.path("password").asString().equals("zabbix")) {
            throw new Refusal(
                    version.isAtLeast(6, 0) ? -32500 : -32602,
                    version.isAtLeast(6, 0) ? "Application error." : "Invalid params.",
                    "Incorrect user name or password or account is temporarily blocked.");
        }
        String session = "%032x".formatted(logins.incrementAndGet());
        sessions.add(session);
        return session;
    }

    private Object check(JsonNode params) {
        if (sessions.contains(params.path("sessionid").asString(""))
                || params.path("token").asString("").equals(TOKEN)) {
            return Map.of("userid", "1", "username", "Admin", "name", "Zabbix");
        }
        throw Refusal.params("Session terminated, re-login, please.");
    }

    @Override
    public void close() {
        server.stop(0);
        threads.close();
    }
}
