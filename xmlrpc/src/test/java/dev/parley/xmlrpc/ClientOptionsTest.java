package dev.parley.xmlrpc;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.parley.RpcClient;
import dev.parley.RpcServer;
import dev.parley.http.HttpCallOptions;
import dev.parley.net.http.HttpResponse;
import dev.parley.net.http.server.HttpExchange;
import dev.parley.net.http.server.HttpServer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/** What options of the address do to requests, and the log of requests and responses. */
@Timeout(60)
class ClientOptionsTest {
    private final BlockingQueue<HttpExchange> requests = new LinkedBlockingQueue<>();
    private final HttpServer server =
            HttpServer.builder().handle("/", this::respond).build().start();

    private void respond(HttpExchange exchange) {
        requests.add(exchange);
        exchange.respond(HttpResponse.of(
                        200,
                        "text/xml",
                        "<methodResponse><params><param><value>tea</value></param></params></methodResponse>"
                                .getBytes(StandardCharsets.UTF_8))
                .with("Set-Cookie", "session=s3cret; HttpOnly"));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private RpcClient connect(String options) {
        return RpcClient.connect("xmlrpc+http://127.0.0.1:" + server.port() + "/" + options);
    }

    @Test
    void requests() throws Exception {
        try (RpcClient client =
                connect("?token=t0k&content_type=application/xml&gzip_threshold=1000&cookies=true&ascii=true")) {
            assertThat(client.call("größe", String.class, "é".repeat(500))).isEqualTo("tea");
            HttpExchange sent = requests.take();
            assertThat(sent.headers().all("authorization")).containsExactly("Bearer t0k");
            assertThat(sent.headers().all("content-type")).containsExactly("application/xml");
            assertThat(sent.header("Content-Encoding")).isEqualTo("gzip");
            assertThat(new String(sent.body(), StandardCharsets.US_ASCII))
                    .contains("<methodName>gr&#246;&#223;e</methodName>", "&#233;&#233;");
            client.call("m", String.class);
            assertThat(requests.take().header("Cookie")).isEqualTo("session=s3cret");
        }
    }

    @Test
    void parleyReadsThem() {
        try (RpcServer echo = RpcServer.builder()
                        .method("echo", Object.class, value -> value)
                        .listen("xmlrpc+http://127.0.0.1:0/?ascii=true")
                        .build()
                        .start();
                RpcClient client = RpcClient.connect(
                        echo.addresses().getFirst().toUri() + "&content_type=application/xml&gzip_threshold=0")) {
            Object value = Map.of("größe", List.of("é€😀".repeat(1000)));
            assertThat(client.call("echo", Object.class, value)).isEqualTo(value);
        }
    }

    @Test
    void messagesAreLoggedAtTraceWithoutCredentials() {
        ListAppender<ILoggingEvent> events = new ListAppender<>();
        events.start();
        Logger logger = (Logger) LoggerFactory.getLogger("dev.parley.net.http.rpc");
        Level before = logger.getLevel();
        logger.addAppender(events);
        try (RpcClient client = connect("?token=t0k&query=hidden")) {
            logger.setLevel(Level.DEBUG);
            client.call("first", String.class);
            logger.setLevel(Level.TRACE);
            client.prepare(o -> o.with(HttpCallOptions.HEADERS, Map.of("X-Api-Key", "k3y", "X-Trace", "17")))
                    .call("second", String.class);
        } finally {
            logger.setLevel(before);
            logger.detachAppender(events);
        }
        String log =
                events.list.stream().map(ILoggingEvent::getFormattedMessage).collect(Collectors.joining("\n"));
        assertThat(log)
                .contains("<methodName>second</methodName>", "HTTP 200", "<value>tea</value>", "X-Trace: 17")
                .doesNotContain("first", "t0k", "hidden", "k3y", "s3cret");
    }
}
