package dev.parley.net.http.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.net.http.BrowserPolicy;
import dev.parley.net.http.HttpResponse;
import dev.parley.net.http.RawPeer;
import dev.parley.security.Authenticator;
import dev.parley.security.LoginLimits;
import dev.parley.spi.Authentication;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which pages may call a server from a browser. */
@Timeout(60)
class WebPagesTest {
    private HttpServer server = start("127.0.0.1", BrowserPolicy.sameOrigin());

    private static HttpServer.Builder builder(String host, BrowserPolicy policy) {
        return HttpServer.builder()
                .bind(host, 0)
                .browsers(policy)
                .handle("/", exchange -> exchange.respond(HttpResponse.text(200, "called")))
                .handle("/", exchange -> exchange.respond(HttpResponse.text(200, "shown")), "GET");
    }

    private static HttpServer start(String host, BrowserPolicy policy) {
        return builder(host, policy).build().start();
    }

    private void restart(String host, BrowserPolicy policy) {
        server.close();
        server = start(host, policy);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private String request(String method, String... fields) throws IOException {
        return RawPeer.exchange(
                server.port(),
                method + " / HTTP/1.1\r\nConnection: close\r\nContent-Length: 0\r\n" + String.join("\r\n", fields)
                        + "\r\n\r\n");
    }

    private static int status(String response) {
        assertThat(response).startsWith("HTTP/1.1 ");
        return Integer.parseInt(response.substring(9, 12));
    }

    @ParameterizedTest
    @CsvSource({
        "localhost:80, http://localhost:80, 200",
        "localhost:80, https://LOCALHOST:80, 200",
        "app.localhost, http://app.localhost, 200",
        "127.0.0.1:80, http://127.0.0.1:80, 200",
        "'[::1]:80', 'http://[::1]:80', 200",
        "localhost:80, http://localhost, 403",
        "localhost:80, http://evil.example, 403",
        "localhost:80, null, 403",
        "localhost, http://x.localhost, 403",
        // A page whose own name leads to this machine.
        "evil.example:80, http://evil.example:80, 403",
        "localhost.evil.example, http://localhost.evil.example, 403",
        "127.0.0.1.evil.example, http://127.0.0.1.evil.example, 403",
    })
    void onALoopbackAddress(String host, String origin, int status) throws IOException {
        assertThat(status(request("POST", "Host: " + host, "Origin: " + origin)))
                .isEqualTo(status);
    }

    @Test
    void everyOriginCounts() throws IOException {
        String[] fields = {"Host: localhost", "Origin: http://localhost", "Origin: http://evil.example"};
        assertThat(status(request("POST", fields))).isEqualTo(403);
    }

    @Test
    void pagesAreNotShownUnderForeignNames() throws IOException {
        assertThat(status(request("GET", "Host: localhost"))).isEqualTo(200);
        assertThat(request("GET", "Host: evil.example"))
                .startsWith("HTTP/1.1 403")
                .contains("option hosts");
        // Programs, which send no Origin, use whatever name leads here.
        assertThat(status(request("POST", "Host: alias"))).isEqualTo(200);
    }

    @Test
    void hostsCanBeNamed() throws IOException {
        restart("127.0.0.1", new BrowserPolicy(List.of(), List.of("Printer.example")));
        assertThat(status(request("POST", "Host: printer.example:81", "Origin: http://printer.example:81")))
                .isEqualTo(200);
        assertThat(status(request("POST", "Host: other.example", "Origin: http://other.example")))
                .isEqualTo(403);
    }

    @Test
    void otherAddressesAreReachedByAnyName() throws IOException {
        restart("0.0.0.0", BrowserPolicy.sameOrigin());
        assertThat(status(request("POST", "Host: api.example", "Origin: http://api.example")))
                .isEqualTo(200);
        assertThat(status(request("POST", "Host: api.example", "Origin: http://evil.example")))
                .isEqualTo(403);
    }

    @Test
    void allowedOriginsMayCallAndRead() throws IOException {
        restart("127.0.0.1", new BrowserPolicy(List.of("https://App.example"), List.of()));
        assertThat(request("POST", "Host: localhost", "Origin: https://app.example"))
                .startsWith("HTTP/1.1 200")
                .contains(
                        "\r\nAccess-Control-Allow-Origin: https://app.example\r\n",
                        "\r\nAccess-Control-Allow-Credentials: true\r\n",
                        "\r\nVary: Origin\r\n")
                .endsWith("called\n");
        assertThat(request("POST", "Host: localhost", "Origin: https://app.example.evil"))
                .startsWith("HTTP/1.1 403")
                .doesNotContain("Access-Control");
        assertThat(request("POST", "Host: localhost")).doesNotContain("Access-Control");
    }

    @Test
    void browsersAskBeforeTheyPost() throws IOException {
        server.close();
        server = builder("127.0.0.1", new BrowserPolicy(List.of("https://app.example"), List.of()))
                .authentication(new Authentication(Authenticator.password("user", "pass"), LoginLimits.defaults()))
                .build()
                .start();
        String[] asking = {
            "Host: localhost",
            "Origin: https://app.example",
            "Access-Control-Request-Method: POST",
            "Access-Control-Request-Headers: authorization, content-type",
            "Access-Control-Request-Private-Network: true"
        };
        // Without credentials, which a browser does not send then.
        assertThat(request("OPTIONS", asking))
                .startsWith("HTTP/1.1 204")
                .containsOnlyOnce("Access-Control-Allow-Origin: https://app.example\r\n")
                .contains(
                        "\r\nAccess-Control-Allow-Methods: POST\r\n",
                        "\r\nAccess-Control-Allow-Headers: authorization, content-type\r\n",
                        "\r\nAccess-Control-Allow-Private-Network: true\r\n",
                        "\r\nAccess-Control-Max-Age: 600\r\n");
        // The page is told that credentials are missing.
        assertThat(request("POST", "Host: localhost", "Origin: https://app.example"))
                .startsWith("HTTP/1.1 401")
                .contains("Access-Control-Allow-Origin: https://app.example\r\n");
        asking[1] = "Origin: https://evil.example";
        assertThat(request("OPTIONS", asking)).startsWith("HTTP/1.1 403").doesNotContain("Access-Control");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"*", "null", "app.example", "https://app.example/", "https://user@app.example", "https://*.x"})
    void malformedOriginsAreRefused(String origin) {
        assertThatThrownBy(() -> new BrowserPolicy(List.of(origin), List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("scheme://host[:port]");
    }
}
