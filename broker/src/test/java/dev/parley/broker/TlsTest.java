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
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
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
        keytool("-genkeypair", "-alias", "server", "-keystore", "server.p12", "-dname", "CN=localhost");
        keytool("-genkeypair", "-alias", "client", "-keystore", "client.p12", "-dname", "CN=bob,O=Parley");
        for (String[] way : new String[][] {{"server", "client"}, {"client", "server"}}) {
            keytool("-exportcert", "-alias", way[0], "-keystore", way[0] + ".p12", "-file", way[0] + ".crt");
            keytool(
                    "-importcert",
                    "-noprompt",
                    "-alias",
                    way[0],
                    "-keystore",
                    way[1] + ".p12",
                    "-file",
                    way[0] + ".crt");
        }
        server = context("server.p12");
        client = context("client.p12");
    }

    private static void keytool(String... arguments) throws Exception {
        List<String> command = new java.util.ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(List.of(arguments));
        command.addAll(List.of("-storepass", "changeit", "-storetype", "PKCS12"));
        if (arguments[0].equals("-genkeypair")) {
            command.addAll(List.of("-keyalg", "EC", "-ext", "san=dns:localhost,ip:127.0.0.1"));
        }
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        process.getInputStream().readAllBytes();
        assertThat(process.waitFor()).isZero();
    }

    private static SSLContext context(String file) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(folder.resolve(file))) {
            store.load(in, PASSWORD);
        }
        var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, PASSWORD);
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
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
    void speaksTls() throws Exception {
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
    void letsClientsInByTheirCertificate() throws Exception {
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
