package dev.parley.oslo.notify.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.status.Status;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import dev.parley.broker.EmbeddedBroker;
import dev.parley.oslo.notify.Notifier;
import dev.parley.oslo.notify.NotifierCounts;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The bridges as a user configures them, with real notifiers and a broker. */
class BridgesOnBrokerTest {
    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    Path folder;

    private final LoggerContext context = new LoggerContext();
    private EmbeddedBroker broker;
    private Connection connection;
    private Channel channel;

    @BeforeEach
    void start() throws Exception {
        context.setMDCAdapter(MDC.getMDCAdapter());
        broker = EmbeddedBroker.builder().start();
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(broker.amqpUri());
        connection = factory.newConnection();
        channel = connection.createChannel();
    }

    @AfterEach
    void stop() {
        context.stop();
        connection.abort();
        broker.close();
    }

    /** The next notification in a queue, once it is there. */
    private JsonNode next(String queue) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (System.nanoTime() < end) {
            try (Channel asking = connection.createChannel()) {
                GetResponse got = asking.basicGet(queue, true);
                if (got != null) {
                    JsonNode body = JSON.readTree(got.getBody());
                    return body.has("oslo.message")
                            ? JSON.readTree(body.path("oslo.message").asString())
                            : body;
                }
            } catch (IOException e) {
                // The queue is not there yet, which closes the channel.
            }
            Thread.sleep(20);
        }
        throw new AssertionError("nothing in queue " + queue);
    }

    private void configure(String appenders) throws Exception {
        JoranConfigurator configurator = new JoranConfigurator();
        configurator.setContext(context);
        context.putProperty("ADDRESS", broker.address());
        String names = appenders.contains("name=\"errors\"") ? "<appender-ref ref=\"errors\"/>" : "";
        configurator.doConfigure(new ByteArrayInputStream(("<configuration>" + appenders
                        + "<root level=\"TRACE\"><appender-ref ref=\"notify\"/>" + names + "</root></configuration>")
                .getBytes(StandardCharsets.UTF_8)));
        assertThat(context.getStatusManager().getCopyOfStatusList())
                .filteredOn(status -> status.getLevel() != Status.INFO)
                .isEmpty();
    }

    @Test
    void appendersAreConfiguredInXml() throws Exception {
        configure("""
                <appender name="notify" class="dev.parley.oslo.notify.bridge.NotificationAppender">
                  <address>${ADDRESS}</address>
                  <publisherId>shop.host1</publisherId>
                  <topic>logs</topic>
                  <topic>audit</topic>
                  <driver>messaging</driver>
                  <level>info</level>
                  <skip>shop.secret</skip>
                  <queueSize>10</queueSize>
                  <maxLength>20</maxLength>
                  <includeCallerData>false</includeCallerData>
                  <includeMdc>true</includeMdc>
                  <closeTimeout>1000</closeTimeout>
                </appender>
                <appender name="errors" class="dev.parley.oslo.notify.bridge.ErrorNotificationAppender">
                  <address>${ADDRESS}</address>
                </appender>
                """);
        context.getLogger("shop.secret.Keys").info("skipped");
        context.getLogger("shop").debug("below the level");
        context.getLogger("shop").info("a text of more than twenty characters");
        context.getLogger("shop").error("failed");

        for (String topic : List.of("logs", "audit")) {
            JsonNode info = next(topic + ".info");
            assertThat(info.path("publisher_id").asString()).isEqualTo("shop.host1");
            assertThat(info.path("event_type").asString()).isEqualTo("logrecord");
            assertThat(info.path("priority").asString()).isEqualTo("INFO");
            assertThat(info.path("payload").path("msg").asString()).startsWith("a text of more than ...");
            assertThat(info.path("payload").path("pathname").isNull()).isTrue();
            assertThat(next(topic + ".error").path("payload").path("msg").asString())
                    .isEqualTo("failed");
        }
        JsonNode error = next("notifications.error");
        assertThat(error.path("publisher_id").asString()).isEqualTo("error.publisher");
        assertThat(error.path("event_type").asString()).isEqualTo("error_notification");
        assertThat(error.path("payload").toString()).isEqualTo("{\"error\":\"failed\"}");
    }

    @Test
    void aWrongAddressIsAnErrorOfLogbacksStatus() {
        NotificationAppender appender = new NotificationAppender();
        appender.setContext(context);
        appender.setAddress("carrier-pigeon://user:hush@host/");
        appender.start();
        assertThat(appender.isStarted()).isFalse();
        assertThat(context.getStatusManager().getCopyOfStatusList())
                .extracting(Status::getMessage)
                .anyMatch(message -> message.contains("cannot publish notifications") && message.contains("pigeon"))
                .noneMatch(message -> message.contains("hush"));
    }

    /** Everything in this JVM logs at TRACE to the appender, as the loggers of Parley and of its libraries do too. */
    private NotificationAppender appendToAll(String address, Runnable work) throws Exception {
        LoggerContext all = (LoggerContext) LoggerFactory.getILoggerFactory();
        Logger root = all.getLogger(Logger.ROOT_LOGGER_NAME);
        List<Appender<ILoggingEvent>> others = new ArrayList<>();
        root.iteratorForAppenders().forEachRemaining(others::add);
        Level level = root.getLevel();
        NotificationAppender appender = new NotificationAppender();
        appender.setContext(all);
        appender.setAddress(address);
        appender.addDriver("messagingv2");
        appender.addDriver("log");
        appender.start();
        assertThat(appender.isStarted()).isTrue();
        others.forEach(root::detachAppender);
        root.addAppender(appender);
        root.setLevel(Level.TRACE);
        try {
            work.run();
        } finally {
            root.setLevel(level);
            root.detachAppender(appender);
            others.forEach(root::addAppender);
            appender.stop();
        }
        return appender;
    }

    @Test
    void oneRecordIsOneNotificationWhateverPublishingLogs() throws Exception {
        channel.queueDeclare("notifications.error", false, false, false, null);
        NotificationAppender appender = appendToAll(
                broker.address(), () -> LoggerFactory.getLogger("shop").error("one"));
        assertThat(appender.failed() + appender.dropped()).isZero();
        assertThat(next("notifications.error").path("payload").path("msg").asString())
                .isEqualTo("one");
        assertThat(channel.messageCount("notifications.error")).isZero();
        for (String other : List.of("debug", "info", "warn")) {
            channel.queueDeclare("notifications." + other, false, false, false, null);
            assertThat(channel.messageCount("notifications." + other)).isZero();
        }
    }

    @Test
    void aBrokerThatIsDownCausesNoRecords() throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        CountDownLatch failed = new CountDownLatch(1);
        LoggerContext all = (LoggerContext) LoggerFactory.getILoggerFactory();
        NotifierCounts counts;
        try (Notifier notifier = Notifier.builder("rabbit://127.0.0.1:" + port + "/")
                .publisherId("shop")
                .deadline(Duration.ofMillis(300))
                .closeTimeout(Duration.ZERO)
                .onFailure((notification, error) -> {
                    LoggerFactory.getLogger("shop.Failures").error("lost {}", notification, error);
                    failed.countDown();
                })
                .build()) {
            NotificationAppender appender = new NotificationAppender();
            appender.setContext(all);
            appender.setNotifier(notifier);
            appender.start();
            Logger root = all.getLogger(Logger.ROOT_LOGGER_NAME);
            root.addAppender(appender);
            try {
                LoggerFactory.getLogger("shop").error("one");
                assertThat(failed.await(30, TimeUnit.SECONDS)).isTrue();
            } finally {
                root.detachAppender(appender);
                appender.stop();
            }
            counts = notifier.counts();
        }
        // What the handler logged would be waiting or failed.
        assertThat(counts.failed() + counts.waiting()).isEqualTo(1);
    }

    @Test
    void theFirstConfigurationOfAProgramMayHaveTheAppender() throws Exception {
        Path file = Files.writeString(folder.resolve("logback.xml"), """
                <configuration>
                  <appender name="console" class="ch.qos.logback.core.ConsoleAppender">
                    <encoder><pattern>%msg%n</pattern></encoder>
                  </appender>
                  <appender name="notify" class="dev.parley.oslo.notify.bridge.NotificationAppender">
                    <address>${TRANSPORT_URL}</address>
                  </appender>
                  <root level="TRACE">
                    <appender-ref ref="console"/>
                    <appender-ref ref="notify"/>
                  </root>
                  <shutdownHook/>
                </configuration>
                """);
        Path output = folder.resolve("output");
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-Dlogback.configurationFile=" + file,
                        "-cp",
                        System.getProperty("java.class.path"),
                        LoggingProgram.class.getName())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().put("TRANSPORT_URL", broker.address());
        Process program = builder.start();
        try {
            assertThat(program.waitFor(120, TimeUnit.SECONDS)).isTrue();
        } finally {
            program.destroyForcibly();
        }
        assertThat(program.exitValue()).as(Files.readString(output)).isZero();
        JsonNode notification = next("notifications.error");
        assertThat(notification.path("publisher_id").asString()).isEqualTo("BridgesOnBrokerTest$LoggingProgram");
        assertThat(notification.path("payload").path("msg").asString()).isEqualTo("last words");
        assertThat(channel.messageCount("notifications.error")).isZero();
    }

    /** Logs, and is over. */
    static final class LoggingProgram {
        private LoggingProgram() {}

        public static void main(String[] args) {
            LoggerFactory.getLogger("shop").error("last words");
        }
    }

    @Test
    void aFilterIsConfiguredByParameters() throws Exception {
        Server server = new Server();
        ServerConnector connector = new ServerConnector(server);
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        ServletContextHandler handler = new ServletContextHandler("/");
        FilterHolder filter = new FilterHolder(RequestNotificationFilter.class);
        filter.setInitParameter("address", broker.address());
        filter.setInitParameter("publisher_id", "web.host1");
        filter.setInitParameter("topics", "requests, audit");
        filter.setInitParameter("service_name", "shop");
        filter.setInitParameter("ignore_req_list", "get, Head");
        filter.setInitParameter("drop_headers", "x-key");
        handler.addFilter(filter, "/*", EnumSet.of(DispatcherType.REQUEST));
        handler.addServlet(
                new HttpServlet() {
                    @Override
                    protected void service(HttpServletRequest request, HttpServletResponse response) {
                        response.setStatus(204);
                    }
                },
                "/*");
        server.setHandler(handler);
        server.start();
        try (HttpClient client = HttpClient.newHttpClient()) {
            URI uri = URI.create("http://127.0.0.1:" + connector.getLocalPort() + "/orders");
            for (String method : List.of("GET", "DELETE")) {
                client.send(
                        HttpRequest.newBuilder(uri)
                                .method(method, HttpRequest.BodyPublishers.noBody())
                                .header("X-Key", "hush")
                                .header("X-Auth-Token", "kept")
                                .build(),
                        HttpResponse.BodyHandlers.discarding());
            }
        } finally {
            server.stop(); // Publishes what is left.
        }
        for (String topic : List.of("requests", "audit")) {
            JsonNode request = next(topic + ".info");
            assertThat(request.path("publisher_id").asString()).isEqualTo("web.host1");
            assertThat(request.path("event_type").asString()).isEqualTo("http.request");
            JsonNode members = request.path("payload").path("request");
            assertThat(members.path("REQUEST_METHOD").asString()).isEqualTo("DELETE");
            assertThat(members.path("HTTP_X_SERVICE_NAME").asString()).isEqualTo("shop");
            assertThat(members.path("HTTP_X_AUTH_TOKEN").asString()).isEqualTo("kept");
            assertThat(members.has("HTTP_X_KEY")).isFalse();
            JsonNode response = next(topic + ".info");
            assertThat(response.path("event_type").asString()).isEqualTo("http.response");
            assertThat(response.path("payload").path("response").path("status").asString())
                    .isEqualTo("204 No Content");
            assertThat(channel.messageCount(topic + ".info")).isZero();
        }
    }
}
