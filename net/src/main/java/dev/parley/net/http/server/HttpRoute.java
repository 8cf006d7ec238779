package dev.parley.net.http.server;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What serves a path. Immutable.
 *
 * @param methods the handlers by HTTP method
 * @param upgrade takes over connections; {@code null} if requests to upgrade are requests like others
 */
public record HttpRoute(
        Map<String, HttpHandler> methods, @Nullable UpgradeHandler upgrade) {
    /** Copies the methods. */
    public HttpRoute {
        methods = Map.copyOf(methods);
    }
}
