package dev.parley.net.http.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.AccessDeniedException;
import dev.parley.Address;
import dev.parley.InvalidTargetException;
import dev.parley.Limits;
import dev.parley.net.http.ContentCoding;
import dev.parley.net.http.Headers;
import dev.parley.net.http.HttpResponse;
import dev.parley.net.http.ScriptedServer;
import dev.parley.net.http.client.HttpClient;
import dev.parley.net.http.server.HttpExchange;
import dev.parley.net.http.server.HttpServer;
import dev.parley.spi.AddressOptions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Proxies, compression, cookies and content types of clients. */
@Timeout(60)
class ClientOptionsTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    private final BlockingQueue<HttpExchange> requests = new LinkedBlockingQueue<>();
    private volatile HttpResponse response = HttpResponse.empty(200);
    private final HttpServer server = HttpServer.builder()
            .handle("/", this::respond)
            .handle("/rpc", this::respond)
            .build()
            .start();

    private void respond(HttpExchange exchange) {
        requests.add(exchange);
        exchange.respond(response);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static HttpClient client(String text) {
        Address address = Address.parse(text);
        AddressOptions options = new AddressOptions(address);
        String path = HttpAddress.path(address, options, "/");
        HttpClient.Builder client = HttpAddress.client(address, options, Limits.defaults(), path, null);
        options.refuseOthers();
        return client.headers(Headers.of("Content-Type", "text/xml", "Accept", "text/xml"))
                .build();
    }

    private HttpClient connect(String options) {
        return client("test+http://127.0.0.1:" + server.port() + "/" + options);
    }

    private HttpExchange post(HttpClient client, Headers headers, byte[] body) throws InterruptedException {
        client.post(headers, body, LONG);
        return requests.take();
    }

    // --- the form of requests

    @Test
    void compressesFromTheThresholdOn() throws Exception {
        byte[] body = "0123456789".repeat(10).getBytes(StandardCharsets.US_ASCII);
        try (HttpClient client = connect("?gzip_threshold=100")) {
            HttpExchange request = post(client, Headers.empty(), body);
            assertThat(request.header("Content-Encoding")).isEqualTo("gzip");
            assertThat(request.body()).isEqualTo(body);
            assertThat(Integer.parseInt(request.header("Content-Length"))).isLessThan(100);
            request = post(client, Headers.empty(), new byte[99]);
            assertThat(request.header("Content-Encoding")).isNull();
            assertThat(request.body()).hasSize(99);
            // What is compressed already would only grow.
            byte[] zipped = ContentCoding.gzip(body);
            try (HttpClient always = connect("?gzip_threshold=0")) {
                assertThat(post(always, Headers.empty(), zipped).header("Content-Encoding"))
                        .isNull();
            }
        }
        try (HttpClient client = connect("")) {
            assertThat(post(client, Headers.empty(), new byte[1 << 20]).header("Content-Encoding"))
                    .isNull();
        }
    }

    @Test
    void replacesTheContentType() throws Exception {
        try (HttpClient client = connect("?content_type=application/json-rpc;%20charset=utf-8")) {
            HttpExchange request = post(client, Headers.empty(), new byte[0]);
            assertThat(request.headers().all("Content-Type")).containsExactly("application/json-rpc; charset=utf-8");
            assertThat(request.header("Accept")).isEqualTo("text/xml");
            request = post(client, Headers.of("content-type", "text/plain"), new byte[0]);
            assertThat(request.headers().all("Content-Type")).containsExactly("text/plain");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "content_type=json",
                "content_type=a/b%0d%0aX:1",
                "gzip_threshold=-1",
                "gzip_threshold=no",
                "cookies=maybe",
                "proxy=https://127.0.0.1:1",
                "proxy=none%20",
                // of https alone
                "ssl_ca_file=ca.pem",
                "insecure_skip_verify=true"
            })
    void refusesMalformedOptions(String option) {
        assertThatThrownBy(() -> connect("?" + option))
                .isInstanceOf(InvalidTargetException.class)
                .hasMessageContaining(option.substring(0, option.indexOf('=')));
    }

    // --- cookies

    private String cookieSentAfter(HttpClient client, String... set) throws InterruptedException {
        HttpResponse next = HttpResponse.empty(200);
        for (String each : set) {
            next = next.with("Set-Cookie", each);
        }
        response = next;
        post(client, Headers.empty(), new byte[0]);
        response = HttpResponse.empty(200);
        String sent = post(client, Headers.empty(), new byte[0]).header("Cookie");
        return sent == null ? "" : sent;
    }

    @Test
    void sendsTheCookiesOfItsServerBack() throws Exception {
        for (String host : new String[] {"127.0.0.1", "localhost"}) {
            try (HttpClient client = client("test+http://" + host + ":" + server.port() + "/rpc?cookies=true")) {
                assertThat(cookieSentAfter(client, "session=a1; Path=/; HttpOnly", "lang=en"))
                        .isEqualTo("session=a1; lang=en");
                assertThat(cookieSentAfter(client, "session=a2; Path=/")).contains("session=a2", "lang=en");
                assertThat(cookieSentAfter(client, "session=; Path=/; Max-Age=0"))
                        .isEqualTo("lang=en");
                assertThat(cookieSentAfter(
                                client,
                                "other=1; Domain=example.com",
                                "secure=1; Secure",
                                "elsewhere=1; Path=/shop",
                                "malformed"))
                        .isEqualTo("lang=en");
                // An error sets cookies too, and the caller's own ones are sent alone.
                response = HttpResponse.empty(401).with("Set-Cookie", "lang=de");
                post(client, Headers.empty(), new byte[0]);
                assertThat(post(client, Headers.empty(), new byte[0]).header("Cookie"))
                        .isEqualTo("lang=de");
                assertThat(post(client, Headers.of("Cookie", "own=1"), new byte[0])
                                .headers()
                                .all("Cookie"))
                        .containsExactly("own=1");
            }
        }
    }

    @Test
    void keepsNoCookiesUnlessAsked() throws Exception {
        try (HttpClient client = connect("");
                HttpClient first = connect("?cookies=true");
                HttpClient second = connect("?cookies=true")) {
            assertThat(cookieSentAfter(client, "session=1")).isEmpty();
            assertThat(cookieSentAfter(first, "session=1")).isEqualTo("session=1");
            assertThat(post(second, Headers.empty(), new byte[0]).header("Cookie"))
                    .isNull();
        }
    }

    @Test
    void cookiesAreBounded() throws Exception {
        try (HttpClient client = connect("?cookies=true")) {
            assertThat(cookieSentAfter(client, "long=" + "x".repeat(5000), "short=1"))
                    .isEqualTo("short=1");
            String sent = "";
            for (int i = 0; i < 60; i++) {
                sent = cookieSentAfter(client, "c" + i + "=1");
            }
            assertThat(sent.split("; ")).hasSize(50).contains("c59=1").doesNotContain("c9=1", "short=1");
        }
    }

    // --- proxies

    /** A proxy that answers everything itself. */
    private static ScriptedServer proxy(BlockingQueue<String> heads, String status) throws IOException {
        return ScriptedServer.start(peer -> {
            heads.add(ScriptedServer.request(peer));
            peer.send("HTTP/1.1 " + status + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        });
    }

    @Test
    void proxiesOfTheJvm() throws Exception {
        BlockingQueue<String> heads = new LinkedBlockingQueue<>();
        try (ScriptedServer proxy = proxy(heads, "200 OK")) {
            System.setProperty("http.proxyHost", "127.0.0.1");
            System.setProperty("http.proxyPort", String.valueOf(proxy.port()));
            System.setProperty("http.nonProxyHosts", "*.inside.invalid|localhost|127.*");
            try (HttpClient client = client("test+http://service.invalid:81/rpc");
                    HttpClient direct = connect("")) {
                assertThat(client.post(Headers.empty(), new byte[0], LONG).status())
                        .isEqualTo(200);
                assertThat(heads.take()).startsWith("POST http://service.invalid:81/rpc HTTP/1.1\r\n");
                assertThat(post(direct, Headers.empty(), new byte[0])).isNotNull();
                for (String bypassed : List.of(
                        "test+http://a.inside.invalid/rpc?connect_timeout=5",
                        "test+http://service.invalid/rpc?proxy=none&connect_timeout=5")) {
                    try (HttpClient other = client(bypassed)) {
                        assertThatThrownBy(() -> other.post(Headers.empty(), new byte[0], LONG))
                                .hasMessageContaining("cannot connect");
                    }
                }
                assertThat(heads).isEmpty();
            } finally {
                System.clearProperty("http.proxyHost");
                System.clearProperty("http.proxyPort");
                System.clearProperty("http.nonProxyHosts");
            }
        }
    }

    @Test
    void aSelectorOfTheProgramAndSocks() throws Exception {
        ProxySelector before = ProxySelector.getDefault();
        try {
            InetSocketAddress socks = InetSocketAddress.createUnresolved("127.0.0.1", 1080);
            ProxySelector.setDefault(new FixedProxies(new Proxy(Proxy.Type.SOCKS, socks)));
            assertThatThrownBy(() -> client("test+http://service.invalid/rpc"))
                    .isInstanceOf(InvalidTargetException.class)
                    .hasMessageContaining("SOCKS")
                    .hasMessageContaining("proxy=none");
            ProxySelector.setDefault(new FixedProxies(new Proxy(Proxy.Type.SOCKS, socks), Proxy.NO_PROXY));
            try (HttpClient direct = connect("")) {
                assertThat(post(direct, Headers.empty(), new byte[0])).isNotNull();
            }
            ProxySelector.setDefault(null);
            try (HttpClient direct = connect("")) {
                assertThat(post(direct, Headers.empty(), new byte[0])).isNotNull();
            }
        } finally {
            ProxySelector.setDefault(before);
        }
    }

    private static final class FixedProxies extends ProxySelector {
        private final List<Proxy> proxies;

        FixedProxies(Proxy... proxies) {
            this.proxies = List.of(proxies);
        }

        @Override
        public List<Proxy> select(URI uri) {
            return proxies;
        }

        @Override
        public void connectFailed(URI uri, SocketAddress address, IOException error) {}
    }

    @Test
    void aProxyThatWantsCredentials() throws Exception {
        BlockingQueue<String> heads = new LinkedBlockingQueue<>();
        try (ScriptedServer proxy = ScriptedServer.start(peer -> {
            heads.add(peer.readUntil("\r\n\r\n"));
            peer.send("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n");
        })) {
            for (String user : new String[] {"", "ann:s3cret@"}) {
                String option =
                        "http%3A%2F%2F" + user.replace("@", "%40").replace(":", "%3A") + "127.0.0.1%3A" + proxy.port();
                try (HttpClient client = client("test+https://service.invalid/rpc?proxy=" + option)) {
                    assertThatThrownBy(() -> client.post(Headers.empty(), new byte[0], LONG))
                            .isInstanceOf(AccessDeniedException.class)
                            .hasMessageContaining("option proxy")
                            .hasMessageNotContaining("s3cret");
                    String head = heads.take();
                    assertThat(head).startsWith("CONNECT service.invalid:443 HTTP/1.1\r\n");
                    assertThat(head.contains("Proxy-Authorization: Basic YW5uOnMzY3JldA==\r\n"))
                            .isEqualTo(!user.isEmpty());
                }
            }
        }
    }
}
