package dev.parley.jsonrpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.Limits;
import dev.parley.RpcServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.assertj.core.api.Condition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests over TCP as the world's clients end and separate them. */
@Timeout(60)
class StreamFramingTest {
    private static final String CALL = "{\"jsonrpc\":\"2.0\",\"method\":\"add\",\"params\":[2,3],\"id\":1}";
    private static final String ANSWER = "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":5}\n";

    private final Service service = new Service();
    private RpcServer server;

    @BeforeEach
    void start() {
        server = RpcServer.builder()
                .endpoint(service)
                .limits(Limits.defaults().withMessageBytes(200_000))
                .listen("jsonrpc+tcp://127.0.0.1:0?half_close_timeout=3")
                .build()
                .start();
    }

    @AfterEach
    void stop() {
        service.release.countDown();
        server.close();
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(
                InetAddress.getLoopbackAddress(), server.addresses().getFirst().port(-1));
        socket.setSoTimeout(20_000);
        return socket;
    }

    private static Socket send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        return socket;
    }

    /** What comes back as long as the connection stays open. */
    private static String receive(Socket socket, int bytes) throws IOException {
        return new String(socket.getInputStream().readNBytes(bytes), StandardCharsets.UTF_8);
    }

    /** What comes back until the server closes. */
    private String exchange(String text) throws IOException {
        try (Socket socket = send(connect(), text)) {
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "%s",
                "%s\n",
                "%s\0",
                "\u001e%s\n",
                "\ufeff%s",
                "\ufeff\r\n \t%s",
                "\n\n\0\0%s",
            })
    void aCallIsAnsweredWhenItIsComplete(String form) throws IOException {
        try (Socket socket = send(connect(), form.formatted(CALL))) {
            assertThat(receive(socket, ANSWER.length())).isEqualTo(ANSWER);
            send(socket, form.formatted(CALL));
            assertThat(receive(socket, ANSWER.length())).isEqualTo(ANSWER);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\n  \"jsonrpc\": \"2.0\",\n  \"method\": \"add\",\n  \"params\": [\n    2,\n    3\n  ],\n  \"id\": 1\n}\n",
                "{\r\n\"jsonrpc\":\"2.0\",\"method\":\"add\",\r\n\"params\":{\"a\":2,\r\n\"b\":3},\"id\":1\r\n}",
                "{\"x\":\"}{][\\\\\",\"y\":\"\\\"}\",\"z\":{\"]\":[[],{}]},\"jsonrpc\":\"2.0\",\"method\":\"add\",\"params\":[2,3],\"id\":1}",
            })
    void aCallMayHaveAnyShape(String request) throws IOException {
        try (Socket socket = connect()) {
            for (byte b : request.getBytes(StandardCharsets.UTF_8)) {
                socket.getOutputStream().write(b);
            }
            assertThat(receive(socket, ANSWER.length())).isEqualTo(ANSWER);
        }
        assertThat(exchange(request + request + " " + request)).isEqualTo(ANSWER.repeat(3));
    }

    @Test
    void theEndOfInputEndsACallAndItIsStillAnswered() throws IOException {
        assertThat(exchange(CALL)).isEqualTo(ANSWER);
        assertThat(exchange(CALL + CALL)).isEqualTo(ANSWER.repeat(2));
        assertThat(exchange("Content-Length: " + CALL.length() + "\r\n\r\n" + CALL))
                .endsWith("\r\n\r\n" + ANSWER.strip());
        assertThat(exchange(CALL + "{\"jsonrpc\":\"2.0\",")).contains(ANSWER).contains("-32700", "ends too early");
        assertThat(exchange("nonsense")).contains("-32700");
        assertThat(exchange("Content-Length: 100\n\n{")).contains("-32600", "ended within");
        assertThat(exchange("")).isEmpty();
        assertThat(exchange(" \n\0")).isEmpty();
    }

    @Test
    void aCallThatRunsOnAfterTheEndOfInputIsAnsweredOrInterrupted() throws Exception {
        String hold = CALL.replace("add", "hold").replace("[2,3]", "[]");
        try (Socket socket = send(connect(), hold)) {
            socket.shutdownOutput();
            assertThat(service.seen.poll(20, TimeUnit.SECONDS)).isEqualTo("held");
            assertThat(service.seen.poll(20, TimeUnit.SECONDS)).isEqualTo("interrupted");
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .contains("\"id\":1,\"error\"");
        }
        try (Socket socket = send(connect(), hold)) {
            socket.shutdownOutput();
            assertThat(service.seen.poll(20, TimeUnit.SECONDS)).isEqualTo("held");
            service.release.countDown();
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .contains("\"result\":\"released\"");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nonsense\n",
                "'single quotes'\n",
                "{\"a\":\"a line ends\n",
                "{\"a\":\"a broken escape \\\n",
                "{\"a\":1\n",
                "{\"a\":[1}",
                "[1,2}",
                "{\"a\":[[[[1}",
                "{\"a\":1\0",
                "{\"a\":[1,\u001e",
                "{'a':'b'}",
                "[1,2,]",
                "\"text\"\n",
                "5\n",
                "5\0",
            })
    void theNextCallIsReadAfterAMalformedOne(String malformed) throws IOException {
        // As a first message it would end the connection, if it looks like another encoding.
        String answers = exchange(CALL + malformed + CALL + "\n");
        // They come as they are ready, so that errors may precede.
        assertThat(answers.split(Pattern.quote(ANSWER), -1)).hasSize(3);
        assertThat(answers.replace(ANSWER, ""))
                .containsPattern("\"code\":-32[67]00")
                .containsOnlyOnce("\"error\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 65\r\n\r\n",
                "GET /?x HTTP/1.0\n\n",
                "OPTIONS * HTTP/1.1\r\n\r\n"
            })
    void aBrowserThatWasLedHereRunsNothing(String head) throws IOException {
        String note = "{\"jsonrpc\":\"2.0\",\"method\":\"note\",\"params\":[\"smuggled\"],\"id\":1}\n";
        assertThat(exchange(head + note))
                .contains("-32700", "HTTP", "jsonrpc+http")
                .doesNotContain("result");
        assertThat(service.seen).isEmpty();
    }

    @Test
    void anotherEncodingIsNamed() throws IOException {
        for (String charset : new String[] {"UTF-16", "UTF-16LE", "UTF-32"}) {
            try (Socket socket = connect()) {
                socket.getOutputStream().write(CALL.getBytes(Charset.forName(charset)));
                String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                assertThat(answer).as(charset).contains("-32700");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: %d\n\n%s",
                "content-length:%d\r\n\r\n%s",
                "CONTENT-LENGTH : %d\r\n\n%s",
                "content-type: application/vscode-jsonrpc;charset=utf8\nContent-Length: %d\n\r\n%s",
                "\r\n\r\nContent-Length: %d\r\nContent-Type: application/json\r\n\r\n%s",
            })
    void headersInAnyCaseAndWithBareLineFeeds(String form) throws IOException {
        String framed = form.formatted(CALL.length(), CALL);
        String answers = exchange(framed + framed);
        assertThat(answers).isEqualTo(("Content-Length: 35\r\n\r\n" + ANSWER.strip()).repeat(2));
    }

    private static Condition<String> containing(String part) {
        return new Condition<>(text -> text.contains(part), "containing %s", part);
    }

    @Test
    void aTextThatIsTooLargeIsSkippedToItsEnd() throws IOException {
        String large = "{\"a\":[\"" + "x}".repeat(150_000) + "\"],\n\"b\":{}}";
        assertThat(exchange(large + CALL + large + "\n" + CALL).split("\n"))
                .hasSize(4)
                .areExactly(2, containing(ANSWER.strip()))
                .areExactly(2, containing("200000 bytes"));
        assertThat(exchange("[".repeat(1_000_000) + "]".repeat(1_000_000) + CALL))
                .contains("200000 bytes")
                .contains(ANSWER);
        assertThat(exchange(CALL + "x".repeat(300_000) + "\n" + CALL))
                .contains("200000 bytes")
                .contains(ANSWER);
        assertThat(exchange(large.substring(0, 250_000))).containsOnlyOnce("200000 bytes");
    }
}
