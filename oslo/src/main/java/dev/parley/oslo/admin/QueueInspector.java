package dev.parley.oslo.admin;

import static java.util.Objects.requireNonNull;

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
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Lists the queues of a virtual host, explains what oslo.messaging uses each one for, and deletes abandoned ones. Uses
 * the management API of RabbitMQ or of the embedded broker. Safe for use by any thread.
 */
public final class QueueInspector implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final JsonMapper JSON = new JsonMapper();
    private final URI management;
    private final String authorization;
    private final String virtualHostName;
    private final String virtualHost; // As a part of a path.
    private @Nullable HttpClient http; // Guarded by this; made by the first request, since it starts a thread.
    private boolean closed; // Guarded by this.

    /**
     * An inspector.
     *
     * @param management the address of the management API, such as {@code http://127.0.0.1:15672}
     * @param user the user to log in as, who needs the tag {@code monitoring} or {@code management} on RabbitMQ
     * @param password the password of that user
     * @param virtualHost the virtual host to inspect
     */
    public QueueInspector(URI management, String user, String password, String virtualHost) {
        requireNonNull(management, "management");
        requireNonNull(user, "user");
        requireNonNull(password, "password");
        requireNonNull(virtualHost, "virtualHost");
        this.management = management;
        this.authorization =
                "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
        this.virtualHostName = virtualHost;
        this.virtualHost =
                URLEncoder.encode(virtualHost, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /**
     * An inspector of the virtual host in a transport URL, with the credentials in that URL.
     *
     * @param transport the address of a client, {@code rabbit://user:password@host:port/virtual_host}
     * @param management the address of the management API, such as {@code http://127.0.0.1:15672}
     */
    public static QueueInspector of(Address transport, URI management) {
        requireNonNull(transport, "transport");
        String user = transport.user();
        String password = transport.password();
        return new QueueInspector(
                management,
                user == null ? "guest" : user,
                password == null ? "guest" : password,
                VirtualHost.of(transport.path()));
    }

    /** What a queue is used for. */
    public enum Kind {
        /** Calls and casts to a topic, shared by its servers. */
        TOPIC,
        /** Calls and casts to one server. */
        SERVER,
        /** Fanouts to one server, or with {@code rabbit_stream_fanout} to all servers of a topic. */
        FANOUT,
        /** Replies to one client. */
        REPLY,
        /** Notifications of one topic and priority, or of a pool of listeners. */
        NOTIFICATION,
        /** Anything else, such as a queue of Celery's: its name and bindings are not those of oslo.messaging. */
        OTHER
    }

    /**
     * One queue.
     *
     * @param name its name
     * @param kind what it is used for
     * @param explanation the same in words, with the topic or server it belongs to; it says "perhaps" where the name
     *     and the bindings of the queue are as oslo.messaging makes them, and nothing else on the broker confirms it
     * @param messages the number of messages in it, ready or unacknowledged
     * @param consumers the number of consumers
     * @param bindings the exchange and routing key of each binding, as {@code exchange/key}
     */
    public record OsloQueue(
            String name, Kind kind, String explanation, long messages, int consumers, List<String> bindings) {
        public OsloQueue {
            bindings = List.copyOf(bindings);
        }

        /**
         * Whether it seems abandoned: it belongs to one process, and has no consumer. A stream for fanouts belongs to
         * all servers, and is never abandoned.
         */
        public boolean isLeaked() {
            return consumers == 0 && (kind == Kind.REPLY || kind == Kind.FANOUT && !name.endsWith(Classifier.FANOUTS));
        }

        /** Whether notifications accumulate in it because it has no consumer. */
        public boolean isUnread() {
            return consumers == 0 && kind == Kind.NOTIFICATION;
        }
    }

    /**
     * All queues of the virtual host, by name.
     *
     * @throws ConnectionLostException if the management API cannot be reached
     * @throws AccessDeniedException if it refuses the user
     * @throws ProtocolException if its response is malformed
     */
    public List<OsloQueue> queues() {
        JsonNode queues = get("/api/queues/" + virtualHost);
        Map<String, List<Binding>> bindings = new HashMap<>();
        Classifier classifier = classifier(bindings);
        List<OsloQueue> found = new ArrayList<>();
        for (JsonNode queue : queues) {
            String name = queue.path("name").asString("");
            Classifier.Use use = classifier.use(name);
            found.add(new OsloQueue(
                    name,
                    use.kind(),
                    use.explanation(),
                    queue.path("messages").asLong(0),
                    queue.path("consumers").asInt(0),
                    bindings.getOrDefault(name, List.of()).stream()
                            .map(binding -> binding.exchange() + "/" + binding.key())
                            .toList()));
        }
        found.sort(Comparator.comparing(OsloQueue::name));
        return found;
    }

    /** Reads what is declared on the virtual host, and the bindings of each queue into a map. */
    private Classifier classifier(Map<String, List<Binding>> bindings) {
        Map<String, String> types = new HashMap<>();
        get("/api/exchanges/" + virtualHost)
                .forEach(one -> types.put(
                        one.path("name").asString(""), one.path("type").asString("")));
        for (JsonNode binding : get("/api/bindings/" + virtualHost)) {
            String source = binding.path("source").asString("");
            if (!source.isEmpty()
                    && binding.path("destination_type").asString("queue").equals("queue")) {
                bindings.computeIfAbsent(binding.path("destination").asString(""), name -> new ArrayList<>())
                        .add(new Binding(
                                source,
                                types.getOrDefault(source, ""),
                                binding.path("routing_key").asString("")));
            }
        }
        return new Classifier(bindings, types);
    }

    /**
     * What on the virtual host a later version of RabbitMQ would lose, refuse or treat in another way, and what mends
     * it, as far as the management API tells: what programs declare now and then is only seen while it is there.
     *
     * @param version {@code 4.0} or {@code 4.3}, as upstream ships them
     * @throws IllegalArgumentException if the version is another
     * @throws ConnectionLostException if the management API cannot be reached
     * @throws AccessDeniedException if it refuses the user
     * @throws ProtocolException if its response is malformed
     */
    public Readiness readiness(String version) {
        requireNonNull(version, "version");
        if (!UpgradeCheck.VERSIONS.contains(version)) {
            throw new IllegalArgumentException("unknown version '" + version + "' of RabbitMQ: expected one of "
                    + String.join(", ", UpgradeCheck.VERSIONS));
        }
        JsonNode queues = get("/api/queues/" + virtualHost);
        Classifier classifier = classifier(new HashMap<>());
        Map<String, Classifier.Use> uses = new HashMap<>();
        for (JsonNode queue : queues) {
            String name = queue.path("name").asString("");
            uses.put(name, classifier.use(name));
        }
        return new UpgradeCheck(version, virtualHostName, this::getIfTold).check(virtualHost, queues, uses);
    }

    /**
     * Deletes a queue with its messages.
     *
     * @return {@code false} if it does not exist or has a consumer
     * @throws ConnectionLostException if the management API cannot be reached
     * @throws AccessDeniedException if it refuses the user
     */
    public boolean delete(OsloQueue queue) {
        requireNonNull(queue, "queue");
        URI path = management.resolve("/api/queues/" + virtualHost + "/"
                + URLEncoder.encode(queue.name(), StandardCharsets.UTF_8).replace("+", "%20"));
        HttpResponse<String> now = send(HttpRequest.newBuilder(path).GET());
        if (now.statusCode() != 200
                || JSON.readTree(now.body()).path("consumers").asInt(0) > 0) {
            return false;
        }
        // In case a consumer appears in between; RabbitMQ honors it, the embedded broker does not.
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
            throw new ProtocolException("the management API at " + management + " responded with invalid JSON", e);
        }
        throw new ProtocolException(
                "the management API at " + management + " responded to " + path + " with " + response.statusCode());
    }

    /** Returns {@code null} for what this API does not have, or does not tell this user. */
    private @Nullable JsonNode getIfTold(String path) {
        HttpResponse<String> response =
                request(HttpRequest.newBuilder(management.resolve(path)).GET());
        try {
            return response.statusCode() == 200 ? JSON.readTree(response.body()) : null;
        } catch (JacksonException e) {
            throw new ProtocolException("the management API at " + management + " responded with invalid JSON", e);
        }
    }

    private synchronized HttpClient client() {
        if (closed) {
            throw new ConnectionLostException("the inspector is closed");
        }
        HttpClient client = http;
        if (client == null) {
            client = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
            http = client;
        }
        return client;
    }

    private HttpResponse<String> send(HttpRequest.Builder request) {
        HttpResponse<String> response = request(request);
        if (response.statusCode() == 401 || response.statusCode() == 403) {
            throw new AccessDeniedException("the management API at " + management + " refused the user");
        }
        return response;
    }

    private HttpResponse<String> request(HttpRequest.Builder request) {
        try {
            return client().send(
                            request.header("Authorization", authorization)
                                    .timeout(TIMEOUT)
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new ConnectionLostException("failed to reach the management API at " + management + ": " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ConnectionLostException("interrupted while waiting for the management API at " + management, e);
        }
    }

    /** Closes the connections to the management API. Requests in flight, and later ones, fail. */
    @Override
    public synchronized void close() {
        closed = true;
        if (http != null) {
            http.shutdownNow();
        }
    }
}
