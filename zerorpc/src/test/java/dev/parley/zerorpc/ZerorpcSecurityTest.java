package dev.parley.zerorpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.AccessDeniedException;
import dev.parley.Address;
import dev.parley.ConnectionLostException;
import dev.parley.InvalidTargetException;
import dev.parley.RpcClient;
import dev.parley.RpcContext;
import dev.parley.RpcServer;
import dev.parley.security.Authenticator;
import dev.parley.security.Credentials;
import dev.parley.security.User;
import dev.parley.zmtp.security.CurveKeyPair;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Principal;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The security options of addresses, on both sides. */
@Timeout(60)
class ZerorpcSecurityTest {
    private static final CurveKeyPair SERVER = CurveKeyPair.generate();
    private static final CurveKeyPair ANN = CurveKeyPair.generate();

    @TempDir
    private Path folder;

    private Path clients;

    @BeforeEach
    void keys() throws IOException {
        clients = Files.createDirectory(folder.resolve("clients"));
        SERVER.write(folder, "server");
        Files.move(ANN.write(clients, "ann"), folder.resolve("ann.key_secret"));
        CurveKeyPair.generate().write(folder, "eve");
    }

    /** Tells who calls. */
    public static final class Who {
        public String who(RpcContext context) {
            Principal caller = context.principal();
            return caller == null ? "nobody" : caller.getName();
        }
    }

    private static RpcServer.Builder builder(String address) {
        return RpcServer.builder().endpoint(new Who()).listen(address);
    }

    private String curveServer(String more) {
        return "zerorpc+tcp://127.0.0.1:0?mechanism=curve&key_file=" + folder.resolve("server.key_secret") + more;
    }

    private String keyOf(String name) {
        return "&key_file=" + folder.resolve(name + ".key_secret");
    }

    private static String who(String address) {
        try (RpcClient client = RpcClient.connect(address)) {
            return client.call("who", String.class);
        }
    }

    private static String address(RpcServer server) {
        return server.addresses().getFirst().toUri();
    }

    @Test
    void aClientIsKnownByItsCertificate() throws IOException {
        try (RpcServer server =
                builder(curveServer("&client_keys=" + clients)).build().start()) {
            String address = address(server);
            assertThat(address)
                    .contains("server_key=" + SERVER.publicKey().hex())
                    .doesNotContain("key_file")
                    .doesNotContain("client_keys");
            assertThat(who(address + keyOf("ann"))).isEqualTo("ann");
            assertThatThrownBy(() -> who(address + keyOf("eve"))).isInstanceOf(AccessDeniedException.class);
            assertThatThrownBy(() -> who(address)).isInstanceOf(AccessDeniedException.class);
            String plain = "zerorpc+tcp://127.0.0.1:" + Address.parse(address).port(-1);
            assertThatThrownBy(() -> who(plain)).isInstanceOf(ConnectionLostException.class);
            String wrong = plain + "?server_key=" + ANN.publicKey().hex() + keyOf("ann");
            assertThatThrownBy(() -> who(wrong))
                    .isInstanceOf(ConnectionLostException.class)
                    .hasMessageContaining("may not have the key");
            String file = plain + "?server_key=" + folder.resolve("server.key") + keyOf("ann");
            assertThat(who(file)).isEqualTo("ann");
            // Forty characters, all of which Z85 has: it is a file all the same.
            Path directory = Files.createTempDirectory("k");
            Path forty = directory.resolve("x".repeat(39 - directory.toString().length()));
            Files.copy(folder.resolve("server.key"), forty);
            assertThat(who(plain + "?server_key=" + forty + keyOf("ann"))).isEqualTo("ann");
        }
    }

    @Test
    void keysOfClientsAreReadAnewByReset() throws IOException {
        try (RpcServer server =
                builder(curveServer("&client_keys=" + clients)).build().start()) {
            String eve = address(server) + keyOf("eve");
            assertThatThrownBy(() -> who(eve)).isInstanceOf(AccessDeniedException.class);
            Files.copy(folder.resolve("eve.key"), clients.resolve("eve.key"));
            server.reset();
            assertThat(who(eve)).isEqualTo("eve");
        }
    }

    @Test
    void anyClientIsKnownByItsKey() {
        try (RpcServer server = builder(curveServer("&client_keys=any")).build().start()) {
            assertThat(who(address(server) + keyOf("ann")))
                    .isEqualTo(ANN.publicKey().toString());
            assertThat(who(address(server)))
                    .as("a client without keys has new ones")
                    .hasSize(40);
        }
    }

    @Test
    void theServersAuthenticatorMayDecideAboutKeys() {
        Authenticator keys = new Authenticator() {
            @Override
            public Set<Class<? extends Credentials>> accepts() {
                return Set.of(Credentials.PublicKey.class);
            }

            @Override
            public Principal authenticate(Credentials credentials) {
                return credentials.equals(
                                new Credentials.PublicKey(ANN.publicKey().toString()))
                        ? new User("by its key")
                        : null;
            }
        };
        try (RpcServer server =
                builder(curveServer("")).authenticator(keys).build().start()) {
            assertThat(who(address(server) + keyOf("ann"))).isEqualTo("by its key");
            assertThatThrownBy(() -> who(address(server) + keyOf("eve"))).isInstanceOf(AccessDeniedException.class);
        }
        RpcServer both =
                builder(curveServer("&client_keys=any")).authenticator(keys).build();
        assertThatThrownBy(both::start)
                .isInstanceOf(InvalidTargetException.class)
                .hasMessageContaining("leave them out");
    }

    @Test
    void plainTakesThePasswordsOfTheServersAuthenticator() {
        try (RpcServer server = builder("zerorpc+tcp://127.0.0.1:0?mechanism=plain")
                .authenticator(Authenticator.password("ann", "pass/wörd"))
                .build()
                .start()) {
            int port = server.addresses().getFirst().port(-1);
            assertThat(who("zerorpc+tcp://ann:pass%2Fw%C3%B6rd@127.0.0.1:" + port))
                    .isEqualTo("ann");
            assertThatThrownBy(() -> who("zerorpc+tcp://ann:wrong@127.0.0.1:" + port))
                    .isInstanceOf(AccessDeniedException.class)
                    .hasMessageContaining("refused the credentials")
                    .satisfies(error -> assertThat(error.getMessage()).doesNotContain("wrong"));
        }
    }

    @Test
    void plainTakesThePasswordOfTheAddress() {
        try (RpcServer server =
                builder("zerorpc+tcp://ann:secret@127.0.0.1:0").build().start()) {
            assertThat(who(address(server))).isEqualTo("ann");
            assertThat(server.addresses().getFirst().toString()).doesNotContain("secret");
        }
        RpcServer both = builder("zerorpc+tcp://ann:secret@127.0.0.1:0")
                .authenticator(Authenticator.password("ann", "other"))
                .build();
        assertThatThrownBy(both::start).isInstanceOf(InvalidTargetException.class);
    }

    @Test
    void withoutAMechanismAnAuthenticatorIsRefused() {
        RpcServer server = builder("zerorpc+tcp://127.0.0.1:0")
                .authenticator(Authenticator.password("ann", "secret"))
                .build();
        assertThatThrownBy(server::start)
                .isInstanceOf(InvalidTargetException.class)
                .hasMessageContaining("mechanism=plain");
    }

    @ParameterizedTest
    @CsvSource({
        "?mechanism=curve, client, server_key",
        "?mechanism=plain, client, user and password",
        "?mechanism=tls, client, null",
        "?mechanism=null&server_key=x, client, mechanism=curve alone",
        "?server_key=short, client, cannot be read",
        "?mechanism=curve, server, key_file",
        "?mechanism=plain, server, user and password",
        "?key_file=SERVER, server, which clients may call",
        "?key_file=SERVER&client_keys=missing, server, cannot be read",
        "?key_file=missing&client_keys=any, server, cannot be read",
        "?key_file=SERVER&client_keys=any&server_key=EVE, server, is not the public key",
    })
    void wrongOptionsAreRefused(String query, String side, String reason) {
        String address = "zerorpc+tcp://127.0.0.1:0"
                + query.replace("SERVER", folder.resolve("server.key_secret").toString())
                        .replace("EVE", folder.resolve("eve.key").toString());
        if (side.equals("server")) {
            RpcServer server = builder(address).build();
            assertThatThrownBy(server::start)
                    .isInstanceOf(InvalidTargetException.class)
                    .hasMessageContaining(reason);
        } else {
            assertThatThrownBy(
                            () -> RpcClient.connect(address.replace(":0", ":1")).close())
                    .isInstanceOf(InvalidTargetException.class)
                    .hasMessageContaining(reason);
        }
    }

    @Test
    void aLongPasswordIsRefused() {
        assertThatThrownBy(() -> RpcClient.connect("zerorpc+tcp://ann:" + "x".repeat(256) + "@127.0.0.1:1")
                        .close())
                .isInstanceOf(InvalidTargetException.class)
                .hasMessageContaining("255");
    }

    @Test
    void streamsAndLargeValuesAreEncryptedToo() {
        try (RpcServer server = RpcServer.builder()
                        .method(
                                "range",
                                Integer.class,
                                end -> IntStream.range(0, end).boxed())
                        .method("echo", byte[].class, bytes -> bytes)
                        .listen(curveServer("&client_keys=any"))
                        .build()
                        .start();
                RpcClient client = RpcClient.connect(address(server))) {
            List<?> items = client.call("range", List.class, 5_000);
            assertThat(items).hasSize(5_000);
            assertThat(client.call("echo", byte[].class, new byte[2_000_000])).hasSize(2_000_000);
        }
    }
}
