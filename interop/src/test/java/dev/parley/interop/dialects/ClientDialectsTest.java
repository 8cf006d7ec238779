package dev.parley.interop.dialects;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.Param;
import dev.parley.RpcServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Parley's servers towards what clients send. */
@Timeout(60)
class ClientDialectsTest {
    private static final RpcServer SERVER = RpcServer.builder()
            .endpoint(new Service())
            .listen("xmlrpc+http://127.0.0.1:0")
            .listen("jsonrpc+http://127.0.0.1:0/")
            .listen("jsonrpc+tcp://127.0.0.1:0")
            .build();

    /** What the recorded clients call. Thread-safe. */
    public static final class Service {
        /** The answer. */
        public int none() {
            return 42;
        }

        /** The sum. */
        public int add(@Param("a") int a, @Param("b") int b) {
            return a + b;
        }

        /** The type of a value, and the value. */
        public String kind(@Nullable Object value) {
            return (value == null ? "null" : value.getClass().getSimpleName()) + ":" + value;
        }

        /** The text and its length. */
        public String text(String value) {
            return value + "|" + value.length();
        }

        /** The names of the members. */
        public String names(Map<String, Object> members) {
            return String.join(",", members.keySet());
        }

        /** What HomeMatic's CCU calls. */
        public String event(String id, String address, String key, Object value) {
            return id + " " + address + " " + key + " " + value;
        }
    }

    @BeforeAll
    static void start() {
        SERVER.start();
    }

    @AfterAll
    static void stop() {
        SERVER.close();
    }

    static Stream<Dialect> xmlrpc() {
        return Dialect.all("xmlrpc/clients");
    }

    static Stream<Dialect> jsonrpc() {
        return Dialect.all("jsonrpc/clients");
    }

    static Stream<Dialect> streams() {
        return Dialect.all("jsonrpc-tcp/clients");
    }

    @ParameterizedTest
    @MethodSource
    void xmlrpc(Dialect dialect) throws IOException {
        check(dialect, 0, dialect.http());
    }

    @ParameterizedTest
    @MethodSource
    void jsonrpc(Dialect dialect) throws IOException {
        check(dialect, 1, dialect.http());
    }

    @ParameterizedTest
    @MethodSource
    void streams(Dialect dialect) throws IOException {
        check(dialect, 2, dialect.stream());
    }

    /** Sends a request, leaving the connection open, and reads until everything that is due has come. */
    private static void check(Dialect dialect, int listener, byte[] request) throws IOException {
        List<String> due = dialect.fields().getOrDefault("response", List.of());
        assertThat(due).isNotEmpty();
        int port = SERVER.addresses().get(listener).port(-1);
        ByteArrayOutputStream response = new ByteArrayOutputStream();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(request);
            byte[] buffer = new byte[4096];
            while (!due.stream().allMatch(response.toString(UTF_8)::contains)) {
                int read = socket.getInputStream().read(buffer);
                if (read < 0) {
                    break;
                }
                response.write(buffer, 0, read);
            }
        } catch (SocketTimeoutException e) {
            assertThat(response.toString(UTF_8)).as("in time").contains(due);
        }
        assertThat(response.toString(UTF_8)).contains(due);
        for (String never : dialect.fields().getOrDefault("never", List.of())) {
            assertThat(response.toString(UTF_8)).doesNotContain(never);
        }
    }
}
