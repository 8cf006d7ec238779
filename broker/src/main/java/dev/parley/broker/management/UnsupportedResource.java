package dev.parley.broker.management;

import java.net.HttpURLConnection;
import java.util.List;

/**
 * What RabbitMQ and its plugins have and this broker has not: 501, since clients take a 404 of a call that changes
 * something for its success. Registered last. Thread-safe.
 */
final class UnsupportedResource {
    /** The forms of paths; one that other resources have for other methods is listed with those that are left. */
    private static final List<String> PATHS = List.of(
            "all-configuration",
            "auth/attempts/:node",
            "auth/attempts/:node/source",
            "deprecated-features",
            "deprecated-features/used",
            "federation-links",
            "federation-links/:vhost",
            "feature-flags/:name/enable",
            "global-parameters/:name",
            "login",
            "nodes/:node/memory",
            "nodes/:node/memory/:mode",
            "parameters/:component/:vhost/:name",
            "queues/quorum/:vhost/:queue/status",
            "quorum-queues/:vhost/:queue/status",
            "reset",
            "reset/:node",
            "shovels",
            "shovels/:vhost",
            "shovels/vhost/:vhost/:name",
            "shovels/vhost/:vhost/:name/restart",
            "stream/connections",
            "stream/connections/:vhost",
            "stream/consumers",
            "stream/consumers/:vhost",
            "stream/publishers",
            "stream/publishers/:vhost",
            "top/:node",
            "top/ets/:node",
            "trace-files",
            "trace-files/:name",
            "traces",
            "traces/:vhost",
            "traces/:vhost/:name",
            "user-limits/:user/:name",
            "vhost-limits/:vhost/:name");

    void register(Routes routes) {
        for (String path : PATHS) {
            routes.at(path)
                    .get(Right.MANAGEMENT, request -> unsupported("this call"))
                    .put(Right.MANAGEMENT, request -> unsupported("this call"))
                    .post(Right.MANAGEMENT, request -> unsupported("this call"))
                    .delete(Right.MANAGEMENT, request -> unsupported("this call"));
        }
    }

    /** The response to what RabbitMQ can do and this broker cannot. */
    static Response unsupported(String what) {
        return Response.error(
                HttpURLConnection.HTTP_NOT_IMPLEMENTED,
                "not_implemented",
                "the embedded broker does not support " + what + "; RabbitMQ does");
    }
}
