package dev.parley.jsonrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.ConnectionLostException;
import dev.parley.InvalidTargetException;
import dev.parley.Limits;
import dev.parley.MethodNotFoundException;
import dev.parley.ProtocolException;
import dev.parley.RpcClient;
import dev.parley.RpcServer;
import dev.parley.RpcTimeoutException;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class TcpTest {
    private static final String CALL = "{\"jsonrpc\":\"2.0\",\"method\":\"add\",\"params\":[2,3],\"id\":1}";
    private static final String ANSWER = "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":5}";

    private final Service service = new Service();
    private RpcServer server;

    @BeforeEach
    void start() {
        server = RpcServer.builder()
                .endpoint(service)
                .limits(Limits.defaults().withMessageBytes(200_000))
                .listen("jsonrpc+tcp://127.0.0.1:0")
                .build()
                .start();
    }

    @AfterEach
    void stop() {
        service.release.countDown();
        server.close();
    }

    private int port() {
        return server.addresses().getFirst().port(-1);
    }

    private RpcClient client(String options) {
        return RpcClient.connect("jsonrpc+tcp://127.0.0.1:" + port() + options);
    }

    /** A peer that says exactly these bytes. */
    private static final class Raw implements AutoCloseable {
        final Socket socket;
        final InputStream in;

        Raw(Socket socket) throws IOException {
            this.socket = socket;
            socket.setSoTimeout(20_000);
            in = new BufferedInputStream(socket.getInputStream());
        }

        Raw say(String text) throws IOException {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
            socket.getOutputStream().flush();
            return this;
        }

        String line() throws IOException {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            int b;
            while ((b = in.read()) != '\n') {
                if (b < 0) {
                    return "END " + line.toString(StandardCharsets.UTF_8);
                }
                line.write(b);
            }
            return line.toString(StandardCharsets.UTF_8);
        }

        String framed() throws IOException {
            String head = line();
            assertThat(head).matches("Content-Length: \\d+\r");
            assertThat(line()).isEqualTo("\r");
            return new String(in.readNBytes(Integer.parseInt(head.replaceAll("\\D", ""))), StandardCharsets.UTF_8);
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private Raw raw() throws IOException {
        return new Raw(new Socket(InetAddress.getLoopbackAddress(), port()));
    }

    private static String framed(String text) {
        return "Content-Length: " + text.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + text;
    }

    @Test
    void linesInAndOut() throws IOException {
        try (Raw peer = raw()) {
            assertThat(peer.say(CALL + "\n").line()).isEqualTo(ANSWER);
            assertThat(peer.say("\r\n  \n" + CALL + "\r\n").line()).isEqualTo(ANSWER);
            assertThat(peer.say("[" + CALL + "," + CALL + "]\n").line()).isEqualTo("[" + ANSWER + "," + ANSWER + "]");
            for (byte b : (CALL + "\n").getBytes(StandardCharsets.UTF_8)) {
                peer.say(new String(new byte[] {b}, StandardCharsets.UTF_8));
            }
            assertThat(peer.line()).isEqualTo(ANSWER);
        }
    }

    @Test
    void headersInAndOut() throws IOException {
        String umlaut = "{\"jsonrpc\":\"2.0\",\"method\":\"echo\",\"params\":[\"ü\"],\"id\":1}";
        try (Raw peer = raw()) {
            assertThat(peer.say(framed(CALL)).framed()).isEqualTo(ANSWER);
            assertThat(peer.say(framed(umlaut)).framed()).endsWith("\"result\":\"ü\"}");
            peer.say("content-type: application/vscode-jsonrpc; charset=utf8\r\nCONTENT-LENGTH: " + CALL.length()
                    + "\r\n\r\n" + CALL);
            assertThat(peer.framed()).isEqualTo(ANSWER);
            for (byte b : framed(CALL).getBytes(StandardCharsets.UTF_8)) {
                peer.say(new String(new byte[] {b}, StandardCharsets.UTF_8));
            }
            assertThat(peer.framed()).isEqualTo(ANSWER);
            peer.say(framed(""));
            assertThat(peer.framed()).contains("-32700");
            assertThat(peer.say(framed(CALL) + framed(CALL)).framed()).isEqualTo(ANSWER);
            assertThat(peer.framed()).isEqualTo(ANSWER);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: x\r\n\r\n",
                "Content-Length: -1\r\n\r\n",
                "Content-Length: 5\r\nContent-Length: 5\r\n\r\n",
                "Content-Length: 5\r\nContent-Type: text/plain; charset=utf-16\r\n\r\n",
                "Content-Length: 5\r\nX-Other: 1\r\n\r\n",
                "Content-Type: application/json\r\n\r\n",
                "Cookie\r\n\r\n",
            })
    void aHeaderThatSaysNothingEndsTheConnectionAndNoOther(String header) throws IOException {
        try (Raw other = raw();
                Raw peer = raw()) {
            assertThat(peer.say(header).framed()).contains("-32600");
            assertThat(peer.line()).isEqualTo("END ");
            assertThat(other.say(CALL + "\n").line()).isEqualTo(ANSWER);
        }
        try (Raw peer = raw()) {
            assertThat(peer.say("C".repeat(5000)).framed()).contains("longer than 4096");
        }
    }

    @Test
    void aMessageThatIsTooLargeIsSkipped() throws IOException {
        String large = "x".repeat(300_000);
        try (Raw peer = raw()) {
            peer.say("{\"a\":\"" + large + "\"}\n" + CALL + "\n");
            assertThat(peer.line()).contains("-32600", "200000 bytes", "\"id\":null");
            assertThat(peer.line()).isEqualTo(ANSWER);
        }
        try (Raw peer = raw()) {
            peer.say(framed(large) + framed(CALL));
            assertThat(peer.framed()).contains("-32600", "200000 bytes");
            assertThat(peer.framed()).isEqualTo(ANSWER);
        }
        try (Raw peer = raw()) {
            // One of an announced terabyte that never comes.
            assertThat(peer.say("Content-Length: 1000000000000\r\n\r\n").framed())
                    .contains("200000 bytes");
        }
    }

    @Test
    void malformedLinesAreAnsweredAndTheNextIsServed() throws IOException {
        try (Raw peer = raw()) {
            assertThat(peer.say(CALL + "\n").line()).isEqualTo(ANSWER);
            assertThat(peer.say("nonsense\n").line()).contains("-32700");
            assertThat(peer.say("[]\n").line()).contains("-32600");
            assertThat(peer.say("{\"jsonrpc\":\"2.0\",\"method\":\"nosuch\"}\n" + CALL + "\n")
                            .line())
                    .isEqualTo(ANSWER);
        }
        try (Raw peer = raw()) {
            // A browser that was pointed here.
            assertThat(peer.say("GET / HTTP/1.1\r\n").line()).contains("-32700");
        }
    }

    /** What a web page can make a browser send here, with a call in the part that the page writes. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 99\r\n\r\n",
                "POST /%s HTTP/1.1\r\nHost: x\r\n\r\n",
                "get / http/1.1\r\n\r\n",
                "\u0016\u0003\u0001 hello\n",
                "EHLO x\r\n",
                "nonsense\n"
            })
    void aConnectionThatBeginsWithAnotherProtocolRunsNothing(String begin) throws Exception {
        String note = "{\"jsonrpc\":\"2.0\",\"method\":\"note\",\"params\":[\"%s\"]}\n";
        try (Raw peer = raw()) {
            peer.say(begin.formatted("x".repeat(20_000)) + note.formatted("web page") + CALL + "\n");
            assertThat(peer.line()).contains("-32700");
            assertThat(peer.in.read()).isEqualTo(-1);
        } catch (SocketException e) {
            // Closed before the rest was read, which resets the connection.
        }
        try (Raw peer = raw()) {
            peer.say(note.formatted("program"));
            assertThat(service.seen.poll(20, TimeUnit.SECONDS)).isEqualTo("program");
        }
    }

    @Test
    void answersComeWhenTheyAreReady() throws Exception {
        try (Raw peer = raw()) {
            peer.say("{\"jsonrpc\":\"2.0\",\"method\":\"hold\",\"id\":\"slow\"}\n" + CALL + "\n");
            assertThat(peer.line()).isEqualTo(ANSWER);
            service.release.countDown();
            assertThat(peer.line()).isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":\"slow\",\"result\":\"released\"}");
        }
    }

    @Test
    void aPeerWhoLeavesInterruptsHisCalls() throws Exception {
        try (Raw peer = raw()) {
            peer.say("{\"jsonrpc\":\"2.0\",\"method\":\"hold\",\"id\":1}\n");
            assertThat(service.seen.poll(20, TimeUnit.SECONDS)).isEqualTo("held");
        }
        assertThat(service.seen.poll(20, TimeUnit.SECONDS)).isEqualTo("interrupted");
    }

    @Test
    void aPeerMayGiveACallUp() throws Exception {
        try (Raw peer = raw()) {
            peer.say("{\"jsonrpc\":\"2.0\",\"method\":\"hold\",\"id\":\"x\"}\n");
            assertThat(service.seen.poll(20, TimeUnit.SECONDS)).isEqualTo("held");
            // None of these is it.
            for (String params : List.of("{\"id\":1}", "{}", "[]", "{\"id\":null}")) {
                peer.say("{\"jsonrpc\":\"2.0\",\"method\":\"$/cancelRequest\",\"params\":" + params + "}\n");
            }
            peer.say("{\"jsonrpc\":\"2.0\",\"method\":\"$/cancelRequest\"}\n" + CALL + "\n");
            assertThat(peer.line()).isEqualTo(ANSWER);
            assertThat(service.seen).isEmpty();
            peer.say("{\"jsonrpc\":\"2.0\",\"method\":\"$/cancelRequest\",\"params\":{\"id\":\"x\"}}\n");
            assertThat(service.seen.poll(20, TimeUnit.SECONDS)).isEqualTo("interrupted");
            assertThat(peer.line()).contains("\"id\":\"x\",\"error\"");
        }
    }

    @Test
    void aClientGivesCallsUp() throws Exception {
        try (RpcClient client = client("")) {
            CompletableFuture<String> future = client.callAsync("hold", String.class);
            assertThat(service.seen.poll(20, TimeUnit.SECONDS)).isEqualTo("held");
            future.cancel(true);
            assertThat(service.seen.poll(20, TimeUnit.SECONDS)).isEqualTo("interrupted");
            assertThatThrownBy(() -> client.prepare(o -> o.withTimeout(Duration.ofMillis(300)))
                            .call("hold", String.class))
                    .isInstanceOf(RpcTimeoutException.class);
            assertThat(service.seen.poll(20, TimeUnit.SECONDS)).isEqualTo("held");
            assertThat(service.seen.poll(20, TimeUnit.SECONDS)).isEqualTo("interrupted");
            assertThat(client.call("add", int.class, 2, 3)).isEqualTo(5);
        }
    }

    @Test
    void aPeerWhoDoesNotReadIsNotReadFrom() throws Exception {
        String echo =
                "{\"jsonrpc\":\"2.0\",\"method\":\"echo\",\"params\":[\"" + "x".repeat(50_000) + "\"],\"id\":1}\n";
        int calls = 600;
        try (Raw peer = raw()) {
            Thread writer = Thread.startVirtualThread(() -> {
                try {
                    for (int i = 0; i < calls; i++) {
                        peer.say(echo);
                    }
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            // Long enough for a server that goes on reading to take in all 30 MB.
            assertThat(writer.join(Duration.ofSeconds(2))).isFalse();
            for (int i = 0; i < calls; i++) {
                assertThat(peer.line()).endsWith("x\"}");
            }
            writer.join();
        }
    }

    @Test
    void stoppingAnswersWhatWasTakenAndThenCloses() throws Exception {
        try (Raw peer = raw();
                Raw idle = raw()) {
            assertThat(idle.say(CALL + "\n").line()).isEqualTo(ANSWER);
            peer.say("{\"jsonrpc\":\"2.0\",\"method\":\"hold\",\"id\":1}\n");
            assertThat(service.seen.poll(20, TimeUnit.SECONDS)).isEqualTo("held");
            server.stop();
            assertThat(idle.line()).isEqualTo("END ");
            service.release.countDown();
            assertThat(peer.line()).endsWith("\"released\"}");
            assertThat(peer.line()).isEqualTo("END ");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "?framing=headers", "?version=1.0"})
    void parleyToParley(String options) throws Exception {
        try (RpcClient client = client(options)) {
            assertThat(client.call("add", int.class, 2, 3)).isEqualTo(5);
            client.cast("note", "x");
            assertThat(service.seen.poll(20, TimeUnit.SECONDS)).isEqualTo("x");
            List<CompletableFuture<Integer>> calls = new ArrayList<>();
            for (int i = 0; i < 5_000; i++) {
                calls.add(client.callAsync("add", Integer.class, i, 1));
            }
            for (int i = 0; i < calls.size(); i++) {
                assertThat(calls.get(i).get(30, TimeUnit.SECONDS)).isEqualTo(i + 1);
            }
            assertThat(client.describe().methods()).isNotEmpty();
            assertThatThrownBy(() -> client.call("nosuch", int.class)).isInstanceOf(MethodNotFoundException.class);
            assertThatThrownBy(() -> client.call("echo", String.class, "x".repeat(300_000)))
                    .isInstanceOf(ProtocolException.class)
                    .hasMessageContaining("200000 bytes");
            assertThatThrownBy(() -> client.prepare(o -> o.withTimeout(Duration.ofMillis(100)))
                            .call("hold", String.class))
                    .isInstanceOf(RpcTimeoutException.class)
                    .hasMessageContaining("hold");
            assertThatThrownBy(() -> client.prepare(o -> o.withTimeout(Duration.ofMillis(100)))
                            .callAsync("hold", String.class)
                            .get(20, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(RpcTimeoutException.class);
            assertThat(client.call("add", int.class, 2, 3)).isEqualTo(5);
        }
    }

    @Test
    void aLostConnectionFailsItsCallsAndTheNextCallConnectsAgain() throws Exception {
        try (ServerSocket fake = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                RpcClient client = RpcClient.connect("jsonrpc+tcp://127.0.0.1:" + fake.getLocalPort())) {
            CompletableFuture<Integer> lost = client.callAsync("add", Integer.class, 1, 2);
            try (Raw first = new Raw(fake.accept())) {
                assertThat(first.line()).contains("\"add\"");
            }
            assertThatThrownBy(() -> lost.get(20, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(ConnectionLostException.class);
            CompletableFuture<Integer> again = client.callAsync("add", Integer.class, 1, 2);
            try (Raw second = new Raw(fake.accept())) {
                String request = second.line();
                // What a chatty server may send before it answers.
                second.say("{\"jsonrpc\":\"2.0\",\"method\":\"log\",\"params\":[1]}\n");
                second.say("{\"jsonrpc\":\"2.0\",\"method\":\"ask\",\"id\":\"q\"}\n");
                assertThat(second.line())
                        .isEqualTo(
                                "{\"jsonrpc\":\"2.0\",\"id\":\"q\",\"error\":{\"code\":-32601,\"message\":\"this client serves no methods\"}}");
                second.say("garbage\n\n{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":0}\n");
                String id = request.replaceAll(".*\"id\":(\\d+).*", "$1");
                second.say("[{\"jsonrpc\":\"2.0\",\"id\":\"" + id + "\",\"result\":3}]\n");
                assertThat(again.get(20, TimeUnit.SECONDS)).isEqualTo(3);
            }
        }
    }

    @Test
    void nobodyListens() throws IOException {
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }
        try (RpcClient client = RpcClient.connect("jsonrpc+tcp://127.0.0.1:" + free)) {
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> client.call("add", int.class, 1, 2))
                        .isInstanceOf(ConnectionLostException.class)
                        .hasMessageContaining(Integer.toString(free));
            }
            assertThatThrownBy(() -> client.cast("add", 1, 2)).isInstanceOf(ConnectionLostException.class);
        }
        assertThatThrownBy(() -> client("?framing=netstring"))
                .isInstanceOf(InvalidTargetException.class)
                .hasMessageContaining("framing=netstring");
        assertThatThrownBy(() -> RpcServer.builder()
                        .endpoint(service)
                        .listen("jsonrpc+tcp://127.0.0.1:0/path")
                        .build()
                        .start())
                .isInstanceOf(InvalidTargetException.class);
    }
}
