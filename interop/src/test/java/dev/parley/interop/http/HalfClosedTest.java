package dev.parley.interop.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.RpcServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Callers that close their sending half after the request and then read, as {@code printf … | nc} does. */
@Timeout(60)
class HalfClosedTest {
    private static final String CALL = "{\"jsonrpc\":\"2.0\",\"method\":\"hold\",\"id\":1}";
    private static final String DOCUMENT = "<methodCall><methodName>hold</methodName></methodCall>";

    private final Service service = new Service();
    private RpcServer server;

    /** Thread-safe. */
    public static final class Service {
        private final CountDownLatch held = new CountDownLatch(1);
        private final CountDownLatch release = new CountDownLatch(1);

        /** Returns once it is released. */
        public String hold() throws InterruptedException {
            held.countDown();
            return release.await(30, TimeUnit.SECONDS) ? "released" : "too late";
        }
    }

    @BeforeEach
    void start() {
        server = RpcServer.builder()
                .endpoint(service)
                .listen("jsonrpc+http://127.0.0.1:0/")
                .listen("xmlrpc+http://127.0.0.1:0/RPC2")
                .listen("jsonrpc+tcp://127.0.0.1:0")
                .build()
                .start();
    }

    @AfterEach
    void stop() {
        service.release.countDown();
        server.close();
    }

    private static String post(String path, String body) {
        return "POST " + path + " HTTP/1.1\r\nHost: x\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
    }

    /** Sends, closes the sending half, lets the method return once the server has noticed, and reads to the end. */
    private String exchange(int listener, String request) throws Exception {
        int port = server.addresses().get(listener).port(-1);
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(request.getBytes(UTF_8));
            socket.shutdownOutput();
            assertThat(service.held.await(30, TimeUnit.SECONDS)).isTrue();
            otherCall();
            service.release.countDown();
            return new String(socket.getInputStream().readAllBytes(), UTF_8);
        }
    }

    /** Another exchange on each listener: meanwhile the event loops have seen the end of input. */
    private void otherCall() throws IOException {
        for (int i = 0; i < 20; i++) {
            try (Socket socket = new Socket(
                    InetAddress.getLoopbackAddress(), server.addresses().get(2).port(-1))) {
                socket.setSoTimeout(30_000);
                socket.getOutputStream().write("{}\n".getBytes(UTF_8));
                assertThat(socket.getInputStream().read()).isEqualTo('{');
            }
        }
    }

    @Test
    void jsonRpcOverHttp() throws Exception {
        assertThat(exchange(0, post("/", CALL))).startsWith("HTTP/1.1 200").contains("\"result\":\"released\"");
    }

    @Test
    void xmlRpcOverHttp() throws Exception {
        assertThat(exchange(1, post("/RPC2", DOCUMENT)))
                .startsWith("HTTP/1.1 200")
                .contains("released");
    }

    @Test
    void jsonRpcOverTcp() throws Exception {
        assertThat(exchange(2, CALL)).contains("\"result\":\"released\"");
    }
}
