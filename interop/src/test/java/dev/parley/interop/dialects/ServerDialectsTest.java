package dev.parley.interop.dialects;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.parley.RpcClient;
import dev.parley.RpcException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.databind.json.JsonMapper;

/** Parley's clients towards what servers respond. */
@Timeout(60)
class ServerDialectsTest {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
            .build();
    private static final Pattern LENGTH = Pattern.compile("(?i)content-length: *(\\d+)");
    private static final Map<String, Class<?>> TYPES = Map.of(
            "int",
            int.class,
            "String",
            String.class,
            "double",
            Double.class,
            "BigDecimal",
            BigDecimal.class,
            "LocalDateTime",
            LocalDateTime.class,
            "byte[]",
            byte[].class,
            "Map",
            Map.class,
            "void",
            void.class);

    static Stream<Dialect> xmlrpc() {
        return Dialect.all("xmlrpc/servers");
    }

    static Stream<Dialect> jsonrpc() {
        return Dialect.all("jsonrpc/servers");
    }

    static Stream<Dialect> streams() {
        return Dialect.all("jsonrpc-tcp/servers");
    }

    @ParameterizedTest
    @MethodSource
    void xmlrpc(Dialect dialect) throws IOException {
        check(dialect, "xmlrpc+http://127.0.0.1:%d/", dialect.http());
    }

    @ParameterizedTest
    @MethodSource
    void jsonrpc(Dialect dialect) throws IOException {
        check(dialect, "jsonrpc+http://127.0.0.1:%d/", dialect.http());
    }

    @ParameterizedTest
    @MethodSource
    void streams(Dialect dialect) throws IOException {
        check(dialect, "jsonrpc+tcp://127.0.0.1:%d", dialect.stream());
    }

    private static void check(Dialect dialect, String address, byte[] response) throws IOException {
        boolean http = address.contains("http");
        try (ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread.startVirtualThread(() -> respond(listener, response, http));
            String options = dialect.field("options") == null ? "" : "?" + dialect.field("options");
            try (RpcClient client = RpcClient.connect(address.formatted(listener.getLocalPort()) + options)) {
                check(dialect, client);
            }
        }
    }

    private static void check(Dialect dialect, RpcClient client) {
        Class<?> type = dialect.field("type") == null ? Object.class : TYPES.get(dialect.field("type"));
        String error = dialect.field("error");
        if (error == null) {
            assertThat(shown(client.call("m", type))).isEqualTo(dialect.field("result"));
            return;
        }
        RpcException failure = catchThrowableOfType(RpcException.class, () -> client.call("m", type));
        assertThat(failure).isNotNull();
        assertThat(failure.getClass().getSimpleName()).as(failure.toString()).isEqualTo(error);
        for (String part : dialect.fields().getOrDefault("message", List.of())) {
            assertThat(failure).hasMessageContaining(part);
        }
        if (dialect.field("text") != null) {
            assertThat(failure).hasMessage(dialect.field("text"));
        }
        String code = dialect.field("code");
        if (code != null) {
            assertThat(failure.code()).hasToString(code);
        }
    }

    private static String shown(@Nullable Object value) {
        return JSON.writeValueAsString(value);
    }

    /** Answers the first request of each connection; a stream then stays open. */
    private static void respond(ServerSocket listener, byte[] response, boolean http) {
        try {
            while (true) {
                Socket socket = listener.accept();
                Thread.startVirtualThread(() -> {
                    try (socket) {
                        InputStream in = socket.getInputStream();
                        readRequest(in, http);
                        socket.getOutputStream().write(response);
                        if (http) {
                            socket.shutdownOutput();
                        }
                        in.transferTo(OutputStream.nullOutputStream());
                    } catch (IOException e) {
                        // The client has what it wants, or wants no more.
                    }
                });
            }
        } catch (IOException e) {
            // The test has ended.
        }
    }

    private static void readRequest(InputStream in, boolean http) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(ISO_8859_1).endsWith(http ? "\r\n\r\n" : "}")) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("the client closed the connection");
            }
            head.write(next);
        }
        Matcher length = LENGTH.matcher(head.toString(ISO_8859_1));
        if (http && length.find()) {
            in.readNBytes(Integer.parseInt(length.group(1)));
        }
    }
}
