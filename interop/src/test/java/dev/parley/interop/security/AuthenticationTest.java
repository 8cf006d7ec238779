package dev.parley.interop.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import dev.parley.AccessDeniedException;
import dev.parley.Address;
import dev.parley.InvalidTargetException;
import dev.parley.RpcBatch;
import dev.parley.RpcClient;
import dev.parley.RpcException;
import dev.parley.RpcServer;
import dev.parley.ServiceDescription;
import dev.parley.interop.Certificates;
import dev.parley.interop.NeedsPeer;
import dev.parley.interop.Peer;
import dev.parley.interop.PeerProcess;
import dev.parley.security.AllowFile;
import dev.parley.security.Authenticator;
import dev.parley.security.Credentials;
import dev.parley.security.LoginLimits;
import dev.parley.security.TokenFile;
import dev.parley.security.UserFile;
import dev.parley.spi.TlsFiles;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Principal;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/** One authenticator and one authorizer for every wire that can authenticate. */
@Timeout(180)
class AuthenticationTest {
    private static final String PASSWORD = "w0nder-land";
    private static final String WRONG = "l00king-glass";
    private static final LoginLimits QUICK =
            LoginLimits.defaults().withDelay(Duration.ofMillis(1), Duration.ofMillis(5));

    @TempDir
    static Path folder;

    private static String token;
    private static Authenticator authenticator;
    private static AllowFile access;
    private static Certificates.Issued alice;
    private static Certificates.Issued localhost;
    private static Certificates authority;

    @BeforeAll
    static void makeFiles() throws Exception {
        token = TokenFile.newToken();
        Path users = Files.writeString(folder.resolve("users"), "alice:" + hash(PASSWORD) + "\n");
        Path tokens = Files.writeString(folder.resolve("tokens"), TokenFile.entry("alice", token) + "\n");
        access = AllowFile.of(Files.writeString(folder.resolve("access"), "alice: whoami no*\nCN=alice: whoami no*\n"));
        authenticator =
                Authenticator.firstOf(List.of(UserFile.of(users), TokenFile.of(tokens), Authenticator.certificates()));
        authority = new Certificates(folder);
        localhost = authority.issue("localhost", "localhost", "-1d");
        alice = authority.issue("alice", "alice", "-1d");
    }

    /** With fewer rounds than a real one, since other programs use the processors too. */
    private static String hash(String password) throws Exception {
        byte[] salt = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
        byte[] derived = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                .generateSecret(new PBEKeySpec(password.toCharArray(), salt, 1000, 256))
                .getEncoded();
        Base64.Encoder base64 = Base64.getEncoder().withoutPadding();
        return ("$pbkdf2-sha256$1000$" + base64.encodeToString(salt) + "$" + base64.encodeToString(derived))
                .replace('+', '.');
    }

    private static SSLContext keys() {
        return new TlsFiles(
                        authority.authority().toString(),
                        localhost.file(".pem").toString(),
                        localhost.file(".key").toString(),
                        null)
                .context();
    }

    private static RpcServer.Builder builder(Authenticator asked) {
        return RpcServer.builder()
                .endpoint(new Guarded())
                .tls(AuthenticationTest::keys)
                .authenticator(asked, QUICK)
                .authorizer(access);
    }

    private static RpcServer serve(Authenticator asked, String listen) {
        return builder(asked).listen(listen).build().start();
    }

    private static String listen(String scheme) {
        return scheme.endsWith("+unix") ? scheme + "://" + folder.resolve(scheme + ".sock") : scheme + "://localhost:0";
    }

    private static String with(Address address, String userInfo, String options) {
        String uri = address.toUri().replaceFirst("://", "://" + userInfo);
        return options.isEmpty() ? uri : uri + (uri.contains("?") ? "&" : "?") + options;
    }

    private static String trust() {
        return "ssl_ca_file=" + authority.authority();
    }

    private static String certificate() {
        return trust() + "&ssl_cert_file=" + alice.file(".pem") + "&ssl_key_file=" + alice.file(".key");
    }

    /** What a caller that has been accepted can do. */
    private static void mayCallWhatIsPermitted(String address, String name) throws Exception {
        boolean batches = !address.startsWith("zerorpc");
        try (RpcClient client = RpcClient.connect(address)) {
            assertThat(client.call("whoami", String.class)).isEqualTo(name);
            assertThatThrownBy(() -> client.call("closed", int.class))
                    .isInstanceOf(AccessDeniedException.class)
                    .hasMessageContaining(name + " may not call the method closed");
            assertThatThrownBy(() -> client.call("other", int.class)).isInstanceOf(AccessDeniedException.class);
            assertThat(client.describe().methods())
                    .extracting(ServiceDescription.Method::qualifiedName)
                    .contains("whoami")
                    .doesNotContain("closed");
            if (batches) {
                RpcBatch batch = client.batch();
                RpcBatch.Result<String> first = batch.call("whoami", String.class);
                RpcBatch.Result<Integer> second = batch.call("closed", int.class);
                RpcBatch.Result<String> third = batch.call("whoami", String.class);
                batch.send();
                assertThat(first.get()).isEqualTo(name);
                assertThat(second.error()).isInstanceOf(AccessDeniedException.class);
                assertThat(third.get()).isEqualTo(name);
            }
        }
    }

    private static void isRefused(String address) {
        try (RpcClient client = RpcClient.connect(address)) {
            assertThatThrownBy(() -> client.call("whoami", String.class))
                    .isInstanceOf(AccessDeniedException.class)
                    .hasMessageContaining("401")
                    .hasMessageNotContainingAny(WRONG, PASSWORD, token);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "xmlrpc+http",
                "xmlrpc+https",
                "xmlrpc+unix",
                "jsonrpc+http",
                "jsonrpc+https",
                "jsonrpc+unix",
                "jsonrpc+ws",
                "jsonrpc+wss"
            })
    void passwordsAndTokens(String scheme) throws Exception {
        String tls = scheme.endsWith("https") || scheme.endsWith("wss") ? trust() : "";
        try (RpcServer server = serve(authenticator, listen(scheme))) {
            Address address = server.addresses().getFirst();
            mayCallWhatIsPermitted(with(address, "alice:" + PASSWORD + "@", tls), "alice");
            mayCallWhatIsPermitted(with(address, "", tls + (tls.isEmpty() ? "" : "&") + "token=" + token), "alice");
            isRefused(with(address, "alice:" + WRONG + "@", tls));
            isRefused(with(address, "bob:" + PASSWORD + "@", tls));
            isRefused(with(address, "", tls + (tls.isEmpty() ? "" : "&") + "token=" + WRONG));
            isRefused(with(address, "", tls));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"xmlrpc+https", "jsonrpc+https", "jsonrpc+wss", "jsonrpc+tls"})
    void certificates(String scheme) throws Exception {
        try (RpcServer server = serve(Authenticator.certificates(), listen(scheme))) {
            Address address = server.addresses().getFirst();
            mayCallWhatIsPermitted(with(address, "", certificate()), "CN=alice");
            try (RpcClient client = RpcClient.connect(with(address, "", trust()))) {
                assertThatThrownBy(() -> client.call("whoami", String.class)).isInstanceOf(RpcException.class);
            }
        }
    }

    @Test
    void certificatesBesidePasswords() throws Exception {
        try (RpcServer server = serve(authenticator, listen("jsonrpc+https"))) {
            Address address = server.addresses().getFirst();
            mayCallWhatIsPermitted(with(address, "", certificate()), "CN=alice");
            mayCallWhatIsPermitted(with(address, "alice:" + PASSWORD + "@", certificate()), "alice");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"jsonrpc+tcp", "jsonrpc+tls", "zerorpc+tcp", "jsonrpc+ipc", "zerorpc+ipc"})
    void wiresThatCannotCarryThemAreRefused(String scheme) {
        String address =
                scheme.endsWith("ipc") ? scheme + "://" + folder.resolve("refused.sock") : scheme + "://127.0.0.1:0";
        RpcServer refused = builder(Authenticator.password("alice", PASSWORD))
                .listen(address)
                .build();
        assertThatThrownBy(refused::start)
                .isInstanceOf(InvalidTargetException.class)
                .hasMessageContaining(scheme)
                .hasMessageContaining("carries")
                .hasMessageContaining("Authenticator.anonymous()");
        Authenticator open = Authenticator.password("alice", PASSWORD).or(Authenticator.anonymous());
        try (RpcServer server = builder(open)
                        .authorizer((caller, method) ->
                                caller != null && caller.getName().equals("anonymous"))
                        .listen(address)
                        .build()
                        .start();
                RpcClient client =
                        RpcClient.connect(server.addresses().getFirst().toUri()
                                + (scheme.endsWith("tls") ? "?insecure_skip_verify=true" : ""))) {
            assertThat(client.call("whoami", String.class)).isEqualTo("anonymous");
        }
    }

    @Test
    void certificatesNeedTls() {
        assertThatThrownBy(() -> serve(Authenticator.certificates(), "xmlrpc+http://127.0.0.1:0"))
                .isInstanceOf(InvalidTargetException.class)
                .hasMessageContaining("cannot carry client certificates")
                .hasMessageContaining("xmlrpc+https");
        assertThatThrownBy(() -> serve(authenticator, "xmlrpc+http://u:p@127.0.0.1:0"))
                .isInstanceOf(InvalidTargetException.class)
                .hasMessageContaining("has user info beside the server's authenticator");
    }

    @Test
    void noLogHasASecret() throws Exception {
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        Logger own = (Logger) LoggerFactory.getLogger("dev.parley");
        Level before = own.getLevel();
        Queue<String> lines = new ConcurrentLinkedQueue<>();
        AppenderBase<ILoggingEvent> all = new AppenderBase<>() {
            @Override
            protected void append(ILoggingEvent event) {
                String thrown =
                        event.getThrowableProxy() == null ? "" : ThrowableProxyUtil.asString(event.getThrowableProxy());
                lines.add(event.getFormattedMessage() + thrown);
            }
        };
        all.start();
        root.addAppender(all);
        own.setLevel(Level.TRACE);
        Authenticator failing = new Authenticator() {
            @Override
            public Set<Class<? extends Credentials>> accepts() {
                return authenticator.accepts();
            }

            @Override
            public Principal authenticate(Credentials credentials) {
                throw new IllegalStateException("no directory for " + credentials);
            }
        };
        try {
            for (String scheme : List.of("xmlrpc+http", "jsonrpc+http", "jsonrpc+ws")) {
                passwordsAndTokens(scheme);
                try (RpcServer server = serve(failing, listen(scheme));
                        RpcClient client =
                                RpcClient.connect(with(server.addresses().getFirst(), "alice:" + PASSWORD + "@", ""))) {
                    assertThatThrownBy(() -> client.call("whoami", String.class))
                            .hasMessageContaining("503")
                            .hasMessageNotContaining(PASSWORD);
                }
            }
        } finally {
            own.setLevel(before);
            root.detachAppender(all);
        }
        assertThat(lines).anyMatch(line -> line.contains("refused a login: wrong Password[user=alice]"));
        assertThat(lines).anyMatch(line -> line.contains("cannot find out whether"));
        assertThat(lines).noneMatch(line -> line.contains(PASSWORD) || line.contains(WRONG) || line.contains(token));
    }

    @ParameterizedTest
    @ValueSource(strings = {"xmlrpc+http", "jsonrpc+ws", "jsonrpc+tcp", "jsonrpc+tls", "zerorpc+tcp"})
    void aServerThatAnybodyCanCallSaysSo(String scheme) {
        Logger log = (Logger) LoggerFactory.getLogger(RpcServer.class);
        Queue<String> warnings = new ConcurrentLinkedQueue<>();
        AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
            @Override
            protected void append(ILoggingEvent event) {
                warnings.add(event.getLevel() + " " + event.getFormattedMessage());
            }
        };
        appender.start();
        log.addAppender(appender);
        try {
            for (String host : List.of("0.0.0.0", "127.0.0.1")) {
                RpcServer.Builder open = RpcServer.builder()
                        .endpoint(new Guarded())
                        .tls(AuthenticationTest::keys)
                        .listen(scheme + "://" + host + ":0");
                try (RpcServer server = open.build().start()) {
                    String address = server.addresses().getFirst().toString();
                    if (host.equals("0.0.0.0")) {
                        assertThat(warnings)
                                .singleElement()
                                .asString()
                                .contains("WARN ANYBODY", address, "set an authenticator", "--user-file");
                        warnings.clear();
                    }
                }
                try (RpcServer server = open.authenticator(authenticator.or(Authenticator.anonymous()))
                        .build()
                        .start()) {
                    assertThat(server.isReady()).isTrue();
                }
                assertThat(warnings).isEmpty();
            }
        } finally {
            log.detachAppender(appender);
        }
    }

    @Test
    @NeedsPeer(Peer.PYTHON)
    void pythonLogsIn() {
        try (RpcServer server = builder(authenticator)
                .listen("xmlrpc+http://127.0.0.1:0/RPC2")
                .listen("jsonrpc+http://127.0.0.1:0/jsonrpc")
                .build()
                .start()) {
            int port = server.addresses().getFirst().port(-1);
            String json = "http://127.0.0.1:" + server.addresses().getLast().port(-1) + "/jsonrpc";
            String url = "http://alice:" + PASSWORD + "@127.0.0.1:" + port + "/RPC2";
            assertThat(login("whoami", url).path("ok").asString()).isEqualTo("alice");
            assertThat(login("closed", url).path("error").toString()).contains("alice may not call the method closed");
            assertThat(login("whoami", url.replace(PASSWORD, WRONG)).path("ok").toString())
                    .contains("401", "Basic realm");
            assertThat(login("whoami", json, token).path("ok").path("result").asString())
                    .isEqualTo("alice");
            JsonNode refused = login("whoami", json, WRONG).path("ok");
            assertThat(refused.path("status").asInt()).isEqualTo(401);
            assertThat(refused.path("challenge").asString())
                    .isEqualTo("Bearer realm=\"parley\", Basic realm=\"parley\", charset=\"UTF-8\"");
        }
    }

    private static JsonNode login(String method, String... arguments) {
        try (PeerProcess client = PeerProcess.start(Peer.PYTHON, "login_client.py", arguments)) {
            return client.call(method);
        }
    }

    @Test
    @NeedsPeer(Peer.PYTHON)
    void pythonShowsItsCertificateOnATlsConnection() {
        try (RpcServer server = serve(Authenticator.certificates(), "jsonrpc+tls://localhost:0")) {
            String port = String.valueOf(server.addresses().getFirst().port(-1));
            String ca = authority.authority().toString();
            try (PeerProcess client = PeerProcess.start(
                    Peer.PYTHON,
                    "tls_client.py",
                    "localhost",
                    port,
                    ca,
                    alice.file(".pem").toString(),
                    alice.file(".key").toString())) {
                assertThat(client.call("whoami").path("ok").asString()).isEqualTo("CN=alice");
                assertThat(client.call("closed").path("error").toString()).contains("may not call");
                assertThat(client.call("whoami").path("ok").asString()).isEqualTo("CN=alice");
            }
            try (PeerProcess client = PeerProcess.start(Peer.PYTHON, "tls_client.py", "localhost", port, ca)) {
                // With TLS 1.3 a client learns of the refusal when it reads.
                assertThat(client.call("whoami").path("error").toString()).containsIgnoringCase("certificate");
            }
        }
    }

    @Test
    @NeedsPeer(Peer.RPC_WEBSOCKETS)
    void nodeLogsInOverWebSocket() {
        try (RpcServer server = serve(authenticator, "jsonrpc+ws://127.0.0.1:0/")) {
            String url = "ws://alice:" + PASSWORD + "@127.0.0.1:"
                    + server.addresses().getFirst().port(-1) + "/";
            try (PeerProcess client = PeerProcess.start(Peer.RPC_WEBSOCKETS, "rpc_websockets_client.js", url)) {
                assertThat(client.call("whoami").path("ok").asString()).isEqualTo("alice");
                assertThat(client.call("closed").path("error").toString()).contains("may not call");
            }
        }
    }
}
