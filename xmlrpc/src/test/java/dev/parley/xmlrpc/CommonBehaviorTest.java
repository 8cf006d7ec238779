package dev.parley.xmlrpc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.parley.AccessDeniedException;
import dev.parley.ConnectionLostException;
import dev.parley.InvalidTargetException;
import dev.parley.RpcClient;
import dev.parley.RpcContext;
import dev.parley.RpcServer;
import dev.parley.net.http.Headers;
import dev.parley.net.http.HttpResponse;
import dev.parley.net.http.client.HttpClient;
import dev.parley.net.http.server.HttpServer;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.deser.std.StdDeserializer;
import tools.jackson.databind.module.SimpleModule;

/** What every wire does alike: see the same test of the other HTTP wire. */
@Timeout(60)
class CommonBehaviorTest {
    public static final class Service {
        final BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        final CountDownLatch release = new CountDownLatch(1);

        public String hold() throws InterruptedException {
            seen.add("held");
            release.await();
            return "released";
        }

        public String address(RpcContext context) {
            return String.valueOf(context.remoteAddress());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"xmlrpc+http"})
    void closeFailsCallsInFlight(String scheme) throws Exception {
        Service service = new Service();
        try (RpcServer server = RpcServer.builder()
                .endpoint(service)
                .listen(scheme + "://127.0.0.1:0")
                .build()
                .start()) {
            RpcClient client = RpcClient.connect(server.addresses().getFirst().toUri());
            CompletableFuture<String> future = client.callAsync("hold", String.class);
            assertThat(service.seen.poll(20, TimeUnit.SECONDS)).isEqualTo("held");
            client.close();
            assertThatThrownBy(() -> future.get(20, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(ConnectionLostException.class)
                    .hasMessageContaining("closed");
        } finally {
            service.release.countDown();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"xmlrpc+http"})
    void connectTimeoutOutOfRangeIsRefused(String scheme) {
        assertThatThrownBy(() -> RpcClient.connect(scheme + "://127.0.0.1:1?connect_timeout=9999999"))
                .isInstanceOf(InvalidTargetException.class)
                .hasMessageContaining("connect_timeout=9999999")
                .hasMessageContaining("at most 86400");
    }

    @Test
    void unexpectedFailureIsStatus500() {
        SimpleModule failing = new SimpleModule()
                .addDeserializer(String.class, new StdDeserializer<String>(String.class) {
                    @Override
                    public String deserialize(JsonParser parser, DeserializationContext context) {
                        throw new LinkageError("on purpose");
                    }
                });
        try (RpcServer server = RpcServer.builder()
                        .endpoint(new Service())
                        .mapper(mapper -> mapper.addModule(failing))
                        .listen("xmlrpc+http://127.0.0.1:0/rpc")
                        .build()
                        .start();
                HttpClient client = HttpClient.builder(URI.create("http://127.0.0.1:"
                                + server.addresses().getFirst().port(-1) + "/rpc"))
                        .build()) {
            String text = "x".repeat(1_000);
            byte[] body = ("<methodCall><methodName>system.methodHelp</methodName><params><param><value>" + text
                            + "</value></param></params></methodCall>")
                    .getBytes(UTF_8);
            HttpResponse response = client.post(Headers.empty(), body, Duration.ofSeconds(20));
            assertThat(response.status()).isEqualTo(500);
        }
    }

    @Test
    void proxyAuthenticationRequiredIsAccessDenied() {
        try (HttpServer peer = HttpServer.builder()
                        .handle("/rpc", exchange -> exchange.respond(HttpResponse.empty(407)))
                        .build()
                        .start();
                RpcClient client = RpcClient.connect("xmlrpc+http://127.0.0.1:" + peer.port() + "/rpc")) {
            assertThatThrownBy(() -> client.call("m", int.class))
                    .isInstanceOf(AccessDeniedException.class)
                    .hasMessageContaining("407");
        }
    }

    @Test
    void tokenIsSentAsBearerAndExcludesUserInfo() {
        BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        try (HttpServer peer = HttpServer.builder()
                        .handle("/rpc", exchange -> {
                            seen.add(String.valueOf(exchange.header("Authorization")));
                            exchange.respond(HttpResponse.empty(403));
                        })
                        .build()
                        .start();
                RpcClient client = RpcClient.connect("xmlrpc+http://127.0.0.1:" + peer.port() + "/rpc?token=t0ken")) {
            assertThatThrownBy(() -> client.call("m", int.class)).isInstanceOf(AccessDeniedException.class);
            assertThat(seen).containsExactly("Bearer t0ken");
        }
        assertThatThrownBy(() -> RpcClient.connect("xmlrpc+http://ann:pw@127.0.0.1:1?token=t0ken"))
                .isInstanceOf(InvalidTargetException.class)
                .hasMessageContaining("token");
    }

    @Test
    void unixSocketPeersAreCalledUnix(@TempDir Path folder) {
        try (RpcServer server = RpcServer.builder()
                        .endpoint(new Service())
                        .listen("xmlrpc+unix://" + folder.resolve("rpc.sock"))
                        .build()
                        .start();
                RpcClient client =
                        RpcClient.connect(server.addresses().getFirst().toUri())) {
            assertThat(client.call("address", String.class)).isEqualTo("unix");
        }
    }

    @Test
    void malformedRequestIsLoggedAtDebugOnly() {
        ListAppender<ILoggingEvent> events = new ListAppender<>();
        events.start();
        Logger logger = (Logger) LoggerFactory.getLogger("dev.parley");
        Level before = logger.getLevel();
        logger.setLevel(Level.DEBUG);
        logger.addAppender(events);
        try (RpcServer server = RpcServer.builder()
                        .endpoint(new Service())
                        .listen("xmlrpc+http://127.0.0.1:0/rpc")
                        .build()
                        .start();
                HttpClient client = HttpClient.builder(URI.create("http://127.0.0.1:"
                                + server.addresses().getFirst().port(-1) + "/rpc"))
                        .build()) {
            HttpResponse response = client.post(Headers.empty(), "garbage".getBytes(UTF_8), Duration.ofSeconds(20));
            assertThat(response.status()).isEqualTo(200);
        } finally {
            logger.detachAppender(events);
            logger.setLevel(before);
        }
        assertThat(List.copyOf(events.list))
                .filteredOn(event -> event.getLoggerName().startsWith("dev.parley.xmlrpc"))
                .isNotEmpty()
                .allSatisfy(event -> assertThat(event.getLevel()).isEqualTo(Level.DEBUG));
    }
}
