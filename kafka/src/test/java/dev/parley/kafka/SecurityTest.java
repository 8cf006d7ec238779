package dev.parley.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.parley.AccessDeniedException;
import dev.parley.Address;
import dev.parley.ConnectionLostException;
import dev.parley.InvalidTargetException;
import dev.parley.oslo.notify.spi.NotificationPublisher;
import dev.parley.oslo.notify.spi.NotificationWire.QueueLimits;
import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.UUID;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Logins and TLS, on a real broker. */
@OnKafka
class SecurityTest {
    private final KafkaBroker broker;
    private final TlsFiles files;
    private final String group = "consumer_group=g-" + UUID.randomUUID();

    SecurityTest(KafkaBroker broker) {
        this.broker = broker;
        this.files = broker.tlsFiles();
    }

    private static String login(String user, String password) {
        return URLEncoder.encode(user, StandardCharsets.UTF_8) + ":"
                + URLEncoder.encode(password, StandardCharsets.UTF_8).replace("+", "%20") + "@";
    }

    /** Both ways through the broker. */
    private void exchanges(String address, String query) throws Exception {
        try (Feed feed = new Feed(address)) {
            Feed.Inbox inbox = feed.subscribe(query + "&" + group, null, 10);
            Feed.await(feed.publish(feed.publisher(query), "a"));
            assertThat(inbox.take()).isEqualTo("a");
        }
    }

    @Test
    void logsInWithPlain() throws Exception {
        exchanges(
                "kafka://" + login(KafkaBroker.USER, KafkaBroker.PASSWORD) + broker.sasl() + "/",
                "?security_protocol=SASL_PLAINTEXT");
    }

    @Test
    void logsInWithScram() throws Exception {
        exchanges(
                "kafka://" + login(KafkaBroker.USER, "simple") + broker.sasl() + "/",
                "?security_protocol=SASL_PLAINTEXT&sasl_mechanism=SCRAM-SHA-256");
    }

    @Test
    void logsInOverTls() throws Exception {
        exchanges(
                "kafka://" + login(KafkaBroker.USER, KafkaBroker.PASSWORD) + broker.saslTls() + "/",
                "?security_protocol=SASL_SSL&ssl_cafile=" + files.file("ca.crt"));
    }

    @Test
    void showsACertificateOfItsOwn() throws Exception {
        exchanges(
                "kafka://" + broker.tls() + "/",
                "?security_protocol=SSL&ssl_cafile=" + files.file("ca.crt") + "&ssl_client_cert_file="
                        + files.file("client.crt") + "&ssl_client_key_file=" + files.file("client.key"));
    }

    @Test
    void usesTheGivenTlsContext() throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        try (InputStream in = Files.newInputStream(files.file("ca.crt"))) {
            store.setCertificateEntry(
                    "ca", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        String login = login(KafkaBroker.USER, KafkaBroker.PASSWORD);
        try (NotificationPublisher publisher =
                publisher("kafka://" + login + broker.saslTls() + "/?security_protocol=SASL_SSL", context)) {
            Feed.await(publisher.publish(
                    null, "t-" + UUID.randomUUID(), "info", publisher.encode(Feed.content("a"), true), Feed.PATIENCE));
        }
        // The certificate is for localhost alone.
        String byNumber = broker.saslTls().replace("localhost", "127.0.0.1");
        try (NotificationPublisher publisher =
                publisher("kafka://" + login + byNumber + "/?security_protocol=SASL_SSL", context)) {
            assertThat(publisher.publish(null, "t", "info", new byte[0], Duration.ofSeconds(2)))
                    .failsWithin(Feed.PATIENCE);
        }
    }

    private static NotificationPublisher publisher(String address, SSLContext context) {
        NotificationPublisher publisher =
                Feed.WIRE.publisher(Address.parse(address), Feed.VALUES, context, QueueLimits.NONE);
        publisher.start();
        return publisher;
    }

    @ParameterizedTest
    @CsvSource({"PLAIN", "SCRAM-SHA-256"})
    void saysThatThePasswordIsWrong(String mechanism) {
        String query = "?security_protocol=SASL_PLAINTEXT&sasl_mechanism=" + mechanism;
        try (Feed feed = new Feed("kafka://alice:wrong@" + broker.sasl() + "/")) {
            assertThat(catchThrowable(() -> feed.subscribe(query, null, 1)))
                    .isInstanceOf(AccessDeniedException.class)
                    .hasMessageContaining("kafka://alice:***@")
                    .hasMessageNotContaining("wrong");
            assertThat(feed.publish(feed.publisher(query), "a", Duration.ofSeconds(2)))
                    .failsWithin(Feed.PATIENCE)
                    .withThrowableThat()
                    .withCauseInstanceOf(AccessDeniedException.class);
        }
    }

    @Test
    void doesNotTrustAnotherAuthority() {
        try (Feed feed =
                new Feed("kafka://" + login(KafkaBroker.USER, KafkaBroker.PASSWORD) + broker.saslTls() + "/")) {
            String query = "?security_protocol=SASL_SSL&ssl_cafile=" + files.file("other.crt");
            assertThat(catchThrowable(() -> feed.subscribe(query, null, 1)))
                    .isInstanceOf(ConnectionLostException.class)
                    .hasMessageContaining("PKIX path building failed");
            assertThat(feed.publish(feed.publisher(query), "a", Duration.ofSeconds(2)))
                    .failsWithin(Feed.PATIENCE)
                    .withThrowableThat()
                    .withCauseInstanceOf(ConnectionLostException.class)
                    .withMessageContaining("PKIX path building failed");
        }
    }

    @Test
    void namesTheFileThatCannotBeUsed(@TempDir Path folder) throws Exception {
        Path empty = Files.createFile(folder.resolve("empty.pem"));
        try (Feed feed = new Feed("kafka://localhost:1/")) {
            assertThat(catchThrowable(() -> feed.publisher("?security_protocol=SSL&ssl_cafile=" + empty)))
                    .isInstanceOf(InvalidTargetException.class)
                    .hasMessageContaining("ssl_cafile=" + empty + " contains no certificate");
            assertThat(catchThrowable(() -> feed.publisher("?security_protocol=SSL&ssl_cafile=" + folder.resolve("x"))))
                    .isInstanceOf(InvalidTargetException.class)
                    .hasMessageContaining("cannot be read");
            assertThat(catchThrowable(() -> feed.publisher("?security_protocol=SSL&ssl_client_cert_file="
                            + files.file("client.crt") + "&ssl_client_key_file=" + empty)))
                    .isInstanceOf(InvalidTargetException.class)
                    .hasMessageContaining("openssl pkcs8");
        }
    }
}
