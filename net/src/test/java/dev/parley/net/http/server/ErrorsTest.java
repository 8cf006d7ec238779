package dev.parley.net.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.net.http.HttpResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the server does when its own code or a handler runs into an {@link Error}: there is always a response or an end. */
@Timeout(60)
class ErrorsTest {
    private static final class Unprintable extends RuntimeException {
        @Override
        public String getMessage() {
            throw new StackOverflowError();
        }
    }

    private HttpServer server;

    @BeforeEach
    void start() {
        server = HttpServer.builder()
                .handle("/echo", exchange -> exchange.respond(HttpResponse.of(200, "text/plain", exchange.body())))
                .handle("/error", exchange -> {
                    throw new StackOverflowError();
                })
                .handle("/unprintable", exchange -> {
                    throw new Unprintable();
                })
                .build()
                .start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private String post(String path, byte[] body, String... fields) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(30_000);
            OutputStream out = socket.getOutputStream();
            StringBuilder head = new StringBuilder("POST " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n");
            for (String field : fields) {
                head.append(field).append("\r\n");
            }
            head.append("Connection: close\r\nContent-Length: ")
                    .append(body.length)
                    .append("\r\n\r\n");
            out.write(head.toString().getBytes(StandardCharsets.US_ASCII));
            out.write(body);
            out.flush();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    @Test
    void aHundredThousandEmptyGzipMembersHaveAResponse() throws Exception {
        ByteArrayOutputStream member = new ByteArrayOutputStream();
        new GZIPOutputStream(member).close();
        ByteArrayOutputStream members = new ByteArrayOutputStream();
        for (int i = 0; i < 100_000; i++) {
            members.writeBytes(member.toByteArray());
        }
        assertThat(post("/echo", members.toByteArray(), "Content-Encoding: gzip"))
                .startsWith("HTTP/1.1 ");
        assertThat(post("/echo", new byte[] {'x'})).startsWith("HTTP/1.1 200").endsWith("x");
    }

    @Test
    void anErrorOfAHandlerHasAResponse() throws Exception {
        assertThat(post("/error", new byte[0])).startsWith("HTTP/1.1 500");
        assertThat(post("/unprintable", new byte[0])).startsWith("HTTP/1.1 500");
        assertThat(post("/echo", new byte[] {'x'})).startsWith("HTTP/1.1 200").endsWith("x");
    }
}
