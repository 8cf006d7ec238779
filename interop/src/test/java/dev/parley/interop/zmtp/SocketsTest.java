package dev.parley.interop.zmtp;

import static dev.parley.interop.zmtp.ForeignSocket.Binding.PYZMQ;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.OverloadedException;
import dev.parley.interop.NeedsPeer;
import dev.parley.interop.Peer;
import dev.parley.zmtp.SocketType;
import dev.parley.zmtp.ZmtpEndpoint;
import dev.parley.zmtp.ZmtpLimits;
import dev.parley.zmtp.ZmtpOptions;
import dev.parley.zmtp.ZmtpPeer;
import dev.parley.zmtp.ZmtpSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Several peers, lost peers, slow peers and silent peers, all of them libzmq's. */
@Timeout(120)
@NeedsPeer(Peer.PYZMQ)
class SocketsTest {
    private static final Duration WAIT = Duration.ofSeconds(30);

    private final List<AutoCloseable> open = new ArrayList<>();
    private final Events events = new Events();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
    }

    private ZmtpSocket own(SocketType type, ZmtpOptions options) {
        ZmtpSocket socket = new ZmtpSocket(type, options, events);
        open.add(socket);
        return socket;
    }

    private ZmtpSocket own(SocketType type) {
        return own(type, ZmtpOptions.defaults());
    }

    private ForeignSocket foreign(String type, String... options) {
        ForeignSocket socket = ForeignSocket.start(PYZMQ, type, options);
        open.add(socket);
        return socket;
    }

    private static int bind(ZmtpSocket socket) {
        return socket.bind(at(0));
    }

    private static ZmtpEndpoint at(int port) {
        return ZmtpEndpoint.tcp("127.0.0.1", port);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static List<String> texts(List<byte[]> frames) {
        return frames.stream()
                .map(frame -> new String(frame, StandardCharsets.US_ASCII))
                .toList();
    }

    /** What an XPUB receives when its peer subscribes to a prefix. */
    private static String subscribed(String prefix) {
        return (char) 1 + prefix;
    }

    private static List<String> numbers(int count) {
        return IntStream.range(0, count).mapToObj(Integer::toString).toList();
    }

    @Test
    void onePullBehindTwoPushersOnTwoEndpoints() throws Exception {
        ZmtpSocket pull = own(SocketType.PULL);
        ForeignSocket connects = foreign("PUSH");
        ForeignSocket binds = foreign("PUSH");
        connects.connect(bind(pull));
        pull.connect(at(binds.bind(0)));
        connects.sendMany(3_000, 10);
        binds.sendMany(3_000, 10);
        List<Events.Message> all = new ArrayList<>();
        for (int i = 0; i < 6_000; i++) {
            all.add(Events.next(events.messages));
        }
        assertThat(pull.peers()).hasSize(2);
        for (ZmtpPeer peer : pull.peers()) {
            assertThat(all.stream().filter(message -> message.peer() == peer).map(Events.Message::text))
                    .containsExactlyElementsOf(numbers(3_000));
        }
    }

    @Test
    void onePushBeforeTwoPullers() throws Exception {
        // So many that none is ever skipped, which would get fewer.
        ZmtpLimits limits = ZmtpLimits.defaults().withMaxPendingMessages(5_000);
        ZmtpSocket push = own(SocketType.PUSH, ZmtpOptions.defaults().withLimits(limits));
        ForeignSocket connects = foreign("PULL");
        ForeignSocket binds = foreign("PULL");
        connects.connect(bind(push));
        push.connect(at(binds.bind(0)));
        Events.next(events.connected);
        Events.next(events.connected);
        for (int i = 0; i < 4_000; i++) {
            push.send(WAIT, bytes(Integer.toString(i)));
        }
        List<String> one = texts(connects.receiveMany(2_000));
        List<String> two = texts(binds.receiveMany(2_000));
        Set<String> all = new HashSet<>(one);
        all.addAll(two);
        assertThat(all).hasSize(4_000);
        assertThat(one).isSortedAccordingTo((a, b) -> Integer.parseInt(a) - Integer.parseInt(b));
        assertThat(two).isSortedAccordingTo((a, b) -> Integer.parseInt(a) - Integer.parseInt(b));
    }

    @Test
    void oneSubWithTwoPublishers() throws Exception {
        ZmtpSocket sub = own(SocketType.SUB);
        sub.subscribe(bytes("1"));
        ForeignSocket connects = foreign("XPUB");
        ForeignSocket binds = foreign("XPUB");
        connects.connect(bind(sub));
        sub.connect(at(binds.bind(0)));
        for (ForeignSocket publisher : List.of(connects, binds)) {
            assertThat(texts(publisher.receive())).containsExactly(subscribed("1"));
            publisher.sendMany(200, 10);
        }
        // 1, 10 to 19, 100 to 199
        Set<ZmtpPeer> from = new HashSet<>();
        for (int i = 0; i < 2 * 111; i++) {
            Events.Message message = Events.next(events.messages);
            assertThat(message.text()).startsWith("1");
            from.add(message.peer());
        }
        assertThat(from).hasSize(2);
    }

    @Test
    void peersThatWereKilledAreConnectedAndSubscribedToAgain() throws Exception {
        ZmtpSocket sub = own(SocketType.SUB);
        sub.subscribe(bytes("a"));
        sub.subscribe(bytes("b"));
        ForeignSocket first = foreign("XPUB");
        int port = first.bind(0);
        sub.connect(at(port));
        assertThat(List.of(
                        texts(first.receive()).getFirst(),
                        texts(first.receive()).getFirst()))
                .containsExactlyInAnyOrder(subscribed("a"), subscribed("b"));
        first.close();
        assertThat(Events.next(events.disconnected)).isNotEmpty();
        sub.unsubscribe(bytes("a"));
        ForeignSocket second = foreign("XPUB");
        second.bind(port);
        assertThat(texts(second.receive())).containsExactly(subscribed("b"));
        second.send(bytes("a"));
        second.send(bytes("b"));
        assertThat(Events.next(events.messages).text()).isEqualTo("b");
    }

    @Test
    void peersComeBackToASocketThatWasBoundAgain() throws Exception {
        ForeignSocket sub = foreign("SUB");
        sub.subscribe(bytes("a"));
        int port;
        try (ZmtpSocket first = new ZmtpSocket(SocketType.PUB, ZmtpLimits.defaults(), events)) {
            port = bind(first);
            sub.connect(port);
            assertThat(Events.next(events.subscriptions)).isEqualTo("+a");
            first.trySend(bytes("a1"));
            assertThat(texts(sub.receive())).containsExactly("a1");
        }
        ZmtpSocket second = own(SocketType.PUB);
        second.bind(at(port));
        // A socket of libzmq learns of its reconnection when its user calls it.
        sub.startReceiveMany(1);
        assertThat(Events.next(events.subscriptions)).isEqualTo("+a");
        second.trySend(bytes("a2"));
        assertThat(texts(sub.received())).containsExactly("a2");
    }

    @Test
    void aPushIsRefusedAtTheHighWaterMarkAndLosesNothing() throws Exception {
        ZmtpLimits limits = ZmtpLimits.defaults().withMaxPendingMessages(20);
        ZmtpSocket push = own(SocketType.PUSH, ZmtpOptions.defaults().withLimits(limits));
        ForeignSocket pull = foreign("PULL", "RCVHWM=1");
        pull.connect(bind(push));
        int sent = 0;
        boolean full = false;
        while (!full) {
            try {
                push.send(sent == 0 ? WAIT : Duration.ofMillis(500), bytes(Integer.toString(sent)), new byte[200_000]);
                sent++;
            } catch (OverloadedException e) {
                assertThat(e).hasMessageContaining("20 messages");
                full = true;
            }
        }
        assertThat(sent).isGreaterThanOrEqualTo(20);
        pull.startReceiveMany(sent + 1);
        push.send(WAIT, bytes(Integer.toString(sent)));
        assertThat(texts(pull.received())).containsExactlyElementsOf(numbers(sent + 1));
    }

    @Test
    void aSlowSubscriberMissesMessagesAndAFastOneGetsAll() throws Exception {
        ZmtpLimits limits = ZmtpLimits.defaults().withMaxPendingMessages(20);
        ZmtpSocket pub = own(SocketType.PUB, ZmtpOptions.defaults().withLimits(limits));
        int port = bind(pub);
        ForeignSocket slow = foreign("SUB", "RCVHWM=1");
        slow.subscribe(new byte[0]);
        slow.connect(port);
        ZmtpPeer slowPeer = Events.next(events.connected);
        assertThat(Events.next(events.subscriptions)).isEqualTo("+");
        ForeignSocket fast = foreign("SUB");
        fast.subscribe(new byte[0]);
        fast.connect(port);
        assertThat(Events.next(events.subscriptions)).isEqualTo("+");
        ZmtpPeer fastPeer = Events.next(events.connected);
        int sent = 0;
        while (slowPeer.dropped() < 30) {
            for (int i = 0; i < 10; i++) {
                pub.trySend(bytes(Integer.toString(sent + i)), new byte[200_000]);
            }
            assertThat(texts(fast.receiveMany(10)))
                    .containsExactlyElementsOf(numbers(sent + 10).subList(sent, sent + 10));
            sent += 10;
        }
        assertThat(fastPeer.dropped()).isZero();
        assertThat(pub.dropped()).isEqualTo(slowPeer.dropped());
        int arrived = sent - (int) slowPeer.dropped();
        List<String> received = texts(slow.receiveMany(arrived));
        assertThat(received).as("in order, without what was dropped").doesNotHaveDuplicates();
        assertThat(received).isSortedAccordingTo((a, b) -> Integer.parseInt(a) - Integer.parseInt(b));
        pub.trySend(bytes("end"));
        assertThat(texts(slow.receive())).containsExactly("end");
    }

    @Test
    void pingsBothWays() throws Exception {
        ZmtpOptions options = ZmtpOptions.defaults().withPing(Duration.ofMillis(50), Duration.ofSeconds(3), WAIT);
        ZmtpSocket pull = own(SocketType.PULL, options);
        ForeignSocket push = foreign("PUSH", "HEARTBEAT_IVL=50", "HEARTBEAT_TIMEOUT=3000", "HEARTBEAT_TTL=3000");
        push.connect(bind(pull));
        Events.next(events.connected);
        assertThat(events.disconnected.poll(5, TimeUnit.SECONDS))
                .as("each answers the other longer than either's timeout")
                .isNull();
        push.sendMany(1, 1);
        assertThat(Events.next(events.messages).text()).isEqualTo("0");
        push.signal("STOP");
        assertThat(Events.next(events.disconnected)).contains("the peer sent nothing for 3.0 s");
        push.signal("CONT");
        assertThat(Events.next(events.connected).isConnected()).isTrue();
    }
}
