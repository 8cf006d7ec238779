package dev.parley.net.http.rpc;

import dev.parley.Address;
import dev.parley.net.http.server.HttpHandler;
import dev.parley.net.http.server.HttpRoute;
import dev.parley.net.http.server.UpgradeHandler;
import dev.parley.spi.Listener;
import dev.parley.spi.ServerContext;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The server side of every protocol over HTTP: some paths of an HTTP server, which it shares with the listeners of the
 * same {@link dev.parley.RpcServer} at the same port. Thread-safe.
 */
public final class HttpRpcListener implements Listener {
    /** Messages with more bytes than this are not parsed on an event loop, on any transport. */
    public static final int LARGE = 64 << 10;

    private final HttpPorts.Use port;
    private final Address address;
    private final ServerContext context;

    private HttpRpcListener(HttpPorts.Use port, Address address, ServerContext context) {
        this.port = port;
        this.address = address;
        this.context = context;
    }

    /**
     * Binds, unless another listener of this server has done so, and starts to serve.
     *
     * @param address the address for clients, whose port may be 0
     * @param settings of the HTTP server
     * @param paths where requests are handled
     * @param upgrade takes over connections at these paths; {@code null} for none
     * @throws dev.parley.InvalidTargetException if another listener on the port has other settings or one of the paths
     * @throws dev.parley.RpcException as {@link dev.parley.net.http.server.HttpServer#start}
     */
    public static HttpRpcListener start(
            Address address,
            HttpSettings settings,
            List<String> paths,
            ServerContext context,
            HttpRpcHandler handler,
            @Nullable UpgradeHandler upgrade) {
        Map<String, HttpHandler> methods = new LinkedHashMap<>();
        methods.put("POST", exchange -> handler.handle(RpcExchange.of(exchange)));
        if (handler.hasPage()) {
            // Rendered off the event loop, since a service may have thousands of methods.
            HttpHandler page = exchange -> HttpRpcHandler.offLoop(
                    RpcExchange.of(exchange), each -> each.respond(handler.page(each.principal())));
            methods.put("GET", page);
            methods.put("HEAD", page);
        }
        HttpRoute route = new HttpRoute(methods, upgrade);
        Map<String, HttpRoute> routes = new LinkedHashMap<>();
        paths.forEach(path -> routes.put(path, route));
        HttpPorts.Use port = context.shared(HttpPorts.class, HttpPorts::new).open(settings, routes);
        return new HttpRpcListener(port, HttpAddress.bound(address, port.server()), context);
    }

    @Override
    public Address address() {
        return address;
    }

    @Override
    public boolean isOpenToAll() {
        return port.server().isOpenToAll();
    }

    /**
     * Uses the current TLS context for connections accepted from now on; open connections keep theirs. Without TLS it
     * does nothing.
     */
    @Override
    public void reset() {
        if (HttpAddress.isSecure(address)) {
            port.server().tls(Objects.requireNonNull(context.tls(), "the TLS context"));
        }
    }

    @Override
    public void stop() {
        port.stop();
    }

    @Override
    public void close() {
        port.close();
    }
}
