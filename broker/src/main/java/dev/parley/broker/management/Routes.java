package dev.parley.broker.management;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which path and method of the management API is handled by what. Routes are added before the first request; afterwards
 * it is thread-safe.
 */
final class Routes {
    /** Responds to requests of one method. Thread-safe. */
    @FunctionalInterface
    interface Handler {
        /**
         * Responds to a request; may block, but not for long.
         *
         * @throws ApiException if it fails
         * @throws dev.parley.broker.amqp.AmqpException if the broker refuses it, as it would refuse an AMQP client
         */
        Response handle(ApiRequest request);
    }

    /** A handler and the right it needs. */
    record Action(Right right, Handler handler) {}

    /** A path, and the parts of it that the route names. */
    record Match(Route route, Map<String, String> parameters) {}

    /** What one form of path can do. */
    static final class Route {
        private final List<String> pattern;
        private final Map<String, Action> actions = new LinkedHashMap<>();

        private Route(List<String> pattern) {
            this.pattern = pattern;
        }

        Route get(Right right, Handler handler) {
            return on("GET", right, handler);
        }

        Route put(Right right, Handler handler) {
            return on("PUT", right, handler);
        }

        Route post(Right right, Handler handler) {
            return on("POST", right, handler);
        }

        Route delete(Right right, Handler handler) {
            return on("DELETE", right, handler);
        }

        private Route on(String method, Right right, Handler handler) {
            actions.put(method, new Action(right, handler));
            return this;
        }

        /** What a method does; HEAD is GET. */
        @Nullable
        Action action(String method) {
            return actions.get(method.equals("HEAD") ? "GET" : method);
        }

        /** The methods it can be called by, for the header field {@code Allow}. */
        String allowed() {
            TreeSet<String> all = new TreeSet<>(actions.keySet());
            all.add("OPTIONS");
            if (all.contains("GET")) {
                all.add("HEAD");
            }
            return all.stream().collect(Collectors.joining(", "));
        }

        private @Nullable Map<String, String> match(List<String> path) {
            if (path.size() != pattern.size()) {
                return null;
            }
            Map<String, String> parameters = new LinkedHashMap<>();
            for (int i = 0; i < path.size(); i++) {
                String expected = pattern.get(i);
                if (expected.startsWith(":")) {
                    parameters.put(expected.substring(1), path.get(i));
                } else if (!expected.equals(path.get(i))) {
                    return null;
                }
            }
            return parameters;
        }
    }

    private final List<Route> routes = new ArrayList<>();

    /**
     * Adds a route. Of two that match a path the first one is taken.
     *
     * @param pattern the path after {@code /api/}; a part that begins with a colon matches anything
     */
    Route at(String pattern) {
        Route route = new Route(Arrays.asList(pattern.split("/")));
        routes.add(route);
        return route;
    }

    /** The route of a path after {@code /api/}, decoded; {@code null} if there is none. */
    @Nullable
    Match find(List<String> path) {
        for (Route route : routes) {
            Map<String, String> parameters = route.match(path);
            if (parameters != null) {
                return new Match(route, parameters);
            }
        }
        return null;
    }
}
