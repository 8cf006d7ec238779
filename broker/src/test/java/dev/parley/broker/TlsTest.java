package dev.parley.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.DefaultSaslConfig;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsTest {
    private static final char[] PASSWORD = "changeit".toCharArray();

    @TempDir
    @SuppressWarnings("NullAway")
    static Path folder;

    @SuppressWarnings("NullAway")
    private static SSLContext server;

    @SuppressWarnings("NullAway")
    private static SSLContext client;

    @BeforeAll
    static void makeCertificates() throws Exception {
        keytool("server", "CN=localhost");
        keytool("client", "CN=bob,O=Parley");
        KeyStore serverKeys = load("server");
        KeyStore clientKeys = load("client");
        server = context(serverKeys, clientKeys);
        client = context(clientKeys, serverKeys);
    }

    private static void keytool(String alias, String name) throws Exception {
        String program =
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        Process process = new ProcessBuilder(
                        program,
                        "-genkeypair",
                        "-alias",
                        alias,
                        "-keystore",
                        alias + ".p12",
                        "-dname",
                        name,
                        "-storepass",
                        "changeit",
                        "-storetype",
                        "PKCS12",
                        "-keyalg",
                        "EC",
                        "-ext",
                        "san=dns:localhost,ip:127.0.0.1")
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        process.getInputStream().readAllBytes();
        assertThat(process.waitFor()).isZero();
    }

    private static KeyStore load(String alias) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(folder.resolve(alias + ".p12"))) {
            store.load(in, PASSWORD);
        }
        return store;
    }

    /** A context with the key of one side that trusts the certificate of the other. */
    private static SSLContext context(KeyStore own, KeyStore peer) throws Exception {
        var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(own, PASSWORD);
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        String alias = peer.aliases().nextElement();
        trusted.setCertificateEntry(alias, peer.getCertificate(alias));
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    private static ConnectionFactory factory(EmbeddedBroker broker) {
        var factory = new ConnectionFactory();
        factory.setHost("127.0.0.1");
        factory.setPort(broker.port());
        factory.useSslProtocol(client);
        factory.enableHostnameVerification();
        factory.setAutomaticRecoveryEnabled(false);
        return factory;
    }

    @Test
    void acceptsTlsOnly() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.builder().tls(server).start();
                Connection connection = factory(broker).newConnection()) {
            assertThat(broker.amqpUri()).startsWith("amqps://");
            byte[] body = new byte[300_000];
            var channel = connection.createChannel();
            String queue = channel.queueDeclare().getQueue();
            channel.basicPublish("", queue, null, body);
            assertThat(channel.basicGet(queue, true).getBody()).isEqualTo(body);
            var plain = new ConnectionFactory();
            plain.setHost("127.0.0.1");
            plain.setPort(broker.port());
            plain.setHandshakeTimeout(2_000);
            assertThatThrownBy(plain::newConnection).isInstanceOf(Exception.class);
            assertThat(connection.isOpen()).isTrue();
        }
    }

    @Test
    void newConnectionsGetNewKeysAndOpenOnesLiveOn() throws Exception {
        keytool("other", "CN=other");
        SSLContext other = context(load("other"), load("client"));
        try (EmbeddedBroker broker = EmbeddedBroker.builder().tls(server).start();
                Connection open = factory(broker).newConnection()) {
            broker.tls(other);
            // The client trusts the former certificate alone.
            assertThatThrownBy(factory(broker)::newConnection).isInstanceOf(SSLException.class);
            assertThat(open.createChannel().queueDeclare().getQueue()).isNotEmpty();
            broker.tls(server);
            try (Connection next = factory(broker).newConnection()) {
                assertThat(next.isOpen()).isTrue();
            }
        }
        try (EmbeddedBroker plain = EmbeddedBroker.builder().start()) {
            assertThatThrownBy(() -> plain.tls(server)).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void authenticatesClientsByCertificate() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.builder()
                .tlsWithClientCertificates(server)
                .user("bob", "never used")
                .start()) {
            ConnectionFactory factory = factory(broker);
            factory.setSaslConfig(DefaultSaslConfig.EXTERNAL);
            try (Connection connection = factory.newConnection()) {
                assertThat(connection.isOpen()).isTrue();
                assertThat(broker.connections())
                        .extracting(ConnectionInfo::user)
                        .containsExactly("bob");
            }
        }
    }
}
