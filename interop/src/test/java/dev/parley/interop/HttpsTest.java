package dev.parley.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.ConnectionLostException;
import dev.parley.InvalidTargetException;
import dev.parley.RpcClient;
import dev.parley.RpcServer;
import dev.parley.interop.Certificates.Issued;
import dev.parley.interop.xmlrpc.Calculator;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code xmlrpc+https} and {@code jsonrpc+https} with the TLS of Python, both ways. */
@Timeout(120)
@NeedsPeer(Peer.JSONRPCLIB_PELIX)
class HttpsTest {
    @TempDir
    static Path folder;

    private static Certificates authority;
    private static Issued server;
    private static Issued other;
    private static Issued expired;
    private static Issued client;
    private static String ca;

    @BeforeAll
    static void issue() {
        authority = new Certificates(folder);
        server = authority.issue("server", "localhost", "-1d");
        other = authority.issue("other", "other.test", "-1d");
        expired = authority.issue("expired", "localhost", "-10d");
        client = authority.issue("client", "client", "-1d");
        ca = "ssl_ca_file=" + authority.authority();
    }

    private static PeerProcess serve(String wire, Issued identity, String... options) {
        String[] arguments = new String[3 + options.length];
        arguments[0] = wire;
        arguments[1] = identity.file(".pem").toString();
        arguments[2] = identity.file(".key").toString();
        System.arraycopy(options, 0, arguments, 3, options.length);
        return PeerProcess.start(Peer.JSONRPCLIB_PELIX, "https_server.py", arguments);
    }

    private static RpcClient connect(String wire, String url, String options) {
        return RpcClient.connect(wire + "+" + url + "?" + options);
    }

    private static void works(String wire, String url, String options) {
        try (RpcClient parley = connect(wire, url, options)) {
            assertThat(parley.call("add", int.class, 2, 3)).isEqualTo(5);
            assertThat(parley.call("echo", String.class, "grüße".repeat(10_000)))
                    .hasSize(50_000);
        }
    }

    private static void fails(String wire, String url, String options, String... why) {
        try (RpcClient parley = connect(wire, url, options)) {
            assertThatThrownBy(() -> parley.call("add", int.class, 2, 3))
                    .isInstanceOf(ConnectionLostException.class)
                    .hasMessageContainingAll(why);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"xmlrpc", "jsonrpc"})
    void theServerIsVerified(String wire) {
        try (PeerProcess python = serve(wire, server)) {
            String url = python.ready();
            works(wire, url, ca);
            fails(wire, url, "connect_timeout=10", "TLS with https://localhost:", "ssl_ca_file");
            fails(wire, url.replace("localhost", "127.0.0.1"), ca, "127.0.0.1");
            works(wire, url, "insecure_skip_verify=true");
        }
        try (PeerProcess python = serve(wire, other)) {
            String url = python.ready();
            fails(wire, url, ca, "localhost");
            works(wire, url, "insecure_skip_verify=true");
        }
        try (PeerProcess python = serve(wire, expired)) {
            String url = python.ready();
            fails(wire, url, ca, "TLS with");
            works(wire, url, "insecure_skip_verify=true");
        }
        try (PeerProcess python = serve(wire, server, "--tls12")) {
            works(wire, python.ready(), ca);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"xmlrpc", "jsonrpc"})
    void theClientShowsItsCertificate(String wire) {
        String demand = authority.authority().toString();
        String cert = ca + "&ssl_cert_file=";
        for (String[] version : new String[][] {{}, {"--tls12"}}) {
            String[] options = new String[2 + version.length];
            options[0] = "--client-ca";
            options[1] = demand;
            System.arraycopy(version, 0, options, 2, version.length);
            try (PeerProcess python = serve(wire, server, options)) {
                String url = python.ready();
                fails(wire, url, ca, "localhost");
                works(wire, url, cert + client.file(".pem") + "&ssl_key_file=" + client.file(".key"));
                works(
                        wire,
                        url,
                        cert + client.file(".pem") + "&ssl_key_file=" + client.file("-secret.key")
                                + "&ssl_key_password=" + Certificates.PASSWORD);
                works(wire, url, cert + client.file(".p12") + "&ssl_key_password=" + Certificates.PASSWORD);
                works(
                        wire,
                        url,
                        "insecure_skip_verify=true&ssl_cert_file=" + client.file(".p12") + "&ssl_key_password="
                                + Certificates.PASSWORD);
            }
        }
    }

    @Test
    void certificateAndKeyMayBeOneFile() throws Exception {
        Path both = folder.resolve("both.pem");
        Files.writeString(both, Files.readString(client.file(".key")) + Files.readString(client.file(".pem")));
        try (PeerProcess python =
                serve("xmlrpc", server, "--client-ca", authority.authority().toString())) {
            works("xmlrpc", python.ready(), ca + "&ssl_cert_file=" + both);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ssl_ca_file=DIR/none.pem",
                "ssl_ca_file=DIR/client.key",
                "ssl_cert_file=DIR/client.pem",
                "ssl_cert_file=DIR/client.p12&ssl_key_password=wrong",
                "ssl_cert_file=DIR/client.p12",
                "ssl_cert_file=DIR/client.pem&ssl_key_file=DIR/client-secret.key",
                "ssl_cert_file=DIR/client.pem&ssl_key_file=DIR/client-secret.key&ssl_key_password=wrong",
                "ssl_key_file=DIR/client.key",
                "insecure_skip_verify=true&ssl_ca_file=DIR/ca.pem"
            })
    void filesThatCannotBeUsed(String options) {
        String last = options.substring(options.lastIndexOf('&') + 1);
        assertThatThrownBy(() -> connect("jsonrpc", "https://localhost:1/", options.replace("DIR", folder.toString())))
                .isInstanceOf(InvalidTargetException.class)
                .hasMessageContaining(last.substring(0, last.indexOf('=')))
                .hasMessageNotContaining("wrong");
    }

    @Test
    void eitherOptionsOrTheBuildersContext() throws Exception {
        SSLContext given = SSLContext.getDefault();
        for (String option : new String[] {ca, "insecure_skip_verify=true"}) {
            assertThatThrownBy(() -> RpcClient.builder("jsonrpc+https://localhost:1/?" + option)
                            .tls(given)
                            .build())
                    .isInstanceOf(InvalidTargetException.class)
                    .hasMessageContaining("TLS context of the builder");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"xmlrpc", "jsonrpc"})
    void pythonCallsParley(String wire) {
        for (Issued identity : new Issued[] {server, other, expired}) {
            try (RpcServer parley = RpcServer.builder()
                    .endpoint(new Calculator())
                    .tls(identity.context())
                    .listen(wire + "+https://127.0.0.1:0/")
                    .build()
                    .start()) {
                String url =
                        "https://localhost:" + parley.addresses().getFirst().port(-1) + "/";
                Map<String, Object> add = Map.of("wire", wire, "method", "add", "args", new int[] {2, 3});
                try (PeerProcess trusting = PeerProcess.start(
                                Peer.JSONRPCLIB_PELIX,
                                "https_client.py",
                                url,
                                authority.authority().toString());
                        PeerProcess doubting = PeerProcess.start(Peer.JSONRPCLIB_PELIX, "https_client.py", url)) {
                    if (identity.equals(server)) {
                        assertThat(trusting.call(add).path("ok").asInt()).isEqualTo(5);
                    } else {
                        assertThat(trusting.call(add).path("error").toString()).contains("certificate verify failed");
                    }
                    assertThat(doubting.call(add).path("error").toString()).contains("certificate verify failed");
                }
            }
        }
    }
}
