package dev.parley.oslo.admin;

import dev.parley.AccessDeniedException;
import dev.parley.Address;
import dev.parley.ConnectionLostException;
import dev.parley.ProtocolException;
import dev.parley.oslo.options.VirtualHost;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Looks at the queues of a virtual host, tells what oslo.messaging uses each one for, and removes those that were left behind. It asks the management API of
 * RabbitMQ or of the embedded broker. Thread-safe.
 */
public final class QueueInspector implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final JsonMapper JSON = new JsonMapper();
    private static final Set<String> PRIORITIES =
            Set.of("audit", "debug", "info", "warn", "error", "critical", "sample");
    private static final String OWNER = "([0-9a-f]{32}|[^:]+:[^:]+:[0-9]+)";
    private static final String FANOUTS = "_fanout";
    private static final Pattern REPLY = Pattern.compile("reply_" + OWNER);
    private static final Pattern FANOUT = Pattern.compile("(.+" + FANOUTS + ")(_" + OWNER + ")?");

    private final URI management;
    private final String authorization;
    private final String virtualHost;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(TIMEOUT).build();

    /**
     * An inspector.
     *
     * @param management the address of the management API, such as {@code http://127.0.0.1:15672}
     * @param user who asks; RabbitMQ wants the tag {@code monitoring} or {@code management}
     * @param password his password
     * @param virtualHost which virtual host
     */
    public QueueInspector(URI management, String user, String password, String virtualHost) {
        this.management = management;
        this.authorization =
                "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
        this.virtualHost =
                URLEncoder.encode(virtualHost, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /**
     * An inspector of the virtual host that a transport's address names, with that address's credentials.
     *
     * @param transport as a client takes it, {@code rabbit://user:password@host:port/virtual_host}
     * @param management where the management API is, such as {@code http://127.0.0.1:15672}
     */
    public static QueueInspector of(Address transport, URI management) {
        String user = transport.user();
        String password = transport.password();
        return new QueueInspector(
                management,
                user == null ? "guest" : user,
                password == null ? "guest" : password,
                VirtualHost.of(transport.path()));
    }

    /** What a queue is for. */
    public enum Kind {
        /** Shared by the servers of a topic. */
        TOPIC,
        /** One server's own. */
        SERVER,
        /** One server's, for what goes to all. */
        FANOUT,
        /** One client's, for the replies to it. */
        REPLY,
        /** Notifications of one topic and priority. */
        NOTIFICATION,
        /** None of oslo.messaging's names and bindings. */
        OTHER
    }

    /**
     * One queue.
     *
     * @param name its name
     * @param kind what it is for
     * @param explanation the same for people, with the topic or server it belongs to
     * @param messages how many it holds, ready or handed out
     * @param consumers how many consume from it
     * @param bindings exchange and key of each binding, as {@code exchange/key}
     */
    public record OsloQueue(
            String name, Kind kind, String explanation, long messages, int consumers, List<String> bindings) {
        public OsloQueue {
            bindings = List.copyOf(bindings);
        }

        /** Whether it seems left behind: made for one process, of which nothing consumes any more. A stream of fanouts is made for all. */
        public boolean isLeaked() {
            return consumers == 0 && (kind == Kind.REPLY || kind == Kind.FANOUT && !name.endsWith(FANOUTS));
        }
    }

    /**
     * All queues of the virtual host, by name.
     *
     * @throws ConnectionLostException if the API cannot be reached
     * @throws AccessDeniedException if it refuses the user
     */
    public List<OsloQueue> queues() {
        JsonNode queues = get("/api/queues/" + virtualHost);
        Map<String, List<String>> bindings = new HashMap<>();
        for (JsonNode binding : get("/api/bindings/" + virtualHost)) {
            String source = binding.path("source").asString("");
            if (!source.isEmpty()
                    && binding.path("destination_type").asString("queue").equals("queue")) {
                bindings.computeIfAbsent(binding.path("destination").asString(""), name -> new ArrayList<>())
                        .add(source + "/" + binding.path("routing_key").asString(""));
            }
        }
        Set<String> names = new TreeSet<>();
        queues.forEach(queue -> names.add(queue.path("name").asString("")));
        List<OsloQueue> found = new ArrayList<>();
        for (JsonNode queue : queues) {
            String name = queue.path("name").asString("");
            List<String> own = bindings.getOrDefault(name, List.of());
            Kind kind = kind(name, own, names);
            found.add(new OsloQueue(
                    name,
                    kind,
                    explain(name, kind),
                    queue.path("messages").asLong(0),
                    queue.path("consumers").asInt(0),
                    own));
        }
        found.sort(Comparator.comparing(OsloQueue::name));
        return found;
    }

    private static Kind kind(String name, List<String> bindings, Set<String> names) {
        if (REPLY.matcher(name).matches()) {
            return Kind.REPLY;
        }
        // A topic's name may look so too, but its queue is not bound to that exchange.
        Matcher fanout = FANOUT.matcher(name);
        if (fanout.matches() && bindings.stream().anyMatch(binding -> binding.startsWith(fanout.group(1) + "/"))) {
            return Kind.FANOUT;
        }
        // All others are bound with their own name as the key.
        Set<String> keys = bindings.stream()
                .map(binding -> binding.substring(binding.indexOf('/') + 1))
                .collect(Collectors.toSet());
        int dot = name.lastIndexOf('.');
        if (!keys.contains(name)) {
            return Kind.OTHER;
        } else if (dot > 0 && PRIORITIES.contains(name.substring(dot + 1))) {
            return Kind.NOTIFICATION;
        }
        // The server's name may hold dots too, so any prefix may be the topic.
        for (int at = name.indexOf('.'); at > 0; at = name.indexOf('.', at + 1)) {
            if (names.contains(name.substring(0, at))) {
                return Kind.SERVER;
            }
        }
        return Kind.TOPIC;
    }

    private static String explain(String name, Kind kind) {
        return switch (kind) {
            case TOPIC -> "calls and casts to any server of topic " + name;
            case SERVER ->
                "calls and casts to the one server " + name.substring(name.indexOf('.') + 1) + " of topic "
                        + name.substring(0, name.indexOf('.'));
            case FANOUT -> {
                Matcher fanout = FANOUT.matcher(name);
                String exchange = fanout.matches() ? fanout.group(1) : name;
                yield "casts to all servers of topic " + exchange.substring(0, exchange.length() - FANOUTS.length());
            }
            case REPLY -> "replies to one client";
            case NOTIFICATION ->
                "notifications of priority " + name.substring(name.lastIndexOf('.') + 1) + " on topic "
                        + name.substring(0, name.lastIndexOf('.'));
            case OTHER -> "not of oslo.messaging";
        };
    }

    /**
     * Deletes a queue with what it holds.
     *
     * @return {@code false} if there is none, or something consumes from it
     */
    public boolean delete(OsloQueue queue) {
        URI path = management.resolve("/api/queues/" + virtualHost + "/"
                + URLEncoder.encode(queue.name(), StandardCharsets.UTF_8).replace("+", "%20"));
        HttpResponse<String> now = send(HttpRequest.newBuilder(path).GET());
        if (now.statusCode() != 200
                || JSON.readTree(now.body()).path("consumers").asInt(0) > 0) {
            return false;
        }
        // For a consumer that comes just now; RabbitMQ looks at it, the embedded broker does not.
        HttpResponse<String> deleted = send(
                HttpRequest.newBuilder(URI.create(path + "?if-unused=true")).DELETE());
        return deleted.statusCode() / 100 == 2;
    }

    private JsonNode get(String path) {
        HttpResponse<String> response =
                send(HttpRequest.newBuilder(management.resolve(path)).GET());
        try {
            if (response.statusCode() == 200) {
                return JSON.readTree(response.body());
            }
        } catch (JacksonException e) {
            throw new ProtocolException("the management API at " + management + " answers no JSON", e);
        }
        throw new ProtocolException(
                "the management API at " + management + " answers " + path + " with status " + response.statusCode());
    }

    private HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            HttpResponse<String> response = http.send(
                    request.header("Authorization", authorization)
                            .timeout(TIMEOUT)
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() == 401 || response.statusCode() == 403) {
                throw new AccessDeniedException("the management API at " + management + " refuses the user");
            }
            return response;
        } catch (IOException e) {
            throw new ConnectionLostException("no management API at " + management + ": " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ConnectionLostException("interrupted while asking " + management, e);
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
