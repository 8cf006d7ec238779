package dev.parley.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Instant;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code --jwt-keys} and what belongs to it. */
class JwtOptionsTest {
    private static final Base64.Encoder URL = Base64.getUrlEncoder().withoutPadding();

    @TempDir
    Path folder;

    private static String encoded(String json) {
        return URL.encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }

    /** A token that is signed by the JDK alone. */
    private static String token(KeyPair key, String audience) throws Exception {
        String signed = encoded("{\"alg\": \"EdDSA\"}") + "."
                + encoded("{\"iss\": \"https://login.example\", \"aud\": \"%s\", \"sub\": \"alice\", \"exp\": %d}"
                        .formatted(audience, Instant.now().getEpochSecond() + 600));
        Signature signature = Signature.getInstance("Ed25519");
        signature.initSign(key.getPrivate());
        signature.update(signed.getBytes(StandardCharsets.US_ASCII));
        return signed + "." + URL.encodeToString(signature.sign());
    }

    private String file(String name, String content) throws Exception {
        return Files.writeString(folder.resolve(name), content).toString();
    }

    private String publicKey(KeyPair key) throws Exception {
        return file(
                "issuer.pem",
                "-----BEGIN PUBLIC KEY-----\n"
                        + Base64.getMimeEncoder().encodeToString(key.getPublic().getEncoded())
                        + "\n-----END PUBLIC KEY-----\n");
    }

    @Test
    void callersShowTheTokensOfAnIssuer() throws Exception {
        KeyPair key = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        try (Cli.Serving server = new Cli.Serving(
                1,
                "serve",
                "dev.parley.cli.Calculator",
                "--listen",
                "jsonrpc+http://127.0.0.1:0/jsonrpc",
                "--jwt-keys",
                publicKey(key),
                "--jwt-issuer",
                "https://login.example",
                "--jwt-audience",
                "calculator,other",
                "--allow-file",
                file("allowed", "alice: add\n"))) {
            String address = server.addresses().getFirst();
            Cli.Run called =
                    Cli.run("call", address, "add", "2", "3", "--token-file", file("good", token(key, "calculator")));
            assertThat(called.line()).as(called.err()).isEqualTo("5");
            Cli.Run foreign =
                    Cli.run("call", address, "add", "2", "3", "--token-file", file("foreign", token(key, "shop")));
            assertThat(foreign.exitCode()).isEqualTo(ExitCode.NO_CONNECTION);
            assertThat(foreign.err()).contains("401");
        }
    }

    @Test
    void mistakesAreTold() throws Exception {
        String keys = publicKey(KeyPairGenerator.getInstance("Ed25519").generateKeyPair());
        usage("need each other", "--jwt-keys", keys);
        usage("need each other", "--jwt-issuer", "a", "--jwt-audience", "b");
        usage(
                "must be https://",
                "--jwt-keys",
                "http://login.example/keys",
                "--jwt-issuer",
                "a",
                "--jwt-audience",
                "b");
        String none = folder.resolve("none").toString();
        usage(none, "--jwt-keys", none, "--jwt-issuer", "a", "--jwt-audience", "b");
    }

    private static void usage(String message, String... options) {
        Cli.Run run = Cli.serve(options);
        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains(message);
    }
}
