package dev.parley.interop.http;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.parley.Address;
import dev.parley.RpcServer;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/** One line per request. */
@Timeout(120)
class AccessLogTest {
    private static final String DATE = "\\[\\d\\d/[A-Z][a-z]{2}/\\d{4}:\\d\\d:\\d\\d:\\d\\d [+-]\\d{4}\\]";

    private final Logger logger = (Logger) LoggerFactory.getLogger("dev.parley.access");
    private final Lines lines = new Lines();
    private final Service service = new Service();

    private static final class Lines extends AppenderBase<ILoggingEvent> {
        final BlockingQueue<ILoggingEvent> events = new LinkedBlockingQueue<>();

        @Override
        protected void append(ILoggingEvent event) {
            events.add(event);
        }

        String next() throws InterruptedException {
            ILoggingEvent event = events.poll(60, TimeUnit.SECONDS);
            return event == null ? "nothing" : event.getFormattedMessage();
        }
    }

    @BeforeEach
    void capture() {
        lines.start();
        logger.setLevel(Level.INFO);
        logger.setAdditive(false);
        logger.addAppender(lines);
    }

    @AfterEach
    void release() {
        logger.detachAppender(lines);
        logger.setAdditive(true);
        logger.setLevel(null);
    }

    private RpcServer server(String address) {
        return RpcServer.builder().endpoint(service).listen(address).build().start();
    }

    private static String url(RpcServer server) {
        Address address = server.addresses().getFirst();
        return "http://127.0.0.1:" + address.port(-1) + "/rpc";
    }

    @Test
    void logsEachRequest() throws Exception {
        try (RpcServer server = server("jsonrpc+http://alice:secret@127.0.0.1:0/rpc?access_log=true")) {
            assertThat(server.addresses().getFirst().options()).isEmpty();
            String url = url(server);
            String[] headers = {"Authorization", "Basic YWxpY2U6c2VjcmV0", "User-Agent", "shop \"1\"\\ é"};
            assertThat(Http.post(url + "?key=hush", Http.JSON_ADD, headers).statusCode())
                    .isEqualTo(200);
            assertThat(lines.next())
                    .matches("127\\.0\\.0\\.1 - alice " + DATE + " \"POST /rpc HTTP/1\\.1\" 200 35 \"-\""
                            + " \"shop \\\\u00221\\\\u0022\\\\u005c .*\" method=add outcome=ok duration_us=\\d+"
                            + " request_bytes=62")
                    .doesNotContain("hush", "secret");
            Http.post(url, Http.JSON_ADD.replace("add", "no\\nsuch method"), headers);
            assertThat(lines.next()).contains(" method=no\\u000asuch\\u0020method outcome=-32601 ");
            Http.post(url, "nonsense", headers);
            assertThat(lines.next()).contains(" 200 ", " method=- outcome=-32700 ");
            Http.post(url, "[" + (Http.JSON_ADD + ",").repeat(6) + Http.JSON_ADD.replace("add", "sub") + "]", headers);
            assertThat(lines.next()).contains(",+2 outcome=1/7_failed ");
            Http.post(url, "{\"jsonrpc\":\"2.0\",\"method\":\"rpc.discover\",\"id\":1}", headers);
            assertThat(lines.next()).contains(" method=rpc.discover outcome=ok ");
            Http.post(url, "{\"jsonrpc\":\"2.0\",\"method\":\"fail\"}", headers);
            assertThat(lines.next()).contains("\" 200 0 \"-\"", " method=fail outcome=ok ");
            Http.get(url, headers);
            assertThat(lines.next()).contains("\"GET /rpc HTTP/1.1\" 405 ", " method=- outcome=- ");
            Http.post(url, Http.JSON_ADD);
            assertThat(lines.next()).matches("127\\.0\\.0\\.1 - - .* 401 \\d+ .*");
            Http.post(url + "x", Http.JSON_ADD, headers);
            assertThat(lines.next()).contains(" 404 ");
        }
    }

    @Test
    void logsXmlRpc() throws Exception {
        try (RpcServer server = server("xmlrpc+http://127.0.0.1:0/rpc?access_log=true")) {
            Http.post(url(server), Http.XML_ADD, "Referer", "http://shop.example/a?key=hush");
            assertThat(lines.next())
                    .contains(" \"http://shop.example/a\" ", " method=add outcome=ok ")
                    .doesNotContain("hush");
            Http.post(url(server), Http.xml("fail", "<param><value>no</value></param>"));
            assertThat(lines.next()).contains(" method=fail outcome=-32500 ");
            Http.post(url(server), Http.xml("system.listMethods", ""));
            assertThat(lines.next()).contains(" method=system.listMethods outcome=ok ");
            Http.post(url(server), "nonsense");
            assertThat(lines.next()).contains(" method=- outcome=-32700 ");
        }
    }

    @Test
    void logsMalformedRequestsAndLostPeers() throws Exception {
        try (RpcServer server = server("jsonrpc+http://127.0.0.1:0/rpc?access_log=true")) {
            int port = server.addresses().getFirst().port(-1);
            try (Socket peer = new Socket(InetAddress.getLoopbackAddress(), port)) {
                peer.getOutputStream().write("GET\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                assertThat(lines.next()).matches("127\\.0\\.0\\.1 - - " + DATE + " \".*\" 400 .*");
            }
            try (Socket peer = new Socket(InetAddress.getLoopbackAddress(), port)) {
                String body = "{\"id\":1,\"method\":\"wait\"}";
                OutputStream out = peer.getOutputStream();
                out.write(("POST /rpc HTTP/1.1\r\nHost: x\r\nContent-Length: " + body.length() + "\r\n\r\n" + body)
                        .getBytes(StandardCharsets.US_ASCII));
                assertThat(service.waiting.await(60, TimeUnit.SECONDS)).isTrue();
            }
            assertThat(lines.next()).contains("\"POST /rpc HTTP/1.1\" 499 0 ");
            assertThat(service.interrupted.await(60, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void isAtDebugUnlessAskedFor() throws Exception {
        try (RpcServer server = server("jsonrpc+http://127.0.0.1:0/rpc")) {
            Http.post(url(server), Http.JSON_ADD);
            assertThat(lines.events).isEmpty();
            logger.setLevel(Level.DEBUG);
            Http.send(Http.request(url(server)).POST(HttpRequest.BodyPublishers.ofString(Http.JSON_ADD)));
            assertThat(lines.next()).contains("method=add");
        }
    }
}
