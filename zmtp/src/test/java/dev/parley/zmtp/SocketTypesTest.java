package dev.parley.zmtp;

import static dev.parley.zmtp.RawPeer.hex;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.ConnectionLostException;
import dev.parley.OverloadedException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** PUSH, PULL, PUB and SUB byte by byte, and what a socket does whose peers do not read. */
@Timeout(60)
class SocketTypesTest {
    private static final ZmtpLimits LIMITS = ZmtpLimits.defaults()
            .withMaxPendingMessages(50)
            .withMaxPendingBytes(8 << 20)
            .withMaxSubscriptions(3);
    private static final Duration WAIT = Duration.ofSeconds(20);

    private final RecordingHandler events = new RecordingHandler(false);
    private final List<ZmtpSocket> sockets = new ArrayList<>();

    @AfterEach
    void close() {
        sockets.forEach(ZmtpSocket::close);
    }

    private ZmtpSocket socket(SocketType type) {
        ZmtpSocket socket = new ZmtpSocket(type, LIMITS, events);
        sockets.add(socket);
        return socket;
    }

    private static int bind(ZmtpSocket socket) {
        return socket.bind(ZmtpEndpoint.tcp("127.0.0.1", 0));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** The greeting of ZMTP 3.0. */
    private static byte[] oldGreeting() {
        byte[] greeting = RawPeer.GREETING.clone();
        greeting[11] = 0;
        return greeting;
    }

    @ParameterizedTest
    @CsvSource({
        "PUSH, PULL, 041a 05 5245414459 0b 536f636b65742d54797065 00000004 50555348",
        "PULL, PUSH, 041a 05 5245414459 0b 536f636b65742d54797065 00000004 50554c4c",
        "PUB, SUB, 0419 05 5245414459 0b 536f636b65742d54797065 00000003 505542",
        "PUB, XSUB, 0419 05 5245414459 0b 536f636b65742d54797065 00000003 505542",
        "SUB, PUB, 0419 05 5245414459 0b 536f636b65742d54797065 00000003 535542",
        "SUB, XPUB, 0419 05 5245414459 0b 536f636b65742d54797065 00000003 535542"
    })
    void readyHasNoIdentity(SocketType type, String peerType, String ready) throws Exception {
        try (RawPeer peer = RawPeer.connect(bind(socket(type)))) {
            byte[] expected = hex(ready);
            peer.write(RawPeer.GREETING).write(RawPeer.ready(peerType));
            peer.read(64);
            assertThat(peer.read(expected.length)).isEqualTo(expected);
            assertThat(RecordingHandler.next(events.connected).isConnected()).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({"PUSH, PUSH", "PUSH, DEALER", "PULL, PULL", "PUB, PUB", "PUB, PULL", "SUB, SUB", "DEALER, PULL"})
    void incompatibleTypesAreRefused(SocketType type, String peerType) throws Exception {
        try (RawPeer peer = RawPeer.connect(bind(socket(type)))) {
            peer.handshake(peerType);
            assertThat(peer.readFrame().body())
                    .isEqualTo(hex("05 4552524f52 13 496e76616c696420736f636b65742074797065"));
            assertThat(peer.isClosedByPeer()).isTrue();
        }
        assertThat(events.connected).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void bytesOfAnotherProtocolEndTheConnectionAtOnce(SocketType type) throws Exception {
        int port = bind(socket(type));
        for (String first : List.of("47", "16 03 01", "00", "ff 00 00 00 00 00 00 00 01 7e")) {
            try (RawPeer peer = RawPeer.connect(port)) {
                peer.writeHex(first);
                assertThat(peer.isClosedByPeer()).as(first).isTrue();
            }
        }
        assertThat(events.connected).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void headersOfTwoGibibytesAndMoreCostNothing(SocketType type) throws Exception {
        int port = bind(socket(type));
        List<RawPeer> peers = new ArrayList<>();
        try {
            for (int i = 0; i < 20; i++) {
                RawPeer peer = RawPeer.connect(port).handshake(peerOf(type));
                peers.add(peer);
                peer.writeHex("02 0000000080000000").write(new byte[100_000]);
                RecordingHandler.next(events.connected);
            }
            for (RawPeer peer : peers) {
                peer.write(new byte[1]);
            }
            for (ZmtpPeer peer : sockets.getFirst().peers()) {
                assertThat(peer.memory().held()).isLessThan(100_000);
            }
            for (String header :
                    List.of("02 8000000000000000", "06 7fffffffffffffff", "06 0000000080000000", "08 00")) {
                try (RawPeer peer = RawPeer.connect(port)) {
                    peer.handshake(peerOf(type)).writeHex(header);
                    assertThat(peer.isClosedByPeer()).as(header).isTrue();
                }
            }
        } finally {
            for (RawPeer peer : peers) {
                peer.close();
            }
        }
    }

    static String peerOf(SocketType type) {
        return switch (type) {
            case ROUTER, DEALER -> "DEALER";
            case PUSH -> "PULL";
            case PULL -> "PUSH";
            case PUB -> "SUB";
            case SUB -> "PUB";
        };
    }

    @Test
    void pushSendsInTurn() throws Exception {
        ZmtpSocket push = socket(SocketType.PUSH);
        int port = bind(push);
        try (RawPeer one = RawPeer.connect(port);
                RawPeer two = RawPeer.connect(port)) {
            one.handshake("PULL");
            two.handshake("PULL");
            RecordingHandler.next(events.connected);
            RecordingHandler.next(events.connected);
            for (int i = 0; i < 6; i++) {
                assertThat(push.trySend(bytes("n"), bytes("" + i))).isTrue();
            }
            List<String> all = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                all.add(new String(one.readMessage().getLast(), StandardCharsets.US_ASCII));
                all.add(new String(two.readMessage().getLast(), StandardCharsets.US_ASCII));
            }
            assertThat(all).containsExactlyInAnyOrder("0", "1", "2", "3", "4", "5");
        }
    }

    @Test
    void whoOnlySendsRefusesMessages() throws Exception {
        try (RawPeer peer = RawPeer.connect(bind(socket(SocketType.PUSH)))) {
            peer.handshake("PULL").send(bytes("no"));
            assertThat(peer.isClosedByPeer()).isTrue();
        }
        assertThat(RecordingHandler.next(events.disconnected))
                .isEqualTo("unexpected message: a PUSH socket only sends");
        try (RawPeer peer = RawPeer.connect(bind(socket(SocketType.PUB)))) {
            peer.handshake("SUB").write(hex("02 0000000080000000")).write(new byte[70_000]);
            peer.shutdownOutput();
            assertThat(peer.isClosedByPeer()).isTrue();
        }
        assertThat(RecordingHandler.next(events.disconnected)).isNotEmpty();
        assertThat(events.messages).isEmpty();
    }

    @Test
    void whoOnlyReceivesDoesNotSend() throws Exception {
        for (SocketType type : List.of(SocketType.PULL, SocketType.SUB, SocketType.ROUTER)) {
            assertThatThrownBy(() -> socket(type).trySend(bytes("x")))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(type.name());
        }
        try (RawPeer peer = RawPeer.connect(bind(socket(SocketType.PULL)))) {
            peer.handshake("PUSH").send(bytes("in"));
            ZmtpPeer from = RecordingHandler.next(events.messages).peer();
            assertThatThrownBy(() -> from.send(bytes("out")))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("a PULL socket does not send to a peer of your choice");
            assertThatThrownBy(() -> from.trySend(bytes("out"))).isInstanceOf(IllegalStateException.class);
        }
        assertThatThrownBy(() -> socket(SocketType.PULL).subscribe(bytes("a")))
                .hasMessage("only a SUB socket can subscribe, not a PULL");
        assertThatThrownBy(() -> socket(SocketType.PUSH).trySend()).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void subscriptionsAsCommandsAndAsMessages() throws Exception {
        ZmtpSocket pub = socket(SocketType.PUB);
        int port = bind(pub);
        try (RawPeer commands = RawPeer.connect(port);
                RawPeer messages = RawPeer.connect(port)) {
            commands.handshake("SUB").writeHex("04 0c 09 535542534352494245 6162");
            assertThat(RecordingHandler.next(events.subscriptions)).isEqualTo("+ab");
            messages.handshake("SUB").writeHex("00 03 01 6162");
            assertThat(RecordingHandler.next(events.subscriptions)).isEqualTo("+ab");
            pub.trySend(bytes("a"), bytes("neither"));
            pub.trySend(bytes("abc"), bytes("both"));
            for (RawPeer peer : List.of(commands, messages)) {
                assertThat(peer.readMessage()).containsExactly(bytes("abc"), bytes("both"));
            }
            commands.writeHex("04 09 06 43414e43454c 6162");
            assertThat(RecordingHandler.next(events.subscriptions)).isEqualTo("-ab");
            messages.writeHex("00 03 00 6162");
            assertThat(RecordingHandler.next(events.subscriptions)).isEqualTo("-ab");
            commands.writeHex("00 01 01");
            assertThat(RecordingHandler.next(events.subscriptions)).isEqualTo("+");
            messages.writeHex("04 0a 09 535542534352494245").send(bytes("a message of an XSUB's user"));
            assertThat(RecordingHandler.next(events.subscriptions)).isEqualTo("+");
            pub.trySend(bytes("anything"));
            for (RawPeer peer : List.of(commands, messages)) {
                assertThat(peer.readMessage()).containsExactly(bytes("anything"));
            }
        }
    }

    @Test
    void tooManySubscriptionsEndTheConnection() throws Exception {
        try (RawPeer peer = RawPeer.connect(bind(socket(SocketType.PUB)))) {
            peer.handshake("SUB").writeHex("00 02 01 61 00 02 01 61 00 02 01 62 00 02 01 63");
            for (String expected : List.of("+a", "+a", "+b", "+c")) {
                assertThat(RecordingHandler.next(events.subscriptions)).isEqualTo(expected);
            }
            peer.writeHex("00 02 01 64");
            assertThat(peer.isClosedByPeer()).isTrue();
        }
        assertThat(RecordingHandler.next(events.disconnected))
                .isEqualTo("a subscriber exceeds the limit of 3 subscriptions");
    }

    @Test
    void subscribesAgainAfterEachReconnectInTheFormOfThePublisher() throws Exception {
        ZmtpSocket sub = socket(SocketType.SUB);
        sub.subscribe(bytes("ab"));
        sub.subscribe(bytes("ab"));
        try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            sub.connect(ZmtpEndpoint.tcp("127.0.0.1", server.getLocalPort()));
            try (RawPeer old = RawPeer.accept(server)) {
                old.write(oldGreeting()).write(RawPeer.ready("PUB"));
                old.read(64);
                old.readFrame();
                assertThat(old.read(5)).isEqualTo(hex("00 03 01 6162"));
                sub.subscribe(bytes("c"));
                assertThat(old.read(4)).isEqualTo(hex("00 02 01 63"));
                sub.unsubscribe(bytes("ab"));
                sub.unsubscribe(bytes("c"));
                assertThat(old.read(4)).isEqualTo(hex("00 02 00 63"));
            }
            byte[] longPrefix = new byte[300];
            sub.subscribe(longPrefix);
            try (RawPeer recent = RawPeer.accept(server)) {
                recent.handshake("XPUB");
                RawPeer.Frame first = recent.readFrame();
                assertThat(first.flags()).isEqualTo(6);
                assertThat(first.body()).hasSize(310).startsWith(hex("09 535542534352494245 0000"));
                assertThat(recent.read(14)).isEqualTo(hex("04 0c 09 535542534352494245 6162"));
                sub.unsubscribe(longPrefix);
                assertThat(recent.readFrame().body()).hasSize(307).startsWith(hex("06 43414e43454c 0000"));
                recent.send(bytes("x"), bytes("not wanted")).send(bytes("abc"), bytes("wanted"));
                assertThat(RecordingHandler.next(events.messages).frames())
                        .containsExactly(bytes("abc"), bytes("wanted"));
            }
        }
    }

    @Test
    void aPushWhosePeerDoesNotReadRefusesMessagesUntilItReads() throws Exception {
        ZmtpSocket push = socket(SocketType.PUSH);
        CompletableFuture<Void> connected = push.whenWritable();
        assertThat(push.trySend(bytes("nobody is there"))).isFalse();
        assertThatThrownBy(() -> push.send(Duration.ofMillis(1), bytes("x")))
                .isInstanceOf(ConnectionLostException.class)
                .hasMessage("the message was not sent within PT0.001S: no peer is connected");
        try (RawPeer pull = RawPeer.connect(bind(push))) {
            pull.handshake("PULL");
            connected.get(20, TimeUnit.SECONDS);
            int sent = 0;
            OverloadedException full = null;
            while (full == null) {
                try {
                    push.send(Duration.ofMillis(300), new byte[100_000]);
                    sent++;
                } catch (OverloadedException e) {
                    full = e;
                }
            }
            assertThat(full).hasMessageContaining("50 messages");
            assertThat(sent).isGreaterThanOrEqualTo(50);
            CompletableFuture<Void> room = push.whenWritable();
            assertThat(push.trySend(new byte[100_000])).isFalse();
            for (int i = 0; i < sent; i++) {
                assertThat(pull.readMessage().getFirst()).hasSize(100_000);
            }
            room.get(20, TimeUnit.SECONDS);
            push.send(WAIT, bytes("last"));
            assertThat(pull.readMessage()).containsExactly(bytes("last"));
        }
    }

    @Test
    void aSlowSubscriberMissesMessagesAndOthersDoNot() throws Exception {
        ZmtpSocket pub = socket(SocketType.PUB);
        int port = bind(pub);
        try (RawPeer slow = RawPeer.connect(port);
                RawPeer fast = RawPeer.connect(port)) {
            slow.handshake("SUB").writeHex("00 01 01");
            RecordingHandler.next(events.subscriptions);
            ZmtpPeer slowPeer = RecordingHandler.next(events.connected);
            fast.handshake("SUB").writeHex("00 01 01");
            RecordingHandler.next(events.subscriptions);
            int sent = 0;
            for (; slowPeer.dropped() == 0; sent++) {
                assertThat(pub.trySend(bytes("n" + sent), new byte[100_000])).isTrue();
                assertThat(fast.readMessage().getFirst()).isEqualTo(bytes("n" + sent));
            }
            assertThat(pub.dropped()).isEqualTo(1);
            assertThat(slowPeer.dropped()).isEqualTo(1);
            for (int i = 0; i < sent - 1; i++) {
                assertThat(slow.readMessage().getFirst()).isEqualTo(bytes("n" + i));
            }
            pub.trySend(bytes("end"));
            assertThat(slow.readMessage()).containsExactly(bytes("end"));
        }
    }

    @Test
    void subscriptionsMatchByPrefix() {
        Subscriptions subscriptions = new Subscriptions();
        assertThat(subscriptions.match(bytes("a"))).isFalse();
        List.of("b", "bcd", "bce", "bcexyz", "c").forEach(prefix -> subscriptions.add(bytes(prefix)));
        assertThat(subscriptions.match(bytes("bcez"))).isTrue();
        assertThat(subscriptions.match(bytes("bzz"))).isTrue();
        subscriptions.remove(bytes("b"));
        assertThat(subscriptions.match(bytes("bzz"))).isFalse();
        assertThat(subscriptions.match(bytes("bcf"))).isFalse();
        assertThat(subscriptions.match(bytes("bcexz"))).isTrue();
        assertThat(subscriptions.match(hex("ff"))).isFalse();
        subscriptions.add(new byte[0]);
        assertThat(subscriptions.match(hex("ff"))).isTrue();
        assertThat(subscriptions.match(new byte[0])).isTrue();
        assertThat(subscriptions.size()).isEqualTo(5);
    }
}
