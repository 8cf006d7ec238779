package dev.parley.interop.oslo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.AccessDeniedException;
import dev.parley.RpcClient;
import dev.parley.RpcServer;
import dev.parley.Target;
import dev.parley.interop.FreePorts;
import dev.parley.interop.NeedsPeer;
import dev.parley.interop.Peer;
import dev.parley.interop.PeerProcess;
import dev.parley.interop.RabbitMq;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** RabbitMQ over TLS, which knows its users by their certificates ({@code rabbitmq_auth_mechanism_ssl}). */
@NeedsPeer({Peer.RABBITMQ, Peer.OSLO_MESSAGING, Peer.OSLO_MESSAGING_14})
@SuppressWarnings("try") // Servers are there to be called, not referenced.
class ExternalLoginTest {
    private static final String PASSWORD = "changeit";

    @TempDir
    static Path folder;

    private static int port;
    private static RabbitMq rabbit;

    @BeforeAll
    static void start() throws Exception {
        keytool("-genkeypair -alias ca -keyalg RSA -dname CN=ca -ext bc:c -validity 30");
        keytool("-exportcert -rfc -alias ca -file ca.crt");
        pair("server", "san=dns:localhost");
        pair("service", "eku=clientAuth");
        port = FreePorts.take();
        rabbit = RabbitMq.start("""
            listeners.ssl.1 = 127.0.0.1:%1$d
            ssl_options.cacertfile = %2$s/ca.crt
            ssl_options.certfile = %2$s/server.crt
            ssl_options.keyfile = %2$s/server.key
            ssl_options.verify = verify_peer
            ssl_options.fail_if_no_peer_cert = false
            ssl_cert_login_from = common_name
            auth_mechanisms.1 = EXTERNAL
            auth_mechanisms.2 = PLAIN
            auth_mechanisms.3 = AMQPLAIN
            auth_mechanisms.4 = RABBIT-CR-DEMO
            """.formatted(port, folder), "rabbitmq_auth_mechanism_ssl");
        rabbit.ctl("add_user", "service", "never used");
        rabbit.ctl("set_permissions", "service", ".*", ".*", ".*");
    }

    @AfterAll
    static void stop() {
        if (rabbit != null) {
            rabbit.close();
        }
    }

    /** A key, and a certificate of our authority for it. */
    private static void pair(String name, String extension) throws Exception {
        keytool("-genkeypair -alias " + name + " -keyalg RSA -dname CN=" + name + " -validity 30");
        keytool("-certreq -alias " + name + " -file " + name + ".csr");
        keytool("-gencert -rfc -alias ca -ext " + extension + " -infile " + name + ".csr -outfile " + name
                + ".crt -validity 30");
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(folder.resolve("store.p12"))) {
            store.load(in, PASSWORD.toCharArray());
        }
        Files.writeString(
                folder.resolve(name + ".key"),
                "-----BEGIN PRIVATE KEY-----\n"
                        + Base64.getMimeEncoder(64, new byte[] {'\n'})
                                .encodeToString(store.getKey(name, PASSWORD.toCharArray())
                                        .getEncoded())
                        + "\n-----END PRIVATE KEY-----\n");
    }

    private static void keytool(String arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(Arrays.asList(arguments.split(" ")));
        command.addAll(List.of("-keystore", "store.p12", "-storetype", "PKCS12", "-storepass", PASSWORD));
        Process tool = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(tool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(tool.waitFor()).as(arguments + ": " + said).isZero();
    }

    /** What is served. */
    public static class Endpoint {
        public String who() {
            return "java";
        }
    }

    /** Neither user nor password, just files. */
    private static String url() {
        return "rabbit://localhost:" + port + "/?ssl=True&rabbit_login_method=EXTERNAL&ssl_ca_file="
                + folder.resolve("ca.crt") + "&ssl_cert_file=" + folder.resolve("service.crt") + "&ssl_key_file="
                + folder.resolve("service.key");
    }

    @ParameterizedTest
    @EnumSource(names = {"OSLO_MESSAGING", "OSLO_MESSAGING_14"})
    void pythonAndJavaLogInByCertificate(Peer python) {
        String topic = "external-" + python.installedAs();
        try (PeerProcess pythonServer =
                        PeerProcess.start(python, "oslo_server.py", url(), "--topic", topic, "--server", "python");
                RpcServer javaServer = RpcServer.builder()
                        .endpoint(new Endpoint())
                        .listen(url(), Target.topic(topic).withServer("java"))
                        .build()
                        .start();
                PeerProcess pythonClient = PeerProcess.start(python, "oslo_client.py", url(), "--topic", topic);
                RpcClient javaClient = RpcClient.builder(url())
                        .target(Target.topic(topic))
                        .timeout(Duration.ofSeconds(30))
                        .build()) {
            pythonServer.ready();
            for (String server : List.of("java", "python")) {
                assertThat(javaClient.prepare(o -> o.withServer(server)).call("who", String.class))
                        .isEqualTo(server);
                assertThat(pythonClient
                                .call(Map.of("method", "who", "server", server))
                                .path("ok")
                                .asString())
                        .isEqualTo(server);
            }
            assertThat(rabbit.ctl("list_connections", "user", "auth_mechanism", "ssl")
                            .lines()
                            .filter(line -> !line.startsWith("user")))
                    .hasSizeGreaterThanOrEqualTo(7)
                    .allMatch(line -> line.equals("service\tEXTERNAL\ttrue"));
        }
    }

    @Test
    void logsInByChallengeAndResponse() {
        String url = rabbit.transportUrl() + "?rabbit_login_method=RABBIT-CR-DEMO";
        Target server = Target.topic("challenge").withServer("java");
        try (RpcServer started = RpcServer.builder()
                        .endpoint(new Endpoint())
                        .listen(url, server)
                        .build()
                        .start();
                RpcClient client = RpcClient.connect(url, server)) {
            assertThat(client.call("who", String.class)).isEqualTo("java");
            assertThat(rabbit.ctl("list_connections", "auth_mechanism")).contains("RABBIT-CR-DEMO");
        }
        assertThatThrownBy(() -> RpcClient.connect(url.replaceFirst(":[^:@/]*@", ":wrong@"), server))
                .isInstanceOf(AccessDeniedException.class);
    }

    @Test
    void whoShowsNoCertificateIsRefused() {
        String anonymous = url().replaceAll("&ssl_cert_file.*", "");
        assertThatThrownBy(() -> RpcClient.connect(anonymous, Target.topic("t")))
                .isInstanceOf(AccessDeniedException.class);
    }
}
