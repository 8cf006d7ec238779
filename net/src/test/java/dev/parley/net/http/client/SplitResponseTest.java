package dev.parley.net.http.client;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.RpcException;
import dev.parley.net.http.Headers;
import dev.parley.net.http.ScriptedServer;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Responses that are framed in two ways, with a second response behind them that answers no request: the next call must
 * not get it.
 */
@Timeout(60)
class SplitResponseTest {
    private static final String FORGED = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged";
    private static final String GOOD = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 0\r\n\r\n",
                "Content-Length: 0\r\nContent-Length: %d\r\n\r\n",
                "Content-Length: 0, %d\r\n\r\n",
                "Content-Length: %d\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
                "Content-Length: +0\r\n\r\n",
                "Content-Length: 0x0\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\n-0\r\n\r\n",
                "X: y\r\n Content-Length: 3\r\nContent-Length: 0\r\n\r\n",
            })
    void theNextCallDoesNotGetTheForgedResponse(String rest) throws IOException {
        String first = "HTTP/1.1 200 OK\r\n".concat(rest.formatted(FORGED.length())) + FORGED;
        try (ScriptedServer server = ScriptedServer.start(
                        peer -> {
                            ScriptedServer.request(peer);
                            peer.send(first);
                            // If the connection is used again, this call gets what was forged before it.
                            ScriptedServer.request(peer);
                            peer.send(GOOD);
                        },
                        peer -> {
                            ScriptedServer.request(peer);
                            peer.send(GOOD);
                        });
                HttpClient client = HttpClient.builder(
                                URI.create(server.address().toString()))
                        .build()) {
            try {
                assertThat(call(client)).isIn("", "good");
            } catch (RpcException refused) {
                assertThat(refused.getMessage()).isNotBlank();
            }
            assertThat(call(client)).isEqualTo("good");
        }
    }

    private static String call(HttpClient client) {
        byte[] body = client.post(Headers.empty(), "call".getBytes(ISO_8859_1), Duration.ofSeconds(20))
                .body();
        return new String(body, ISO_8859_1);
    }
}
