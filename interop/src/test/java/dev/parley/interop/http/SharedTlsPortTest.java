package dev.parley.interop.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.ConnectionLostException;
import dev.parley.InvalidTargetException;
import dev.parley.RpcClient;
import dev.parley.RpcServer;
import dev.parley.interop.FreePorts;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Several protocols on one port with TLS. */
@Timeout(120)
class SharedTlsPortTest {
    @TempDir
    static Path folder;

    @Test
    void sharesKeysAndResets() throws Exception {
        SSLContext first = context("first");
        SSLContext second = context("second");
        AtomicReference<SSLContext> current = new AtomicReference<>(first);
        int port = FreePorts.take();
        String xml = "xmlrpc+https://localhost:" + port;
        String json = "jsonrpc+https://localhost:" + port + "/jsonrpc";
        try (RpcServer server = RpcServer.builder()
                .endpoint(new Service())
                .tls(current::get)
                .listen(xml)
                .listen(json)
                .build()
                .start()) {
            assertThat(add(xml, first)).isEqualTo(5);
            assertThat(add(json, first)).isEqualTo(5);
            current.set(second);
            server.reset();
            assertThat(add(xml, second)).isEqualTo(5);
            assertThat(add(json, second)).isEqualTo(5);
            assertThatThrownBy(() -> add(json, first)).isInstanceOf(ConnectionLostException.class);
        }
    }

    @Test
    void refusesPlainTextBesideTls() throws Exception {
        int port = FreePorts.take();
        RpcServer server = RpcServer.builder()
                .endpoint(new Service())
                .tls(context("third"))
                .listen("xmlrpc+https://localhost:" + port)
                .listen("jsonrpc+http://localhost:" + port + "/jsonrpc")
                .build();
        assertThatThrownBy(server::start)
                .isInstanceOf(InvalidTargetException.class)
                .hasMessageContaining("must have the same scheme, http or https");
    }

    private static int add(String address, SSLContext tls) {
        try (RpcClient client = RpcClient.builder(address).tls(tls).build()) {
            return client.call("add", int.class, 2, 3);
        }
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
}
