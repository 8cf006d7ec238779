package dev.parley.broker.management;

import dev.parley.broker.amqp.AmqpException;
import dev.parley.broker.auth.Access;
import dev.parley.broker.queue.Message;
import dev.parley.broker.queue.MessageQueue;
import dev.parley.broker.queue.QueueSettings;
import dev.parley.broker.queue.QueuedMessage;
import dev.parley.broker.virtualhost.VirtualHost;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Health checks: 200 if all is well, else 503. Thread-safe. */
final class HealthResource {
    private static final String ALIVENESS = "aliveness-test";

    private final ApiContext context;

    HealthResource(ApiContext context) {
        this.context = context;
    }

    void register(Routes routes) {
        routes.at("aliveness-test/:vhost").get(Right.VIRTUAL_HOST, this::aliveness);
        routes.at("healthchecks/node").get(Right.MONITORING, request -> Response.ok(ok()));
        routes.at("healthchecks/node/:node").get(Right.MONITORING, request -> {
            if (!request.part("node").equals(ApiContext.NODE)) {
                throw ApiException.notFound();
            }
            return Response.ok(ok());
        });
        routes.at("health/checks/alarms").get(Right.MANAGEMENT, request -> alarms());
        routes.at("health/checks/local-alarms").get(Right.MANAGEMENT, request -> alarms());
        routes.at("health/checks/port-listener/:port").get(Right.MANAGEMENT, this::port);
        routes.at("health/checks/protocol-listener/:protocol").get(Right.MANAGEMENT, this::protocol);
        routes.at("health/checks/virtual-hosts").get(Right.MANAGEMENT, request -> Response.ok(ok()));
        routes.at("health/checks/node-is-quorum-critical").get(Right.MANAGEMENT, request -> singleNode());
        routes.at("health/checks/node-is-mirror-sync-critical").get(Right.MANAGEMENT, request -> singleNode());
        routes.at("health/checks/certificate-expiration/:within/:unit").get(Right.MANAGEMENT, this::certificates);
    }

    private static Map<String, Object> ok() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("status", "ok");
        return json;
    }

    private static Response failed(Map<String, Object> details) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("status", "failed");
        json.putAll(details);
        return new Response(HttpURLConnection.HTTP_UNAVAILABLE, json, Map.of());
    }

    private static Response singleNode() {
        Map<String, Object> json = ok();
        json.put("reason", "single node cluster");
        return Response.ok(json);
    }

    private Response alarms() {
        if (!context.broker().memory().exceeded()) {
            return Response.ok(ok());
        }
        return failed(Map.of(
                "reason",
                "There are alarms in effect in the cluster",
                "alarms",
                List.of(Map.of("node", ApiContext.NODE, "resource", "memory"))));
    }

    private Response port(ApiRequest request) {
        List<Object> ports = Listeners.of(context).stream()
                .map(listener -> listener.getOrDefault("port", 0))
                .toList();
        int port;
        try {
            port = Integer.parseInt(request.part("port"));
        } catch (NumberFormatException e) {
            throw ApiException.badRequest("Invalid port");
        }
        if (!ports.contains(port)) {
            return failed(Map.of("reason", "No active listener", "missing", port, "ports", ports));
        }
        Map<String, Object> json = ok();
        json.put("port", port);
        return Response.ok(json);
    }

    private Response protocol(ApiRequest request) {
        String given = request.part("protocol");
        String name = switch (given) {
            case "amqp091", "amqp0.9.1", "amqp0-9-1" -> "amqp";
            case "amqps" -> "amqp/ssl";
            default -> given;
        };
        List<Object> protocols = Listeners.of(context).stream()
                .map(listener -> listener.getOrDefault("protocol", ""))
                .toList();
        if (!protocols.contains(name)) {
            return failed(Map.of("reason", "No active listener", "missing", given, "protocols", protocols));
        }
        Map<String, Object> json = ok();
        json.put("protocol", name);
        return Response.ok(json);
    }

    private Response certificates(ApiRequest request) {
        if (!List.of("days", "weeks", "months", "years").contains(request.part("unit"))) {
            throw ApiException.badRequest("Time unit not recognised. Supported units: days, weeks, months, years.");
        }
        if (!request.part("within").matches("\\d{1,9}")) {
            throw ApiException.badRequest("Invalid expiration value.");
        }
        if (context.encrypted()) {
            return UnsupportedResource.unsupported("this check of an application's certificates");
        }
        return Response.ok(ok());
    }

    /** Declares a queue, publishes to it and gets the message. */
    private Response aliveness(ApiRequest request) {
        VirtualHost host = context.virtualHost(request);
        Access access = context.access(request);
        try {
            access.configureQueue(ALIVENESS);
            access.writeExchange("");
            access.readQueue(ALIVENESS);
            MessageQueue queue = host.declareQueue(ALIVENESS, new QueueSettings(false, false, false, Map.of()), null);
            byte[] body = "test_message".getBytes(StandardCharsets.UTF_8);
            queue.offer(Message.of("", ALIVENESS, MessageProperties.NONE, body));
            QueuedMessage message = queue.take(true);
            if (message == null) {
                return failed(Map.of("reason", "the message did not come back"));
            }
            queue.fetched(message);
            return Response.ok(ok());
        } catch (AmqpException e) {
            throw ManagementApi.refusedByChannel(e);
        }
    }
}
