package dev.parley.net.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.ConnectionLostException;
import dev.parley.net.http.client.HttpClient;
import dev.parley.net.http.server.HttpServer;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class HttpTlsTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    @TempDir
    static Path folder;

    private static SSLContext trusted;
    private static SSLContext renewed;

    @BeforeAll
    static void makeCertificates() throws Exception {
        trusted = context("localhost");
        renewed = context("renewed");
    }

    /** Keys of a new self-signed certificate, and trust in it alone. */
    private static SSLContext context(String name) throws Exception {
        Path store = folder.resolve(name + ".p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "parley",
                        "-dname",
                        "CN=" + name,
                        "-ext",
                        "san=dns:localhost",
                        "-keyalg",
                        "EC",
                        "-validity",
                        "2",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        "changeit",
                        "-keystore",
                        store.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(keytool.waitFor()).as(output).isZero();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, "changeit".toCharArray());
        }
        KeyManagerFactory keyManagers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keyManagers.init(keys, "changeit".toCharArray());
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(keys);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keyManagers.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    private static HttpServer.Builder server() {
        return HttpServer.builder()
                .tls(trusted, null)
                .handle("/", e -> e.respond(HttpResponse.text(200, e.isSecure() + " " + e.principal())));
    }

    private static HttpClient.Builder client(HttpServer server, String host) {
        return HttpClient.builder(URI.create("https://" + host + ":" + server.port()))
                .sslContext(trusted);
    }

    private static String call(HttpClient client) {
        return new String(client.post(Headers.empty(), new byte[20_000], LONG).body(), StandardCharsets.UTF_8);
    }

    @Test
    void encryptsAndKeepsTheConnection() {
        try (HttpServer server = server().build().start();
                HttpClient client = client(server, "localhost").build()) {
            for (int i = 0; i < 5; i++) {
                assertThat(call(client)).isEqualTo("true null\n");
            }
        }
    }

    @Test
    void identifiesTheClientByItsCertificate() {
        SSLParameters parameters = trusted.getDefaultSSLParameters();
        parameters.setNeedClientAuth(true);
        try (HttpServer server = server().tls(trusted, parameters).build().start();
                HttpClient client = client(server, "localhost").build()) {
            assertThat(call(client)).isEqualTo("true CN=localhost\n");
        }
    }

    @Test
    void usesReplacedKeysForNewConnectionsOnly() {
        try (HttpServer server = server().build().start();
                HttpClient open = client(server, "localhost").build();
                HttpClient late = client(server, "localhost").build();
                HttpClient next =
                        client(server, "localhost").sslContext(renewed).build()) {
            assertThat(call(open)).startsWith("true");
            server.tls(renewed);
            assertThat(call(open)).startsWith("true");
            assertThat(call(next)).startsWith("true");
            assertThatThrownBy(() -> call(late))
                    .isInstanceOf(ConnectionLostException.class)
                    .hasMessageContaining("TLS");
        }
    }

    @Test
    void keepsTheParametersWhenKeysAreReplaced() {
        SSLParameters parameters = trusted.getDefaultSSLParameters();
        parameters.setNeedClientAuth(true);
        try (HttpServer server = server().tls(trusted, parameters).build().start();
                HttpClient client =
                        client(server, "localhost").sslContext(renewed).build()) {
            server.tls(renewed);
            assertThat(call(client)).isEqualTo("true CN=renewed\n");
        }
    }

    @Test
    void aPlainServerHasNoKeysToReplace() {
        try (HttpServer plain = HttpServer.builder().build()) {
            assertThatThrownBy(() -> plain.tls(trusted)).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void refusesAnotherHostName() {
        try (HttpServer server = server().build().start();
                HttpClient client = client(server, "127.0.0.1").build()) {
            assertThatThrownBy(() -> call(client))
                    .isInstanceOf(ConnectionLostException.class)
                    .hasMessageContaining("TLS with https://127.0.0.1")
                    .hasMessageContaining("No subject alternative names matching IP address 127.0.0.1");
        }
    }

    @Test
    void refusesAnUntrustedCertificate() throws Exception {
        try (HttpServer server = server().build().start();
                HttpClient client = client(server, "localhost")
                        .sslContext(SSLContext.getDefault())
                        .build()) {
            assertThatThrownBy(() -> call(client))
                    .isInstanceOf(ConnectionLostException.class)
                    .hasMessageContaining("TLS");
        }
    }

    @Test
    void survivesPlainTextOnItsPort() throws Exception {
        try (HttpServer server = server().build().start();
                HttpClient client = client(server, "localhost").build()) {
            try (RawPeer plain = new RawPeer(server.port())) {
                plain.send(RawPeer.post("/", "x"));
                assertThat(plain.readAll()).doesNotContain("200");
            }
            assertThat(call(client)).startsWith("true");
        }
    }

    @Test
    void tunnelsThroughAProxy() throws Exception {
        try (HttpServer server = server().build().start();
                ScriptedServer proxy = ScriptedServer.start(peer -> {
                    assertThat(peer.readUntil("\r\n\r\n"))
                            .startsWith("CONNECT localhost:" + server.port() + " HTTP/1.1\r\n");
                    try (Socket target = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
                        peer.send("HTTP/1.1 200 Connection established\r\n\r\n");
                        Thread back = Thread.startVirtualThread(() -> copy(target, peer.socket));
                        copy(peer.socket, target);
                        back.join();
                    } catch (InterruptedException e) {
                        throw new java.io.IOException(e);
                    }
                });
                HttpClient client = client(server, "localhost")
                        .proxy(URI.create("http://127.0.0.1:" + proxy.port()))
                        .build()) {
            assertThat(call(client)).isEqualTo("true null\n");
            assertThat(call(client)).isEqualTo("true null\n");
        }
        try (ScriptedServer proxy = ScriptedServer.start(peer -> {
                    peer.readUntil("\r\n\r\n");
                    peer.send("HTTP/1.1 502 No\r\n\r\n");
                });
                HttpClient client = HttpClient.builder(URI.create("https://localhost:1"))
                        .proxy(URI.create("http://127.0.0.1:" + proxy.port()))
                        .build()) {
            assertThatThrownBy(() -> call(client))
                    .isInstanceOf(ConnectionLostException.class)
                    .hasMessageContaining("502");
        }
    }

    private static void copy(Socket from, Socket to) {
        try {
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[10_000];
            int read;
            while ((read = from.getInputStream().read(buffer)) >= 0) {
                out.write(buffer, 0, read);
                out.flush();
            }
            to.shutdownOutput();
        } catch (java.io.IOException closed) {
            // The other side has closed its socket.
        }
    }
}
