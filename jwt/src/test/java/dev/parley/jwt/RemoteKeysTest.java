package dev.parley.jwt;

import static dev.parley.jwt.Tokens.by;
import static dev.parley.jwt.Tokens.claims;
import static dev.parley.jwt.Tokens.jwk;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.parley.security.Credentials;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Keys from a real https server. */
@Timeout(60)
class RemoteKeysTest {
    @TempDir
    static Path folder;

    private static SSLContext tls;

    private final AtomicInteger requests = new AtomicInteger();
    private final CountDownLatch end = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private HttpsServer server;
    private volatile Answer answer;
    private KeyPair first;
    private KeyPair second;

    /** What the server does. */
    private interface Answer {
        void give(HttpExchange exchange) throws IOException, InterruptedException;
    }

    @BeforeAll
    static void makeCertificate() throws Exception {
        Path store = folder.resolve("store.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "a",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=dns:localhost",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        "changeit")
                .redirectErrorStream(true)
                .start();
        String output = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(keytool.waitFor()).as(output).isZero();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, "changeit".toCharArray());
        }
        KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(keys, "changeit".toCharArray());
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("a", keys.getCertificate("a"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        tls = SSLContext.getInstance("TLS");
        tls.init(own.getKeyManagers(), trust.getTrustManagers(), null);
    }

    @BeforeEach
    void start() throws Exception {
        first = Tokens.ed25519();
        second = Tokens.ed25519();
        serve(first, "1");
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(tls));
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            requests.incrementAndGet();
            try (exchange) {
                answer.give(exchange);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        server.start();
    }

    @AfterEach
    void stop() {
        end.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    private void serve(KeyPair keys, String id) {
        respond(200, Tokens.json(Map.of("keys", List.of(jwk(id, keys.getPublic())))));
    }

    private void respond(int status, String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        answer = exchange -> {
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        };
    }

    private JwtAuthenticatorBuilder builder() {
        return JwtAuthenticator.builder()
                .keysUrl(URI.create("https://localhost:" + server.getAddress().getPort() + "/keys"))
                .keysTls(tls)
                .keysTimeout(Duration.ofSeconds(20))
                .issuer(Tokens.ISSUER)
                .audience(Tokens.AUDIENCE);
    }

    private static Credentials token(KeyPair keys, String id) throws Exception {
        return new Credentials.Token(
                Tokens.token(Map.of("alg", "EdDSA", "kid", id), claims(), by("Ed25519", keys.getPrivate())));
    }

    @Test
    void fetchesOnceAndKeepsTheKeys() throws Exception {
        JwtAuthenticator authenticator = builder().build();
        assertThat(requests).hasValue(0);
        for (int i = 0; i < 5; i++) {
            assertThat(authenticator.authenticate(token(first, "1"))).isNotNull();
        }
        assertThat(requests).hasValue(1);
    }

    @Test
    void anUnknownKeyIsFetchedButNotForEachToken() throws Exception {
        JwtAuthenticator patient = builder().keysPause(Duration.ofHours(1)).build();
        JwtAuthenticator quick = builder().keysPause(Duration.ofNanos(1)).build();
        assertThat(patient.authenticate(token(first, "1"))).isNotNull();
        assertThat(quick.authenticate(token(first, "1"))).isNotNull();
        serve(second, "2");
        assertThat(requests).hasValue(2);
        for (int i = 0; i < 5; i++) {
            assertThat(patient.authenticate(token(second, "2"))).isNull();
        }
        assertThat(requests).hasValue(2);
        assertThat(quick.authenticate(token(second, "2"))).isNotNull();
        assertThat(requests).hasValue(3);
        assertThat(quick.authenticate(token(first, "1"))).isNull();

        patient.reload();
        assertThat(patient.authenticate(token(second, "2"))).isNotNull();
    }

    @Test
    void oldKeysStayInForceWhileTheyCannotBeFetched() throws Exception {
        JwtAuthenticator authenticator = builder()
                .keysPause(Duration.ofNanos(1))
                .keysRefresh(Duration.ofNanos(1))
                .build();
        assertThat(authenticator.authenticate(token(first, "1"))).isNotNull();
        respond(500, "");
        assertThat(authenticator.authenticate(token(first, "1"))).isNotNull();
        assertThat(requests).hasValueGreaterThan(1);
        assertThatThrownBy(authenticator::reload)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("status of the response is 500");
        serve(second, "2");
        assertThat(authenticator.authenticate(token(second, "2"))).isNotNull();
        assertThat(authenticator.authenticate(token(first, "1"))).isNull();
    }

    @Test
    void keysThatAreTooOldAreNotUsed() throws Exception {
        JwtAuthenticator authenticator = builder()
                .keysPause(Duration.ofNanos(1))
                .keysMaxAge(Duration.ofSeconds(2))
                .build();
        assertThat(authenticator.authenticate(token(first, "1"))).isNotNull();
        respond(500, "");
        Thread.sleep(2100);
        Credentials token = token(first, "1");
        assertThatThrownBy(() -> authenticator.authenticate(token))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("500");
    }

    @Test
    void whatIsNotASmallSetOfPublicKeysIsRefused() throws Exception {
        fails("status of the response is 404", exchange -> exchange.sendResponseHeaders(404, -1));
        fails("status of the response is 302", exchange -> {
            exchange.getResponseHeaders().add("Location", "/other");
            exchange.sendResponseHeaders(302, -1);
        });
        fails("more than 65536 bytes", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write(new byte[100_000]);
        });
        respond(200, "[]");
        fails("malformed JWK set", answer);
        respond(200, Tokens.json(Map.of("keys", List.of(Map.of("kty", "oct", "k", "A".repeat(60))))));
        fails("a shared secret has no place", answer);
    }

    private void fails(String reason, Answer given) throws Exception {
        answer = given;
        Credentials token = token(first, "1");
        JwtAuthenticator authenticator = builder().build();
        assertThatThrownBy(() -> authenticator.authenticate(token))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("keys of https://localhost")
                .hasMessageContaining(reason);
    }

    @Test
    void aBodyThatDoesNotEndIsGivenUp() throws Exception {
        answer = exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write('{');
            exchange.getResponseBody().flush();
            end.await();
        };
        JwtAuthenticator authenticator =
                builder().keysTimeout(Duration.ofSeconds(2)).build();
        Credentials token = token(first, "1");
        assertThatThrownBy(() -> authenticator.authenticate(token))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no whole response within PT2S");
    }

    @Test
    void theCertificateIsVerified() throws Exception {
        JwtAuthenticator authenticator =
                builder().keysTls(SSLContext.getDefault()).build();
        Credentials token = token(first, "1");
        assertThatThrownBy(() -> authenticator.authenticate(token))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("SSLHandshakeException");
        assertThat(requests).hasValue(0);
    }
}
