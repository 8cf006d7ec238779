package dev.parley.jsonrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.ConnectionLostException;
import dev.parley.RpcClient;
import dev.parley.RpcServer;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class TlsResetTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"jsonrpc+https", "jsonrpc+wss"})
    void resetUsesNewCertificatesForNewConnectionsOnly(String scheme) throws Exception {
        SSLContext first = context("first");
        SSLContext second = context("second");
        AtomicReference<SSLContext> current = new AtomicReference<>(first);
        try (RpcServer server = RpcServer.builder()
                .endpoint(new Service())
                .tls(current::get)
                .listen(scheme + "://localhost:0")
                .build()
                .start()) {
            String address = server.addresses().getFirst().toUri();
            try (RpcClient open = connect(address, first)) {
                assertThat(open.call("add", int.class, 2, 3)).isEqualTo(5);
                current.set(second);
                server.reset();
                assertThat(open.call("add", int.class, 2, 3)).isEqualTo(5);
            }
            try (RpcClient renewed = connect(address, second);
                    RpcClient outdated = connect(address, first)) {
                assertThat(renewed.call("add", int.class, 2, 3)).isEqualTo(5);
                assertThatThrownBy(() -> outdated.call("add", int.class, 2, 3))
                        .isInstanceOf(ConnectionLostException.class)
                        .hasMessageContaining("TLS with ")
                        .hasMessageContaining("localhost");
            }
        }
    }

    private static RpcClient connect(String address, SSLContext tls) {
        return RpcClient.builder(address).tls(tls).build();
    }

    /** Keys of a new self-signed certificate, and trust in it alone. */
    private SSLContext context(String name) throws Exception {
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
}
