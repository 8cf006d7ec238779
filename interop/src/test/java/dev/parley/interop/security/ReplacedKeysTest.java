package dev.parley.interop.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.ConnectionLostException;
import dev.parley.RpcClient;
import dev.parley.RpcServer;
import dev.parley.interop.Certificates;
import dev.parley.spi.TlsFiles;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** New certificates for listeners that serve. */
@Timeout(120)
class ReplacedKeysTest {
    @TempDir
    static Path folder;

    private static Certificates.Issued first;
    private static Certificates.Issued second;
    private static Certificates firstAuthority;
    private static Certificates secondAuthority;

    @BeforeAll
    static void issue() throws Exception {
        firstAuthority = new Certificates(Files.createDirectory(folder.resolve("first")));
        secondAuthority = new Certificates(Files.createDirectory(folder.resolve("second")));
        first = firstAuthority.issue("localhost", "localhost", "-1d");
        second = secondAuthority.issue("localhost", "localhost", "-1d");
    }

    private static TlsFiles files(Certificates.Issued issued) {
        return new TlsFiles(
                null, issued.file(".pem").toString(), issued.file(".key").toString(), null);
    }

    @ParameterizedTest
    @ValueSource(strings = {"xmlrpc+https", "jsonrpc+https", "jsonrpc+wss", "jsonrpc+tls"})
    void newConnectionsGetTheNewCertificateAndOpenOnesLiveOn(String scheme) {
        AtomicReference<TlsFiles> current = new AtomicReference<>(files(first));
        CompletableFuture<String> held = new CompletableFuture<>();
        try (RpcServer server = RpcServer.builder()
                .method("ping", () -> "pong")
                .method("hold", () -> held)
                .tls(() -> current.get().context())
                .listen(scheme + "://localhost:0")
                .build()
                .start()) {
            String address = server.addresses().getFirst().toUri() + "?ssl_ca_file=";
            try (RpcClient open = RpcClient.connect(address + firstAuthority.authority());
                    RpcClient late = RpcClient.connect(address + firstAuthority.authority());
                    RpcClient next = RpcClient.connect(address + secondAuthority.authority())) {
                assertThat(open.call("ping", String.class)).isEqualTo("pong");
                CompletableFuture<String> holding = open.callAsync("hold", String.class);
                current.set(files(second));
                server.reset();
                assertThat(next.call("ping", String.class)).isEqualTo("pong");
                assertThatThrownBy(() -> late.call("ping", String.class))
                        .isInstanceOf(ConnectionLostException.class)
                        .hasMessageContaining("TLS with");
                held.complete("held");
                assertThat(holding).succeedsWithin(30, TimeUnit.SECONDS).isEqualTo("held");
                current.set(new TlsFiles(null, folder.resolve("none.pem").toString(), null, null));
                assertThatThrownBy(server::reset).hasMessageContaining("none.pem");
                assertThat(next.call("ping", String.class)).isEqualTo("pong");
                try (RpcClient other = RpcClient.connect(address + secondAuthority.authority())) {
                    assertThat(other.call("ping", String.class)).isEqualTo("pong");
                }
            }
        }
    }

    @Test
    void plainTextOnAPortWithTlsIsClosedAtOnceAndTheOtherWayRound() throws Exception {
        try (RpcServer server = RpcServer.builder()
                .method("ping", () -> "pong")
                .tls(() -> files(first).context())
                .listen("jsonrpc+tls://localhost:0")
                .listen("jsonrpc+https://localhost:0")
                .listen("jsonrpc+tcp://localhost:0")
                .build()
                .start()) {
            String request = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}\n";
            for (int i = 0; i < 2; i++) {
                try (Socket socket =
                        new Socket("localhost", server.addresses().get(i).port(-1))) {
                    socket.setSoTimeout(30_000);
                    socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
                    InputStream in = socket.getInputStream();
                    // At most an alert of TLS.
                    assertThat(new String(in.readAllBytes(), StandardCharsets.ISO_8859_1))
                            .doesNotContain("pong")
                            .hasSizeLessThan(10);
                }
            }
            int plain = server.addresses().get(2).port(-1);
            try (RpcClient client = RpcClient.connect("jsonrpc+tls://localhost:" + plain)) {
                assertThatThrownBy(() -> client.call("ping", String.class))
                        .isInstanceOf(ConnectionLostException.class)
                        .hasMessageContaining("TLS with jsonrpc+tls://localhost:" + plain + " failed");
            }
        }
    }
}
