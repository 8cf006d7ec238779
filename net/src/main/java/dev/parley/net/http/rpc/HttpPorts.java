package dev.parley.net.http.rpc;

import dev.parley.InvalidTargetException;
import dev.parley.net.http.HttpResponse;
import dev.parley.net.http.server.HttpHandler;
import dev.parley.net.http.server.HttpRoute;
import dev.parley.net.http.server.HttpServer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The HTTP servers of one {@link dev.parley.RpcServer}, each shared by the listeners of its port: their paths come and
 * go one by one, and the last listener to stop or close does so to the server. Thread-safe.
 */
final class HttpPorts {
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Object, Port> shared = new HashMap<>();

    /** One server and those who use it. Guarded by the lock. */
    private static final class Port {
        final HttpSettings settings;
        final HttpServer server;
        final List<Use> uses = new ArrayList<>();

        Port(HttpSettings settings, HttpServer server) {
            this.settings = settings;
            this.server = server;
        }
    }

    /** The part of a server that one listener has. */
    final class Use {
        private final Object place;
        private final Port port;
        private final Map<String, HttpRoute> routes;
        private boolean stopped;
        private boolean closed;

        private Use(Object place, Port port, Map<String, HttpRoute> routes) {
            this.place = place;
            this.port = port;
            this.routes = routes;
        }

        HttpServer server() {
            return port.server;
        }

        /** Accepts no further requests at these paths. */
        void stop() {
            lock.lock();
            try {
                stopped = true;
                if (port.uses.stream().allMatch(use -> use.stopped)) {
                    port.server.stop();
                } else if (!closed) {
                    routes.forEach((path, route) -> port.server.route(path, stopping(route)));
                }
            } finally {
                lock.unlock();
            }
        }

        /** Frees these paths, and the port with the last of them. */
        void close() {
            stop();
            boolean last;
            lock.lock();
            try {
                if (closed) {
                    return;
                }
                closed = true;
                last = port.uses.stream().allMatch(use -> use.closed);
                if (last) {
                    shared.remove(place, port);
                }
            } finally {
                lock.unlock();
            }
            if (last) {
                port.server.close();
            }
        }
    }

    private static HttpRoute stopping(HttpRoute route) {
        HttpHandler refuses = exchange -> exchange.respond(HttpResponse.text(503, "the server is stopping"));
        Map<String, HttpHandler> methods = new HashMap<>();
        route.methods().keySet().forEach(method -> methods.put(method, refuses));
        if (route.upgrade() != null) {
            methods.put("GET", refuses);
        }
        return new HttpRoute(methods, null);
    }

    /**
     * Serves paths at the place that the settings name: on a server of its own, or on that which listens there for
     * another listener.
     *
     * @param routes by path
     * @throws InvalidTargetException if the settings or the paths of the other listener are in the way
     * @throws dev.parley.RpcException as {@link HttpServer#start}
     */
    Use open(HttpSettings settings, Map<String, HttpRoute> routes) {
        Object known = settings.place();
        Object place = known == null ? new Object() : known;
        lock.lock();
        try {
            Port port = shared.get(place);
            if (port == null) {
                port = new Port(settings, settings.server().build().start());
                shared.put(place, port);
            } else {
                port.settings.check(settings);
                for (Use use : port.uses) {
                    check(settings, use, routes);
                }
            }
            Port opened = port;
            routes.forEach(opened.server::route);
            Use use = new Use(place, opened, routes);
            opened.uses.add(use);
            return use;
        } finally {
            lock.unlock();
        }
    }

    private static void check(HttpSettings settings, Use use, Map<String, HttpRoute> routes) {
        for (String path : routes.keySet()) {
            if (use.routes.containsKey(path)) {
                throw new InvalidTargetException(HttpAddress.shown(settings.address()) + ": the path " + path
                        + " is served by another address on this port; give each address paths of its own");
            }
        }
    }
}
