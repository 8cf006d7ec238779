package dev.parley.zerorpc;

import static dev.parley.zmtp.RawPeer.hex;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.MethodNotFoundException;
import dev.parley.ProtocolException;
import dev.parley.RemoteException;
import dev.parley.RpcClient;
import dev.parley.RpcException;
import dev.parley.RpcServer;
import dev.parley.RpcTimeoutException;
import dev.parley.zmtp.RawPeer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Messages of Python's and Node's zerorpc, byte for byte, sent to our server and to our client. */
@Timeout(60)
class GoldenBytesTest {
    public static class Service {
        public String hello(String name) {
            return "Hello, " + name;
        }

        public Stream<Integer> rng(int n) {
            return IntStream.range(0, n).boxed();
        }
    }

    /** {@code message_id} and an id of ours, in Python's order of header keys. */
    private static final String ID_AND_VERSION =
            "aa6d6573736167655f6964c420(?:3[0-9]|6[1-6]){8}50(?:3[0-9]|6[1-6]){23}a17603";

    private static final String RESPONSE_TO = "ab726573706f6e73655f746f";

    // Python's.
    private static final String CALL_ID = "c420 3434386134323431396132643430383939313163393531326131616134643138";
    private static final String CALL =
            "01 00 00 3d 93 82 aa 6d6573736167655f6964" + CALL_ID + "a1 76 03" + "a5 68656c6c6f 91 a3 626f62";
    private static final String STREAM_ID = "c420 3434386134323436396132643430383939313163393531326131616134643138";
    private static final String STREAM_CALL =
            "01 00 00 38 93 82 aa 6d6573736167655f6964" + STREAM_ID + "a1 76 03 a3 726e67 91 03";
    private static final String STREAM_GRANT = "01 00 00 6c 93 83 aa 6d6573736167655f6964 c420"
            + "6433396464636563373439313435343062313865346537386635633061653734 a1 76 03"
            + RESPONSE_TO + STREAM_ID + "a9 5f7a70635f6d6f7265 91 64";
    // Node's.
    private static final String NODE_ID =
            "d924 30623938633139372d623830302d346136312d613038372d303030303030303030303030";
    private static final String NODE_CALL =
            "01 00 00 41 93 82 a1 76 03 aa 6d6573736167655f6964" + NODE_ID + "a5 68656c6c6f 91 a3 626f62";

    private static RpcServer serve() {
        return RpcServer.builder()
                .endpoint(new Service())
                .listen("zerorpc+tcp://127.0.0.1:0")
                .build()
                .start();
    }

    private static RawPeer dealer(RpcServer server) throws Exception {
        return RawPeer.connect(server.addresses().getFirst().port(-1)).handshake("DEALER");
    }

    private static String payload(List<byte[]> message) {
        assertThat(message).hasSize(2);
        assertThat(message.getFirst()).isEmpty();
        return HexFormat.of().formatHex(message.getLast());
    }

    private static Pattern event(String responseTo, String rest) {
        return Pattern.compile("9383" + ID_AND_VERSION + RESPONSE_TO + compact(responseTo) + compact(rest));
    }

    private static String compact(String text) {
        return text.replace(" ", "");
    }

    @Test
    void aCallFromPython() throws Exception {
        try (RpcServer server = serve();
                RawPeer python = dealer(server)) {
            python.writeHex(CALL);
            byte[] head = python.read(4);
            assertThat(head).isEqualTo(hex("01 00 00 6f"));
            assertThat(HexFormat.of().formatHex(python.read(0x6f)))
                    .matches(event(CALL_ID, "a2 4f4b 91 aa 48656c6c6f2c20626f62"));
        }
    }

    @Test
    void aCallFromNodeIsAnsweredUnderItsTextId() throws Exception {
        try (RpcServer server = serve();
                RawPeer node = dealer(server)) {
            node.writeHex(NODE_CALL);
            assertThat(payload(node.readMessage())).matches(event(NODE_ID, "a2 4f4b 91 aa 48656c6c6f2c20626f62"));
        }
    }

    @Test
    void idsOfAnyTypeAreEchoed() throws Exception {
        try (RpcServer server = serve();
                RawPeer peer = dealer(server)) {
            for (String id : List.of("07", "cd 0007", "cb 3ff8000000000000", "c3", "c4 00", "a0", "d4 05 01")) {
                peer.send(hex("93 82 aa 6d6573736167655f6964" + id + "a1 76 03 a5 68656c6c6f 91 a3 626f62"));
                assertThat(payload(peer.readMessage())).matches(event(id, "a2 4f4b 91 aa 48656c6c6f2c20626f62"));
            }
        }
    }

    @Test
    void aStreamToPython() throws Exception {
        try (RpcServer server = serve();
                RawPeer python = dealer(server)) {
            python.writeHex(STREAM_CALL);
            assertThat(payload(python.readMessage())).matches(event(STREAM_ID, "a6 53545245414d 00"));
            // Nothing more may come before the grant; the response to another call comes first.
            python.writeHex(CALL);
            assertThat(payload(python.readMessage())).matches(event(CALL_ID, "a2 4f4b 91 aa 48656c6c6f2c20626f62"));
            python.writeHex(STREAM_GRANT);
            assertThat(payload(python.readMessage())).matches(event(STREAM_ID, "a6 53545245414d 01"));
            assertThat(payload(python.readMessage())).matches(event(STREAM_ID, "a6 53545245414d 02"));
            assertThat(payload(python.readMessage())).matches(event(STREAM_ID, "ab 53545245414d5f444f4e45 c0"));
        }
    }

    @Test
    void grantsAreAddedAndNeverOverflow() throws Exception {
        try (RpcServer server = serve();
                RawPeer peer = dealer(server)) {
            peer.writeHex(STREAM_CALL);
            peer.readMessage();
            for (int i = 0; i < 3; i++) {
                peer.send(
                        new byte[0],
                        hex("93 83 aa 6d6573736167655f6964 01 a1 76 03" + RESPONSE_TO + STREAM_ID
                                + "a9 5f7a70635f6d6f7265 91 cf 7fffffffffffffff"));
            }
            for (int i = 1; i < 3; i++) {
                assertThat(payload(peer.readMessage())).endsWith("53545245414d0" + i);
            }
            assertThat(payload(peer.readMessage())).endsWith("444f4e45c0");
        }
    }

    @Test
    void aHeartbeatIsAnsweredOnItsChannel() throws Exception {
        try (RpcServer server = serve();
                RawPeer python = dealer(server)) {
            python.writeHex(STREAM_CALL);
            python.readMessage();
            Thread.sleep(50);
            python.send(
                    new byte[0],
                    hex("93 83 aa 6d6573736167655f6964 01 a1 76 03" + RESPONSE_TO + STREAM_ID
                            + "a7 5f7a70635f6862 91 00"));
            assertThat(payload(python.readMessage())).matches(event(STREAM_ID, "a7 5f7a70635f6862 91 01"));
        }
    }

    @Test
    void theFramesOfBrokersInBetweenLeadTheResponseBack() throws Exception {
        try (RpcServer server = serve();
                RawPeer broker = dealer(server)) {
            byte[] call = Arrays.copyOfRange(hex(CALL), 4, 4 + 0x3d);
            broker.send(hex("0001"), hex("0002"), new byte[0], call);
            List<byte[]> answer = broker.readMessage();
            assertThat(answer).hasSize(4);
            assertThat(answer.subList(0, 3)).containsExactly(hex("0001"), hex("0002"), new byte[0]);
        }
    }

    /** A server that a test scripts byte by byte, for one of our clients. */
    private interface Script {
        void run(RawPeer server) throws Exception;
    }

    private static void script(Script script, Consumer<RpcClient> calls) throws Exception {
        try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<Void> server = CompletableFuture.runAsync(() -> {
                try (RawPeer peer = RawPeer.accept(listening).handshake("ROUTER")) {
                    script.run(peer);
                    peer.isClosedByPeer();
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
            try (RpcClient client = RpcClient.connect("tcp://127.0.0.1:" + listening.getLocalPort())) {
                calls.accept(client);
            }
            server.get(30, TimeUnit.SECONDS);
        }
    }

    /** Reads a call and returns the 32 digits of its id. */
    private static String request(RawPeer server, String nameAndArgs) throws Exception {
        String request = payload(server.readMessage());
        assertThat(request).matches(Pattern.compile("9382" + ID_AND_VERSION + compact(nameAndArgs)));
        return request.substring(30, 30 + 64);
    }

    private static byte[] answer(String id, String nameAndArgs) {
        return hex("93 83 aa 6d6573736167655f6964 c420 " + "61".repeat(32) + "a1 76 03" + RESPONSE_TO + "c420" + id
                + nameAndArgs);
    }

    @Test
    void ourCallIsLikePythonsByteForByte() throws Exception {
        script(
                server -> {
                    String id = request(server, "a5 68656c6c6f 91 a3 626f62");
                    server.send(new byte[0], answer(id, "a2 4f4b 91 aa 48656c6c6f2c20626f62"));
                },
                client -> assertThat(client.call("hello", String.class, "bob")).isEqualTo("Hello, bob"));
    }

    @Test
    void errorsInEveryForm() throws Exception {
        String name = HexFormat.of().formatHex("NameError".getBytes(StandardCharsets.US_ASCII));
        script(
                server -> {
                    String id = request(server, "a1 66 90");
                    server.send(new byte[0], answer(id, "a3 455252 93 a9" + name + "a1 66 a2 740a"));
                    id = request(server, "a1 66 90");
                    server.send(new byte[0], answer(id, "a3 455252 93 a9" + name + "a1 78 a4 740a 750a"));
                    id = request(server, "a1 66 90");
                    // Version 1: one text, Python's repr.
                    server.send(new byte[0], answer(id, "a3 455252 91 ac 4e616d654572726f72287829"));
                },
                client -> {
                    assertThatThrownBy(() -> client.call("f", void.class)).isInstanceOf(MethodNotFoundException.class);
                    assertThatThrownBy(() -> client.call("f", void.class))
                            .isInstanceOfSatisfying(RemoteException.class, e -> {
                                assertThat(e.type()).isEqualTo("NameError");
                                assertThat(e.remoteMessage()).isEqualTo("x");
                                assertThat(e.traceback()).containsExactly("t\n", "u\n");
                            });
                    assertThatThrownBy(() -> client.call("f", void.class))
                            .isInstanceOfSatisfying(RemoteException.class, e -> {
                                assertThat(e.type()).isEqualTo("NameError");
                                assertThat(e.remoteMessage()).isEqualTo("NameError(x)");
                            });
                });
    }

    @Test
    void ourGrantsAreLikePythons() throws Exception {
        script(
                server -> {
                    String id = request(server, "a3 726e67 91 cd 012c");
                    byte[] item = answer(id, "a6 53545245414d 00");
                    server.send(new byte[0], item);
                    assertThat(payload(server.readMessage())).endsWith(compact(id + "a9 5f7a70635f6d6f7265 91 64"));
                    for (int i = 0; i < 100; i++) {
                        server.send(new byte[0], item);
                    }
                    assertThat(payload(server.readMessage())).endsWith(compact(id + "a9 5f7a70635f6d6f7265 91 33"));
                    for (int i = 0; i < 50; i++) {
                        server.send(new byte[0], item);
                    }
                    // The end of a stream as Node sends it.
                    server.send(new byte[0], answer(id, "ab 53545245414d5f444f4e45 90"));
                },
                client -> {
                    try (Stream<Integer> items = client.stream("rng", Integer.class, 300)) {
                        assertThat(items).hasSize(151);
                    }
                });
    }

    @Test
    void malformedResponses() throws Exception {
        script(
                server -> {
                    for (String answer : List.of(
                            "a2 4f4b 90", // OK without a value
                            "a2 4f4b 05", // OK with a bare value
                            "a4 57484154 91 01", // an unknown name
                            "a3 455252 90", // ERR without a text
                            "a3 455252 05", // ERR with a number
                            "a2 4f4b 91 a2 ff fe", // text that is not UTF-8
                            "a2 4f4b 91", // cut
                            "a2 4f4b 91 01 00")) { // too long
                        server.send(new byte[0], answer(request(server, "a1 66 90"), answer));
                    }
                    server.send(new byte[0], hex("c1")).send(hex("90")).send(answer("00".repeat(32), "a2 4f4b 91 01"));
                    server.send(new byte[0], answer(request(server, "a1 66 90"), "a2 4f4b 91 07"));
                },
                client -> {
                    for (int i = 0; i < 8; i++) {
                        assertThatThrownBy(() -> client.call("f", Object.class))
                                .isInstanceOf(RpcException.class)
                                .isNotInstanceOf(RpcTimeoutException.class);
                    }
                    assertThat(client.call("f", int.class)).isEqualTo(7);
                });
    }

    @Test
    void aPeerThatSendsMoreThanItWasGrantedIsRefused() throws Exception {
        script(
                server -> {
                    String id = request(server, "a3 726e67 90");
                    byte[] item = answer(id, "a6 53545245414d 00");
                    for (int i = 0; i < 500; i++) {
                        server.send(new byte[0], item);
                    }
                    server.send(new byte[0], answer(request(server, "a1 66 90"), "a2 4f4b 91 07"));
                },
                client -> {
                    try (Stream<Integer> items = client.stream("rng", Integer.class)) {
                        Iterator<Integer> iterator = items.iterator();
                        assertThat(client.call("f", int.class)).isEqualTo(7);
                        assertThatThrownBy(() -> {
                                    while (iterator.hasNext()) {
                                        iterator.next();
                                    }
                                })
                                .isInstanceOf(ProtocolException.class)
                                .hasMessageContaining("more items");
                    }
                });
    }

    @Test
    void callsThatWaitForTheConnectionGoOutInTheirOrder() throws Exception {
        try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                RpcClient client = RpcClient.connect("tcp://127.0.0.1:" + listening.getLocalPort())) {
            for (int i = 0; i < 8; i++) {
                var unused = client.callAsync("f", Object.class, i);
            }
            try (RawPeer server = RawPeer.accept(listening).handshake("ROUTER")) {
                for (int i = 0; i < 8; i++) {
                    request(server, "a1 66 91 0" + i);
                }
            }
        }
    }
}
