package dev.parley.net.http.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.Address;
import dev.parley.InvalidTargetException;
import dev.parley.Limits;
import dev.parley.net.http.Headers;
import dev.parley.net.http.HttpResponse;
import dev.parley.net.http.client.HttpClient;
import dev.parley.net.http.server.HttpServer;
import dev.parley.spi.AddressOptions;
import dev.parley.spi.ServerContext;
import dev.parley.spi.ValueMapping;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class HttpAddressTest {
    private static HttpClient.Builder client(String text) {
        Address address = Address.parse(text);
        AddressOptions options = new AddressOptions(address);
        String path = HttpAddress.path(address, options, "/");
        HttpClient.Builder client = HttpAddress.client(address, options, Limits.defaults(), path, null);
        options.refuseOthers();
        return client;
    }

    private static HttpServer.Builder server(String text) {
        Address address = Address.parse(text);
        AddressOptions options = new AddressOptions(address);
        HttpServer.Builder server =
                HttpAddress.settings(address, options, context()).server();
        options.refuseOthers();
        return server;
    }

    private static ServerContext context() {
        return new ServerContext(new NoMethods(), new ValueMapping(Limits.defaults(), List.of()), null);
    }

    private static HttpServer start(String text) {
        return server(text)
                .handle(
                        "/",
                        e -> e.respond(HttpResponse.text(
                                200, e.header("Authorization") + " of " + e.principal() + " at " + e.remoteAddress())))
                .build()
                .start();
    }

    private static String call(HttpClient.Builder builder) {
        try (HttpClient client = builder.build()) {
            HttpResponse response = client.post(Headers.empty(), new byte[0], Duration.ofSeconds(30));
            return response.status() + " " + new String(response.body(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void sendsUserInfoAsBasicCredentialsAndRequiresThem() {
        try (HttpServer server = start("test+http://u:p@127.0.0.1:0")) {
            assertThat(call(client("test+http://u:p@127.0.0.1:" + server.port())))
                    .startsWith("200 Basic dTpw of u ");
            assertThat(call(client("test+http://u:wrong@127.0.0.1:" + server.port())))
                    .startsWith("401 ");
            assertThat(call(client("test+http://127.0.0.1:" + server.port()))).startsWith("401 ");
        }
    }

    @Test
    void sendsTheTokenOnceAndOnlyWhereItIsWanted() {
        try (HttpServer server = start("test+http://127.0.0.1:0")) {
            HttpClient.Builder builder = client("test+http://127.0.0.1:" + server.port() + "?token=t0%20ken");
            assertThat(call(builder)).startsWith("200 Bearer t0 ken of null");
            try (HttpClient client = builder.build()) {
                HttpResponse response =
                        client.postWithoutAuthorization(Headers.empty(), new byte[0], Duration.ofSeconds(30));
                assertThat(response.body()).asString().startsWith("null of null");
                response = client.post(Headers.of("Authorization", "own"), new byte[0], Duration.ofSeconds(30));
                assertThat(response.body()).asString().startsWith("own of null");
            }
        }
    }

    @Test
    void refusesUserInfoBesidesAToken() {
        assertThatThrownBy(() -> client("test+http://user:secret@127.0.0.1:1?token=t0ken"))
                .isInstanceOf(InvalidTargetException.class)
                .hasMessageContaining("user info")
                .hasMessageContaining("option token")
                .hasMessageNotContainingAny("secret", "t0ken");
    }

    @Test
    void refusesATokenThatBreaksOutOfItsHeader() {
        assertThatThrownBy(() -> client("test+http://127.0.0.1:1?token=a%0d%0aX-Injected:1"))
                .isInstanceOf(InvalidTargetException.class)
                .hasMessageContaining("Authorization")
                .hasMessageNotContaining("Injected");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "86400.1", "9999999", "1e300", "NaN", "Infinity", "soon", ""})
    void refusesTimeoutsOutOfRange(String value) {
        String range = "=" + value + " must be a number of seconds, more than 0 and at most 86400";
        assertThatThrownBy(() -> client("test+http://127.0.0.1:1?connect_timeout=" + value))
                .isInstanceOf(InvalidTargetException.class)
                .hasMessage("option connect_timeout" + range);
        for (String option : new String[] {"idle_timeout", "read_timeout"}) {
            assertThatThrownBy(() -> server("test+http://127.0.0.1:1?" + option + "=" + value))
                    .isInstanceOf(InvalidTargetException.class)
                    .hasMessage("option " + option + range);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"86400", "0.001", "1e-12"})
    void takesTimeoutsWithinTheRange(String value) {
        assertThatCode(() -> client("test+http://127.0.0.1:1?connect_timeout=" + value)
                        .build())
                .doesNotThrowAnyException();
        assertThatCode(() -> server("test+http://127.0.0.1:1?idle_timeout=" + value + "&read_timeout=" + value))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "test+http://127.0.0.1:1?max_connections=0",
                "test+http://127.0.0.1:1?proxy=socks://127.0.0.1:1",
                "test+http://127.0.0.1:1?idle_timeout=0",
                "test+http://127.0.0.1:1?read_timeout=1",
                "test+http://a%3ab:c@127.0.0.1:1",
                "test+unix:///",
                "test+unix:///run/x.sock?path=rpc"
            })
    void refusesWhatAClientCannotUse(String address) {
        assertThatThrownBy(() -> client(address)).isInstanceOf(InvalidTargetException.class);
    }

    @Test
    void refusesHttpsWithoutKeys() {
        assertThatThrownBy(() -> server("test+https://u:secret@127.0.0.1:1"))
                .isInstanceOf(InvalidTargetException.class)
                .hasMessageContaining("key and certificate")
                .hasMessageNotContaining("secret");
    }

    @Test
    void servesAUnixSocketWhosePeersAreAllUnix(@TempDir Path folder) {
        String address = "test+unix://" + folder.resolve("x.sock");
        try (HttpServer server = start(address)) {
            assertThat(call(client(address))).isEqualTo("200 null of null at unix\n");
            assertThat(HttpAddress.bound(Address.parse(address), server)).isEqualTo(Address.parse(address));
        }
    }

    @Test
    void writesThePeersAddress() {
        try (HttpServer server = start("test+http://127.0.0.1:0")) {
            assertThat(call(client("test+http://127.0.0.1:" + server.port()))).matches("200 .* at 127.0.0.1:\\d+\n");
            assertThat(HttpAddress.bound(Address.parse("test+http://127.0.0.1:0"), server))
                    .isEqualTo(Address.parse("test+http://127.0.0.1:" + server.port()));
        }
        try (HttpServer server = start("test+http://[::1]:0")) {
            assertThat(call(client("test+http://[::1]:" + server.port()))).matches("200 .* at \\[::1]:\\d+\n");
        }
    }

    private static List<String> paths(String text) {
        Address address = Address.parse(text);
        return HttpAddress.paths(address, new AddressOptions(address), List.of("/RPC2", "/"));
    }

    @Test
    void aServerHasItsPathOrTheWiresAndThoseOfTheOption() {
        assertThat(paths("test+http://h")).containsExactly("/RPC2", "/");
        assertThat(paths("test+http://h/")).containsExactly("/");
        assertThat(paths("test+http://h/a%20b")).containsExactly("/a b");
        assertThat(paths("test+http://h?paths=/a,/RPC2,/b%2520c")).containsExactly("/RPC2", "/", "/a", "/b%20c");
        assertThat(paths("test+http://h/x?paths=/y,/%3D")).containsExactly("/x", "/y", "/=");
        assertThat(paths("test+unix:///run/s?path=/a%2520b&paths=/c")).containsExactly("/a%20b", "/c");
    }

    @ParameterizedTest
    @ValueSource(strings = {"paths=a", "paths=", "paths=/a,", "paths=/a,b", "paths=/a%3Fx=1"})
    void refusesMalformedPaths(String option) {
        assertThatThrownBy(() -> paths("test+http://h?" + option))
                .isInstanceOf(InvalidTargetException.class)
                .hasMessageContaining("option paths=")
                .hasMessageContaining("starts with a slash");
    }
}
