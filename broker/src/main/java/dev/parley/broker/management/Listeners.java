package dev.parley.broker.management;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The ports of the broker, in the JSON of overview and nodes. Stateless. */
final class Listeners {
    private Listeners() {}

    /** The ports of AMQP and of this API. */
    static List<Map<String, Object>> of(ApiContext context) {
        return List.of(
                listener(context, context.encrypted() ? "amqp/ssl" : "amqp", context.amqpPort()),
                listener(context, "http", context.managementPort().getAsInt()));
    }

    private static Map<String, Object> listener(ApiContext context, String protocol, int port) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("node", ApiContext.NODE);
        json.put("protocol", protocol);
        json.put("ip_address", context.host());
        json.put("port", port);
        json.put("socket_opts", Map.of("backlog", 1024, "nodelay", true));
        return json;
    }

    /**
     * What this API is served as.
     *
     * @param named whether they name the node
     */
    static List<Map<String, Object>> contexts(ApiContext context, boolean named) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("description", "RabbitMQ Management");
        json.put("path", "/");
        json.put("ip", context.host());
        json.put("port", String.valueOf(context.managementPort().getAsInt()));
        if (named) {
            json.put("node", ApiContext.NODE);
            json.put("ssl_opts", List.of());
        }
        return List.of(json);
    }
}
