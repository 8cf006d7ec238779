package dev.parley.jsonrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.OverloadedException;
import dev.parley.RpcClient;
import dev.parley.RpcServer;
import dev.parley.spi.MemoryBudget;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What connections hold of the memory budget, and how long they may hold it. */
@Timeout(120)
class StreamMemoryTest {
    private static final int MIB = 1 << 20;
    private static final String CALL = "{\"jsonrpc\":\"2.0\",\"method\":\"add\",\"params\":[2,3],\"id\":1}";
    private static final String RESPONSE = "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":5}";
    private static final String TEXT = "x".repeat(MIB);

    private final MemoryBudget budget = MemoryBudget.process();
    private final Service service = new Service();
    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        service.release.countDown();
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
        await(() -> budget.used() == 0);
    }

    private RpcServer serve(String options) {
        RpcServer server = RpcServer.builder()
                .endpoint(service)
                .method("large", Integer.class, TEXT::repeat)
                .listen("jsonrpc+tcp://127.0.0.1:0" + options)
                .build()
                .start();
        open.add(server);
        return server;
    }

    private Socket connect(RpcServer server) throws IOException {
        Socket socket = new Socket(
                InetAddress.getLoopbackAddress(), server.addresses().getFirst().port(-1));
        socket.setSoTimeout(30_000);
        open.add(socket);
        return socket;
    }

    private static void say(Socket socket, String text) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private static BufferedReader reader(Socket socket) throws IOException {
        return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - end).as("waited 30 s").isNegative();
            Thread.sleep(10);
        }
    }

    /** Uses up the budget but for so many bytes, in pieces so small that none of them is shed. */
    private void fill(long rest) {
        long size = 32 << 10;
        for (long left = budget.limit() - rest; left >= size; left -= size) {
            MemoryBudget.Account account = budget.open(() -> {});
            open.addFirst(account);
            assertThat(account.charge(size)).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{\"jsonrpc\":\"2.0\",\"method\":\"echo\",\"params\":[\"", "Content-Length: 8388608\r\n\r\n{\""})
    void anIncompleteMessageIsCharged(String beginning) throws Exception {
        Socket peer = connect(serve(""));
        say(peer, beginning + TEXT.repeat(3));
        await(() -> budget.used() > 3 * MIB - 16_384);
        peer.close();
        await(() -> budget.used() == 0);
    }

    @Test
    void aMessageIsChargedWhileItsCallRuns() throws Exception {
        Socket peer = connect(serve(""));
        say(peer, "{\"jsonrpc\":\"2.0\",\"method\":\"hold\",\"params\":[],\"x\":\"" + TEXT + "\",\"id\":1}\n");
        assertThat(service.seen.poll(30, TimeUnit.SECONDS)).isEqualTo("held");
        await(() -> budget.used() > MIB / 2 && budget.used() < 2 * MIB);
        service.release.countDown();
        assertThat(reader(peer).readLine()).contains("\"id\":1");
        await(() -> budget.used() == 0);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aMessageBeyondTheBudgetIsRefusedByItsIdAndSkipped(boolean headers) throws Exception {
        Socket peer = connect(serve(""));
        fill(256 << 10);
        String message = "{\"jsonrpc\":\"2.0\",\"id\":\"seven\",\"method\":\"echo\",\"params\":[\"" + TEXT + "\"]}";
        say(peer, headers ? "Content-Length: " + message.length() + "\r\n\r\n" : "");
        say(peer, message.substring(0, MIB / 2));
        BufferedReader in = reader(peer);
        String refusal = in.readLine();
        if (headers) {
            assertThat(in.readLine()).isEmpty();
            char[] body = new char[Integer.parseInt(refusal.replaceAll("\\D", ""))];
            assertThat(in.read(body)).isEqualTo(body.length);
            refusal = new String(body);
        }
        assertThat(refusal).contains("\"id\":\"seven\"").contains("-32017").contains("too much memory");
        say(peer, message.substring(MIB / 2));
        say(peer, headers ? "Content-Length: " + CALL.length() + "\r\n\r\n" + CALL : CALL + "\n");
        char[] response = new char[RESPONSE.length() + (headers ? 22 : 0)];
        assertThat(in.read(response)).isEqualTo(response.length);
        assertThat(new String(response)).endsWith(RESPONSE);
    }

    @Test
    void aMessageBeyondTheBudgetWithoutAnIdSoFarEndsTheConnection() throws Exception {
        RpcServer server = serve("");
        Socket peer = connect(server);
        Socket other = connect(server);
        fill(256 << 10);
        say(peer, "{\"jsonrpc\":\"2.0\",\"method\":\"echo\",\"params\":[\"" + TEXT.substring(0, MIB / 2));
        BufferedReader in = reader(peer);
        assertThat(in.readLine()).contains("\"id\":null").contains("-32017");
        assertThat(in.readLine()).isNull();
        // Small messages are served meanwhile.
        say(other, CALL + "\n");
        assertThat(reader(other).readLine()).isEqualTo(RESPONSE);
    }

    @Test
    void theLargestMessageMakesRoomForOthers() throws Exception {
        RpcServer server = serve("");
        Socket large = connect(server);
        fill(8 * MIB);
        say(large, "{\"jsonrpc\":\"2.0\",\"method\":\"echo\",\"params\":[\"" + TEXT.repeat(7));
        await(() -> budget.used() > budget.limit() - 4 * MIB);
        long shed = budget.shed();
        try (RpcClient client = RpcClient.connect(server.addresses().getFirst().toString())) {
            // It pauses at times, but is served.
            assertThat(client.call("echo", String.class, TEXT)).isEqualTo(TEXT);
        }
        assertThat(budget.shed()).isGreaterThan(shed);
        assertThat(reader(large).readLine()).contains("\"id\":null").contains("-32017");
    }

    @Test
    void aResultBeyondTheBudgetIsAnError() throws Exception {
        Socket peer = connect(serve(""));
        fill(256 << 10);
        say(peer, "{\"jsonrpc\":\"2.0\",\"method\":\"large\",\"params\":[1],\"id\":1}\n");
        BufferedReader in = reader(peer);
        assertThat(in.readLine()).contains("\"id\":1").contains("-32017").contains("large");
        say(peer, CALL + "\n");
        assertThat(in.readLine()).isEqualTo(RESPONSE);
    }

    @Test
    void aRequestBeyondTheBudgetFailsAtItsCaller() {
        RpcServer server = serve("");
        try (RpcClient client = RpcClient.connect(server.addresses().getFirst().toString())) {
            assertThat(client.call("add", int.class, 2, 3)).isEqualTo(5);
            fill(256 << 10);
            assertThatThrownBy(() -> client.call("echo", String.class, TEXT))
                    .isInstanceOf(OverloadedException.class)
                    .hasMessageContaining("too much memory");
            assertThat(client.call("add", int.class, 2, 3)).isEqualTo(5);
        }
    }

    @Test
    void aResponseBeyondTheBudgetFailsItsCall() throws Exception {
        try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                RpcClient client = RpcClient.connect("jsonrpc+tcp://127.0.0.1:" + listening.getLocalPort())) {
            CompletableFuture<Integer> call = client.callAsync("add", Integer.class, 2, 3);
            try (Socket peer = listening.accept()) {
                assertThat(reader(peer).readLine()).contains("add");
                fill(256 << 10);
                say(peer, "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"" + TEXT + "\"}\n");
                assertThatThrownBy(() -> call.get(30, TimeUnit.SECONDS)).hasMessageContaining("too much memory");
                CompletableFuture<Integer> next = client.callAsync("add", Integer.class, 2, 3);
                say(peer, "{\"jsonrpc\":\"2.0\",\"id\":2,\"result\":5}\n");
                assertThat(next.get(30, TimeUnit.SECONDS)).isEqualTo(5);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "?first_message_timeout=0.3,",
                "?first_message_timeout=0.3,\n\n",
                "?message_timeout=0.3,{\"jsonrpc\":",
                "?message_timeout=0.3,Content-Length: 7\r\n\r\n{",
                "?idle_timeout=0.3,{}"
            })
    void aPeerThatTakesTooLongIsDisconnected(String optionsAndText) throws Exception {
        int comma = optionsAndText.indexOf(',');
        Socket peer = connect(serve(optionsAndText.substring(0, comma)));
        say(peer, optionsAndText.substring(comma + 1));
        assertThat(reader(peer).lines().filter(line -> !line.contains("-32600")))
                .isEmpty();
    }

    @Test
    void theTimeOfAMessageIsTotal() throws Exception {
        Socket peer = connect(serve("?message_timeout=0.5"));
        say(peer, "{\"jsonrpc\":\"");
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 600; i++) {
                        say(peer, " ");
                        Thread.sleep(50);
                    }
                })
                .isInstanceOf(IOException.class);
    }

    @Test
    void aConnectionIsNotIdleWhileItsCallRuns() throws Exception {
        Socket peer = connect(serve("?idle_timeout=0.2&first_message_timeout=0"));
        say(peer, "{\"jsonrpc\":\"2.0\",\"method\":\"hold\",\"id\":1}\n");
        assertThat(service.seen.poll(30, TimeUnit.SECONDS)).isEqualTo("held");
        Thread.sleep(1_000);
        service.release.countDown();
        BufferedReader in = reader(peer);
        assertThat(in.readLine()).contains("\"id\":1").contains("result");
        assertThat(in.readLine()).isNull();
    }

    @Test
    void aPeerThatDoesNotReadIsDisconnected() throws Exception {
        Socket peer = connect(serve("?write_timeout=0.5"));
        String call = "{\"jsonrpc\":\"2.0\",\"method\":\"large\",\"params\":[1],\"id\":1}\n";
        say(peer, call.repeat(20));
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 600; i++) {
                        say(peer, "\n");
                        Thread.sleep(50);
                    }
                })
                .isInstanceOf(IOException.class);
    }
}
