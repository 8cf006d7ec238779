package dev.parley.interop.oslo;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import dev.parley.RpcClient;
import dev.parley.RpcServer;
import dev.parley.interop.NeedsPeer;
import dev.parley.interop.Peer;
import dev.parley.interop.PeerProcess;
import dev.parley.oslo.notify.Notification;
import dev.parley.oslo.notify.Notifier;
import dev.parley.oslo.notify.bridge.ErrorNotificationAppender;
import dev.parley.oslo.notify.bridge.NotificationAppender;
import dev.parley.oslo.notify.bridge.RequestNotificationFilter;
import dev.parley.oslo.notify.bridge.RequestNotificationInterceptor;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.MDC;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The bridges of logs and requests, held to what oslo.messaging's send for the same record and the same request. */
class NotificationBridgesTest {
    private static final JsonMapper JSON = new JsonMapper();

    private final BlockingQueue<Notification<?>> sent = new LinkedBlockingQueue<>();
    private final Notifier notifier =
            Notifier.builder().publisherId("shop").driver("own", sent::add).build();

    @AfterEach
    void close() {
        notifier.close();
    }

    private Notification<?> next() throws InterruptedException {
        Notification<?> next = sent.poll(30, TimeUnit.SECONDS);
        assertThat(next).as("a notification").isNotNull();
        return next;
    }

    private static JsonNode payload(Notification<?> notification) {
        return JSON.valueToTree(notification.payload());
    }

    private static JsonNode python(Peer peer) {
        try (PeerProcess process = PeerProcess.start(peer, "oslo_bridges.py")) {
            return process.json("logrecord");
        }
    }

    private static Set<String> names(JsonNode node, String... more) {
        Set<String> names = new LinkedHashSet<>(node.propertyNames());
        names.addAll(List.of(more));
        return names;
    }

    @ParameterizedTest
    @EnumSource(
            value = Peer.class,
            names = {"OSLO_MESSAGING", "OSLO_MESSAGING_14"})
    @NeedsPeer({Peer.OSLO_MESSAGING, Peer.OSLO_MESSAGING_14})
    void recordsAreAsOsloMessagings(Peer peer) throws Exception {
        JsonNode python = python(peer);
        LoggerContext context = new LoggerContext();
        context.setMDCAdapter(MDC.getMDCAdapter());
        for (NotificationAppender appender : List.of(new NotificationAppender(), new ErrorNotificationAppender())) {
            appender.setContext(context);
            appender.setNotifier(notifier);
            appender.start();
            context.getLogger(appender instanceof ErrorNotificationAppender ? "shop.Errors" : "shop.Orders")
                    .addAppender(appender);
        }
        context.getLogger("shop.Orders").warn("order {} waits", 17, new IllegalStateException("no stock"));
        Notification<?> record = next();
        context.getLogger("shop.Errors").error("lost");
        Notification<?> error = next();
        context.stop();

        JsonNode theirs = python.path(record.eventType());
        JsonNode ours = payload(record);
        assertThat(record.priority().name()).isEqualTo(theirs.path("priority").asString());
        assertThat(names(ours)).isEqualTo(names(theirs.path("payload"), "threadName"));
        for (String same : List.of("name", "levelno", "levelname", "msg", "extra")) {
            assertThat(ours.path(same))
                    .as(same)
                    .isEqualTo(theirs.path("payload").path(same));
        }
        theirs.path("payload")
                .properties()
                .forEach(member -> assertThat(ours.path(member.getKey()).getNodeType())
                        .as(member.getKey())
                        .isEqualTo(member.getValue().getNodeType()));
        assertThat(ours.path("exc_info").size())
                .isEqualTo(theirs.path("payload").path("exc_info").size());

        theirs = python.path(error.eventType());
        assertThat(error.priority().name()).isEqualTo(theirs.path("priority").asString());
        assertThat(payload(error)).isEqualTo(theirs.path("payload"));
    }

    @ParameterizedTest
    @EnumSource(
            value = Peer.class,
            names = {"OSLO_MESSAGING", "OSLO_MESSAGING_14"})
    @NeedsPeer({Peer.OSLO_MESSAGING, Peer.OSLO_MESSAGING_14})
    void requestsAreAsOsloMessagings(Peer peer) throws Exception {
        JsonNode python = python(peer);
        Server server = new Server();
        ServerConnector connector = new ServerConnector(server);
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        ServletContextHandler handler = new ServletContextHandler("/");
        handler.addFilter(
                new FilterHolder(RequestNotificationFilter.builder(notifier)
                        .serviceName("shop")
                        .build()),
                "/*",
                EnumSet.of(DispatcherType.REQUEST));
        handler.addServlet(
                new HttpServlet() {
                    @Override
                    protected void service(HttpServletRequest request, HttpServletResponse response)
                            throws IOException {
                        response.setStatus(201);
                        response.setHeader("X-Order", "17");
                        response.setContentLength(4);
                        response.getWriter().print("done");
                    }
                },
                "/*");
        server.setHandler(handler);
        server.start();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), connector.getLocalPort())) {
            socket.getOutputStream()
                    .write("GET /orders?limit=5 HTTP/1.0\r\nHost: shop:80\r\nX-Project-Id: p1\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                    .endsWith("done");
        } finally {
            server.stop();
        }

        for (int i = 0; i < 2; i++) {
            Notification<?> notification = next();
            JsonNode theirs = python.path(notification.eventType());
            JsonNode ours = payload(notification);
            assertThat(notification.priority().name())
                    .isEqualTo(theirs.path("priority").asString());
            // A real server knows who asks and reads its name from the request; WebOb's blank request has neither.
            ObjectNode request = (ObjectNode) ours.path("request");
            assertThat(request.remove("REMOTE_ADDR").asString()).isEqualTo("127.0.0.1");
            assertThat(request.path("SERVER_NAME").asString()).isEqualTo("shop");
            request.put("SERVER_NAME", "localhost");
            if (ours.has("response")) {
                ((ObjectNode) ours.path("response").path("headers")).remove(List.of("Server", "Date", "Content-Type"));
            }
            assertThat(ours).isEqualTo(theirs.path("payload"));
        }
        assertThat(sent).isEmpty();
    }

    @Test
    void theInterceptorLeavesOutCredentialsOfHttp() throws Exception {
        try (RpcServer server = RpcServer.builder()
                        .method("order", String.class, item -> "ordered " + item)
                        .interceptor(
                                RequestNotificationInterceptor.builder(notifier).build())
                        .listen("jsonrpc+http://127.0.0.1:0")
                        .build()
                        .start();
                RpcClient client = RpcClient.builder(
                                server.addresses().getFirst().toString().replace("://", "://ann:hush@"))
                        .build()) {
            assertThat(client.call("order", String.class, "tea")).isEqualTo("ordered tea");
        }
        JsonNode request = payload(next()).path("request");
        assertThat(request.path("wire").asString()).isEqualTo("jsonrpc+http");
        assertThat(request.path("remote_address").asString()).contains("127.0.0.1");
        assertThat(request.path("service_name").isNull()).isTrue();
        assertThat(request.path("metadata").propertyNames())
                .contains("host", "content-type")
                .doesNotContain("authorization");
        assertThat(payload(next()).path("response").path("status").asString()).isEqualTo("ok");
    }
}
