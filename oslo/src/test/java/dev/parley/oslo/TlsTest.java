package dev.parley.oslo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.AccessDeniedException;
import dev.parley.Args;
import dev.parley.ConnectionLostException;
import dev.parley.InvalidTargetException;
import dev.parley.RpcClient;
import dev.parley.RpcServer;
import dev.parley.RpcTimeoutException;
import dev.parley.Target;
import dev.parley.broker.EmbeddedBroker;
import dev.parley.oslo.notify.NotificationListener;
import dev.parley.oslo.notify.Notifier;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS: verified by default, with certificates from PEM files. */
@SuppressWarnings("try") // The servers are never referenced.
class TlsTest {
    private static final char[] PASSWORD = "changeit".toCharArray();

    @TempDir
    static Path folder;

    private static EmbeddedBroker broker;

    @BeforeAll
    static void start() throws Exception {
        KeyStore server = pair("server", "san=dns:localhost");
        KeyStore client = pair("client", "san=dns:client");
        pem("client.key", "PRIVATE KEY", client.getKey("client", PASSWORD).getEncoded());
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(server, PASSWORD);
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("client", client.getCertificate("client"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        broker = EmbeddedBroker.builder()
                .user("guest", "guest")
                .user("client", "not used")
                .tlsWithClientCertificates(context)
                .start();
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    /** A key and a self-signed certificate, made with keytool. */
    private static KeyStore pair(String name, String extension) throws Exception {
        Path file = folder.resolve(name + ".p12");
        Process tool = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        name,
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=" + name,
                        "-ext",
                        extension,
                        "-keystore",
                        file.toString(),
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        new String(PASSWORD)))
                .redirectErrorStream(true)
                .start();
        String said = new String(tool.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(tool.waitFor()).as(said).isZero();
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD);
        }
        pem(name + ".crt", "CERTIFICATE", store.getCertificate(name).getEncoded());
        return store;
    }

    private static void pem(String file, String what, byte[] der) throws Exception {
        Files.writeString(
                folder.resolve(file),
                "-----BEGIN " + what + "-----\n"
                        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der) + "\n-----END " + what
                        + "-----\n");
    }

    private static String address(String host, String options) {
        return "rabbit://guest:guest@" + host + ":" + broker.port() + "/?ssl=True" + options;
    }

    private static String trusting() {
        return "&ssl_ca_file=" + folder.resolve("server.crt");
    }

    private static RpcClient connect(String address) {
        return RpcClient.connect(address, Target.topic("t"));
    }

    @Test
    void callsThroughTls() {
        class Echo {
            @SuppressWarnings("UnusedMethod") // Called by its name.
            public Object echo(Object arg) {
                return arg;
            }
        }
        String address = address("localhost", trusting());
        try (RpcServer server = RpcServer.builder()
                        .endpoint(new Echo())
                        .listen(address, Target.topic("t").withServer("s"))
                        .build()
                        .start();
                RpcClient client = connect(address)) {
            String large = "x".repeat(1 << 20);
            assertThat(client.call("echo", Object.class, Args.named("arg", Map.of("a", large))))
                    .isEqualTo(Map.of("a", large));
        }
    }

    @Test
    void trustsNoUnknownCertificate() {
        assertThatThrownBy(() -> connect(address("localhost", "")))
                .isInstanceOf(ConnectionLostException.class)
                .hasMessageContaining("PKIX");
    }

    @Test
    void verifiesTheHostName() {
        assertThatThrownBy(() -> connect(address("127.0.0.1", trusting())))
                .isInstanceOf(ConnectionLostException.class)
                .hasMessageContaining("127.0.0.1");
        connect(address("127.0.0.1", trusting() + "&ssl_enforce_hostname_verification=False"))
                .close();
    }

    @Test
    void presentsItsOwnCertificate() {
        String own = "&ssl_cert_file=" + folder.resolve("client.crt") + "&ssl_key_file=" + folder.resolve("client.key");
        try (RpcClient client = connect(address("localhost", trusting() + own + "&rabbit_login_method=EXTERNAL"))) {
            client.cast("echo");
            assertThat(broker.connections()).anyMatch(one -> one.user().equals("client"));
        }
        assertThatThrownBy(() -> connect(address("localhost", trusting() + "&rabbit_login_method=EXTERNAL")))
                .isInstanceOf(AccessDeniedException.class);
    }

    @Test
    void readsRenewedCertificatesForTheNextConnection() throws Exception {
        Path trusted = folder.resolve("trusted.crt");
        Files.copy(folder.resolve("server.crt"), trusted);
        String quick = "&rabbit_retry_interval=0.05&rabbit_retry_backoff=0.05&rabbit_interval_max=0.2";
        try (RpcClient client = connect(address("localhost", "&ssl_ca_file=" + trusted + quick))) {
            client.cast("echo");
            Files.copy(folder.resolve("client.crt"), trusted, StandardCopyOption.REPLACE_EXISTING);
            broker.faults().dropConnections();
            RpcClient hurried = client.prepare(o -> o.withTimeout(Duration.ofSeconds(1)));
            assertThatThrownBy(() -> {
                        // The first one may still be sent on the connection that is about to be lost.
                        while (true) {
                            hurried.cast("echo");
                        }
                    })
                    .isInstanceOfAny(ConnectionLostException.class, RpcTimeoutException.class);
            assertThatThrownBy(() -> hurried.cast("echo"))
                    .isInstanceOfAny(ConnectionLostException.class, RpcTimeoutException.class);
            Files.copy(folder.resolve("server.crt"), trusted, StandardCopyOption.REPLACE_EXISTING);
            client.cast("echo");
        }
    }

    @Test
    void aListenerTakesANewContextWhenItIsReset() throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("any", certificate("client.crt"));
        SSLContext distrusting = context(trusted);
        trusted.setCertificateEntry("any", certificate("server.crt"));
        SSLContext trusting = context(trusted);
        AtomicReference<SSLContext> current = new AtomicReference<>(distrusting);
        BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        String address =
                address("localhost", "&rabbit_retry_interval=0.05&rabbit_retry_backoff=0.05&rabbit_interval_max=0.2");
        try (NotificationListener listener = NotificationListener.builder(address)
                        .topics("tls")
                        .on(notification -> seen.add(notification.eventType()))
                        .tls(current::get)
                        .build();
                Notifier notifier = Notifier.builder(address)
                        .publisherId("p")
                        .topics("tls")
                        .tls(trusting)
                        .build()) {
            assertThatThrownBy(listener::start)
                    .isInstanceOf(ConnectionLostException.class)
                    .hasMessageContaining("PKIX");
            current.set(trusting);
            listener.start();
            notifier.info("first", null);
            assertThat(seen.poll(30, TimeUnit.SECONDS)).isEqualTo("first");
            current.set(distrusting);
            listener.reset();
            broker.faults().dropConnections();
            notifier.info("second", null);
            assertThat(notifier.flush(Duration.ofSeconds(30))).isTrue();
            assertThat(seen).isEmpty(); // The listener cannot connect any more.
            current.set(trusting);
            listener.reset();
            String next = seen.poll(30, TimeUnit.SECONDS);
            // The first one comes again if its acknowledgement was lost with the connection.
            assertThat("first".equals(next) ? seen.poll(30, TimeUnit.SECONDS) : next)
                    .isEqualTo("second");
        }
    }

    private static Certificate certificate(String file) throws Exception {
        try (InputStream in = Files.newInputStream(folder.resolve(file))) {
            return CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }

    private static SSLContext context(KeyStore trusted) throws Exception {
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    @Test
    void namesTheFileThatIsWrong() throws Exception {
        Files.writeString(folder.resolve("no.pem"), "nothing");
        String no = folder.resolve("no.pem").toString();
        assertThatThrownBy(() -> connect(address("localhost", "&ssl_ca_file=" + no)))
                .isInstanceOf(InvalidTargetException.class)
                .hasMessageContaining("ssl_ca_file");
        assertThatThrownBy(() -> connect(address("localhost", "&ssl_cert_file=" + folder.resolve("client.crt"))))
                .isInstanceOf(InvalidTargetException.class)
                .hasMessageContaining("ssl_key_file");
        assertThatThrownBy(() -> connect(
                        address("localhost", "&ssl_cert_file=" + folder.resolve("client.crt") + "&ssl_key_file=" + no)))
                .isInstanceOf(InvalidTargetException.class)
                .hasMessageContaining("PKCS #8");
    }
}
