package dev.parley.oslo.notify.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.oslo.notify.Notification;
import dev.parley.oslo.notify.Priority;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.EnumSet;
import java.util.List;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The servlet filter in a real Jetty. */
class RequestNotificationFilterTest {
    private final RecordingNotifier notifier = new RecordingNotifier();
    private final HttpClient client = HttpClient.newHttpClient();
    private Server server;
    private URI base;

    @AfterEach
    void stop() throws Exception {
        client.close();
        if (server != null) {
            server.stop();
        }
    }

    /** Behaves as the path says. */
    private static final class Shop extends HttpServlet {
        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response)
                throws ServletException, IOException {
            String path = request.getPathInfo();
            if (path.equals("/fail")) {
                throw new ServletException(new IllegalStateException("no stock"));
            }
            if (path.equals("/later")) {
                AsyncContext async = request.startAsync();
                async.start(() -> {
                    response.setStatus(202);
                    response.setHeader("X-Later", "yes");
                    async.complete();
                });
                return;
            }
            if (path.equals("/dispatched") && request.getDispatcherType() == DispatcherType.REQUEST) {
                AsyncContext async = request.startAsync();
                async.start(async::dispatch);
                return;
            }
            response.setStatus(path.equals("/missing") ? 404 : 201);
            response.setHeader("X-Order", "17");
            response.addHeader("Set-Cookie", "session=secret");
            response.setHeader("X-Subject-Token", "secret");
            response.getWriter().print("done");
        }
    }

    private void serve(RequestNotificationFilter filter) throws Exception {
        serve(new FilterHolder(filter));
    }

    private void serve(FilterHolder holder) throws Exception {
        server = new Server();
        ServerConnector connector = new ServerConnector(server);
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        ServletContextHandler handler = new ServletContextHandler("/api");
        ServletHolder shop = new ServletHolder(new Shop());
        shop.setAsyncSupported(true);
        handler.addServlet(shop, "/shop/*");
        holder.setAsyncSupported(true);
        handler.addFilter(holder, "/*", EnumSet.allOf(DispatcherType.class));
        server.setHandler(handler);
        server.start();
        base = URI.create("http://127.0.0.1:" + connector.getLocalPort() + "/api/shop/");
    }

    private HttpResponse<String> get(String path, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve(path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void aRequestAndItsResponseAreNotifications() throws Exception {
        serve(RequestNotificationFilter.builder(notifier).serviceName("shop").build());
        HttpResponse<String> response = get(
                "orders/a%20b?limit=5&api_key=hush&x=1&Token=hush",
                "Authorization",
                "Basic secret",
                "X-Auth-Token",
                "secret",
                "X-Service-Token",
                "secret",
                "Cookie",
                "session=secret",
                "X-Project-Id",
                "p1",
                "Accept",
                "text/plain",
                "Accept",
                "text/html");
        assertThat(response.statusCode()).isEqualTo(201);
        assertThat(response.headers().firstValue("X-Subject-Token")).hasValue("secret");

        Notification<JsonNode> first = notifier.next();
        assertThat(first.eventType()).isEqualTo("http.request");
        assertThat(first.priority()).isEqualTo(Priority.INFO);
        assertThat(first.payload().propertyNames()).containsExactly("request");
        JsonNode request = first.payload().path("request");
        assertThat(request.path("REQUEST_METHOD").asString()).isEqualTo("GET");
        assertThat(request.path("SCRIPT_NAME").asString()).isEqualTo("/api");
        assertThat(request.path("PATH_INFO").asString()).isEqualTo("/shop/orders/a b");
        assertThat(request.path("QUERY_STRING").asString()).isEqualTo("limit=5&api_key=***&x=1&Token=***");
        assertThat(request.path("SERVER_NAME").asString()).isEqualTo("127.0.0.1");
        assertThat(request.path("SERVER_PORT").asString()).isEqualTo(Integer.toString(base.getPort()));
        assertThat(request.path("SERVER_PROTOCOL").asString()).isEqualTo("HTTP/1.1");
        assertThat(request.path("REMOTE_ADDR").asString()).isEqualTo("127.0.0.1");
        assertThat(request.path("HTTP_X_PROJECT_ID").asString()).isEqualTo("p1");
        assertThat(request.path("HTTP_ACCEPT").asString()).isEqualTo("text/plain,text/html");
        assertThat(request.path("HTTP_X_SERVICE_NAME").asString()).isEqualTo("shop");
        assertThat(request.propertyNames())
                .doesNotContain("HTTP_AUTHORIZATION", "HTTP_X_AUTH_TOKEN", "HTTP_X_SERVICE_TOKEN", "HTTP_COOKIE");

        Notification<JsonNode> second = notifier.next();
        assertThat(second.eventType()).isEqualTo("http.response");
        assertThat(second.priority()).isEqualTo(Priority.INFO);
        assertThat(second.payload().path("request")).isEqualTo(request);
        JsonNode answer = second.payload().path("response");
        assertThat(answer.path("status").asString()).isEqualTo("201 Created");
        assertThat(answer.path("headers").path("X-Order").asString()).isEqualTo("17");
        assertThat(second.payload().toString()).doesNotContain("secret", "hush");
        assertThat(notifier.sent).isEmpty();
    }

    @Test
    void anExceptionIsTold() throws Exception {
        serve(RequestNotificationFilter.builder(notifier).build());
        assertThat(get("fail").statusCode()).isEqualTo(500);

        JsonNode request = notifier.next().payload().path("request");
        assertThat(request.path("HTTP_X_SERVICE_NAME").asString()).isEqualTo("127.0.0.1:" + base.getPort());
        JsonNode payload = notifier.next().payload();
        assertThat(payload.propertyNames()).containsExactlyInAnyOrder("request", "exception");
        assertThat(payload.path("exception").path("value").asString())
                .isEqualTo("java.lang.IllegalStateException: no stock");
        assertThat(payload.path("exception").path("traceback").path(0).asString())
                .startsWith("at ")
                .contains("Shop.service");
        assertThat(notifier.sent).isEmpty(); // The error page is not another request.
    }

    @Test
    void anAsynchronousResponseIsToldWhenItIsComplete() throws Exception {
        serve(RequestNotificationFilter.builder(notifier).build());
        assertThat(get("later").statusCode()).isEqualTo(202);
        assertThat(notifier.next().eventType()).isEqualTo("http.request");
        JsonNode response = notifier.next().payload().path("response");
        assertThat(response.path("status").asString()).isEqualTo("202 Accepted");
        assertThat(response.path("headers").path("X-Later").asString()).isEqualTo("yes");

        assertThat(get("dispatched").statusCode()).isEqualTo(201);
        assertThat(notifier.next().eventType()).isEqualTo("http.request");
        assertThat(notifier.next().payload().path("response").path("status").asString())
                .isEqualTo("201 Created");
        assertThat(notifier.sent).isEmpty();
    }

    @Test
    void someMethodsAndOtherHeadersCanBeLeftOut() throws Exception {
        serve(RequestNotificationFilter.builder(notifier)
                .ignore("get", "HEAD")
                .dropHeaders(List.of("x-order", "User-Agent"))
                .build());
        get("orders");
        client.send(
                HttpRequest.newBuilder(base.resolve("missing")).DELETE().build(),
                HttpResponse.BodyHandlers.discarding());

        JsonNode request = notifier.next().payload().path("request");
        assertThat(request.path("REQUEST_METHOD").asString()).isEqualTo("DELETE");
        assertThat(request.has("HTTP_USER_AGENT")).isFalse();
        JsonNode response = notifier.next().payload().path("response");
        assertThat(response.path("status").asString()).isEqualTo("404 Not Found");
        assertThat(response.path("headers").propertyNames())
                .contains("Set-Cookie")
                .doesNotContain("X-Order");
        assertThat(notifier.sent).isEmpty();
    }

    @Test
    void aNotifierThatFailsFailsNoRequest() throws Exception {
        notifier.onSend = event -> {
            throw new IllegalStateException("the notifier is closed");
        };
        serve(RequestNotificationFilter.builder(notifier).build());
        assertThat(get("orders").body()).isEqualTo("done");
    }

    @Test
    void aFilterWithAWrongParameterDoesNotStart() {
        for (String[] wrong : new String[][] {
            {"service-name", "shop", "filter notify: unknown parameter service-name; it has address, drop_headers,"},
            {"address", "carrier-pigeon://host/", "filter notify: notifications have no scheme"}
        }) {
            FilterHolder holder = new FilterHolder(RequestNotificationFilter.class);
            holder.setName("notify");
            holder.setInitParameter(wrong[0], wrong[1]);
            assertThatThrownBy(() -> serve(holder)).hasStackTraceContaining(wrong[2]);
        }
    }

    @Test
    void aFilterWithoutAnAddressDoesNotStart() {
        FilterHolder holder = new FilterHolder(RequestNotificationFilter.class);
        holder.setName("notify");
        assertThatThrownBy(() -> serve(holder)).hasStackTraceContaining("filter notify: parameter address is missing");
    }
}
