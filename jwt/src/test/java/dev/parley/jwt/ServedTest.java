package dev.parley.jwt;

import static dev.parley.jwt.Tokens.AUDIENCE;
import static dev.parley.jwt.Tokens.ISSUER;
import static dev.parley.jwt.Tokens.by;
import static dev.parley.jwt.Tokens.claims;
import static dev.parley.jwt.Tokens.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.AccessDeniedException;
import dev.parley.Address;
import dev.parley.RpcClient;
import dev.parley.RpcContext;
import dev.parley.RpcServer;
import dev.parley.security.LoginLimits;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens on the wire, of Parley's own clients and of a socket. */
@Timeout(60)
class ServedTest {
    private static final Map<String, Object> HEADER = Map.of("alg", "EdDSA");

    @TempDir
    Path folder;

    /** Says who calls. */
    public static final class Service {
        /** The caller's name and roles. */
        public String whoami(RpcContext context) {
            JwtUser user = (JwtUser) context.principal();
            return user.getName() + " " + user.claim("roles");
        }
    }

    private RpcServer serve(KeyPair keys, Duration skew, String listen) throws Exception {
        Path file = Files.writeString(folder.resolve("keys"), Tokens.pem(keys.getPublic()));
        return RpcServer.builder()
                .endpoint(new Service())
                .listen(listen)
                .authenticator(
                        JwtAuthenticator.builder()
                                .keyFile(file)
                                .issuer(ISSUER)
                                .audience(AUDIENCE)
                                .clockSkew(skew)
                                .build(),
                        LoginLimits.defaults().withDelay(Duration.ofMillis(1), Duration.ofMillis(1)))
                .build()
                .start();
    }

    private static String whoami(Address address, String token) {
        try (RpcClient client = RpcClient.connect(address.toUri() + "?token=" + token)) {
            return client.call("whoami", String.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"jsonrpc+http://127.0.0.1:0/rpc", "jsonrpc+ws://127.0.0.1:0/rpc"})
    void clientsCallWithTokens(String listen) throws Exception {
        KeyPair keys = Tokens.ed25519();
        Tokens.Signer signer = by("Ed25519", keys.getPrivate());
        try (RpcServer server = serve(keys, Duration.ofSeconds(60), listen)) {
            Address address = server.addresses().getFirst();
            Map<String, Object> claims = with(claims(), "roles", List.of("reader"));
            assertThat(whoami(address, Tokens.token(HEADER, claims, signer))).isEqualTo("alice [reader]");
            for (String wrong : List.of(
                    Tokens.token(HEADER, with(claims, "exp", 1), signer),
                    Tokens.token(HEADER, with(claims, "aud", "other"), signer),
                    Tokens.token(Map.of("alg", "none"), claims, input -> new byte[0]),
                    Tokens.token(HEADER, claims, by("Ed25519", Tokens.ed25519().getPrivate())),
                    "garbage")) {
                assertThatThrownBy(() -> whoami(address, wrong))
                        .isInstanceOf(AccessDeniedException.class)
                        .hasMessageContaining("401")
                        .hasMessageNotContaining(wrong);
            }
        }
    }

    @Test
    void aRefusalTellsNothing() throws Exception {
        KeyPair keys = Tokens.ed25519();
        Tokens.Signer signer = by("Ed25519", keys.getPrivate());
        try (RpcServer server = serve(keys, Duration.ofSeconds(60), "jsonrpc+http://127.0.0.1:0/rpc")) {
            Address address = server.addresses().getFirst();
            assertThat(post(address, Tokens.token(HEADER, claims(), signer)))
                    .startsWith("HTTP/1.1 200 ")
                    .contains("alice");
            String expired = post(address, Tokens.token(HEADER, with(claims(), "exp", 1), signer));
            String forged = post(address, Tokens.token(HEADER, claims(), input -> new byte[64]));
            assertThat(expired).startsWith("HTTP/1.1 401 ").doesNotContainIgnoringCase("expired");
            assertThat(expired.replaceAll("(?i)date: [^\r]*", "")).isEqualTo(forged.replaceAll("(?i)date: [^\r]*", ""));
        }
    }

    private static String post(Address address, String token) throws Exception {
        String body = "{\"jsonrpc\":\"2.0\",\"method\":\"whoami\",\"id\":1}";
        try (Socket socket = new Socket(
                java.net.InetAddress.getLoopbackAddress(),
                java.net.URI.create(address.toUri()).getPort())) {
            socket.setSoTimeout(30_000);
            OutputStream out = socket.getOutputStream();
            out.write(("POST /rpc HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                            + "Connection: close\r\nAuthorization: Bearer " + token + "\r\nContent-Length: "
                            + body.length() + "\r\n\r\n" + body)
                    .getBytes(StandardCharsets.US_ASCII));
            out.flush();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void anAcceptedTokenExpiresThoughItIsRemembered() throws Exception {
        KeyPair keys = Tokens.ed25519();
        try (RpcServer server = serve(keys, Duration.ZERO, "jsonrpc+http://127.0.0.1:0/rpc")) {
            Address address = server.addresses().getFirst();
            // Long enough to be accepted on a busy machine, shorter than the minute that logins are remembered.
            long expiry = Instant.now().getEpochSecond() + 5;
            String token = Tokens.token(HEADER, with(claims(), "exp", expiry), by("Ed25519", keys.getPrivate()));
            assertThat(whoami(address, token)).startsWith("alice");
            while (!Instant.now().isAfter(Instant.ofEpochSecond(expiry + 1))) {
                Thread.sleep(50);
            }
            assertThatThrownBy(() -> whoami(address, token)).isInstanceOf(AccessDeniedException.class);
        }
    }
}
