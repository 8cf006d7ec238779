package dev.parley.net.http.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.BugDetectors;
import com.code_intelligence.jazzer.api.SilentCloseable;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.parley.net.http.HttpResponse;
import dev.parley.net.http.RawPeer;
import java.io.IOException;
import java.net.SocketException;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Jazzer searches for requests that an HTTP server neither answers nor refuses, or after which it serves no others. By
 * default the seeds alone run; with {@code JAZZER_FUZZ=1} in the environment the test is fuzzed.
 */
class RequestFuzzTest {
    private static final String LINE_FEEDS = """
            POST /echo HTTP/1.0
            Content-Length: 2

            hi""";

    static Stream<byte[]> requests() {
        String chunked =
                "POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n2;a=b\r\nhi\r\n0\r\nT: 1\r\n\r\n";
        return Stream.of(
                        RawPeer.post("/echo", "hi").concat(chunked),
                        LINE_FEEDS,
                        "POST /echo HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nhi",
                        "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n\u001f\u008b",
                        "POST http://[::1/echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n",
                        "POST /%65cho?%zz HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic !\r\nContent-Length: 0\r\n\r\n",
                        "GET / HTTP/3.9\r\n\r\n",
                        "POST /echo HTTP/1.1\r\nHost: localhost\r\n Folded: 1\r\nContent-Length: 1\r\n\r\nx",
                        "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5")
                .map(text -> text.getBytes(ISO_8859_1));
    }

    @MethodSource("requests")
    @SuppressWarnings("try") // Network connections are allowed until the end of the block.
    @FuzzTest
    void everyRequestIsAnsweredAndSoIsTheNext(byte[] bytes) throws IOException {
        try (SilentCloseable allowed = BugDetectors.allowNetworkConnections();
                HttpServer server = HttpServer.builder()
                        .handle("/echo", e -> e.respond(HttpResponse.of(200, "text/plain", e.body())))
                        .build()
                        .start()) {
            try (RawPeer peer = new RawPeer(server.port())) {
                peer.send(bytes);
                peer.socket.shutdownOutput();
                String responses = peer.readAll();
                assertThat(responses).matches("(?s)(HTTP/1\\.1 [1-5][0-9][0-9] .*)?");
            } catch (SocketException closed) {
                // It was refused before all of it was sent.
            }
            assertThat(
                            RawPeer.exchange(
                                    server.port(),
                                    "POST /echo HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 4\r\n\r\nnext"))
                    .endsWith("next");
        }
    }
}
