package dev.parley.zmtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.OverloadedException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Messages that are taken: fairly, in order, and with back-pressure down to the sender. */
@Timeout(60)
class ZmtpInboxTest {
    private static final Duration WAIT = Duration.ofSeconds(20);

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static String next(ZmtpInbox inbox) throws InterruptedException {
        ZmtpInbox.Message message = Objects.requireNonNull(inbox.poll(WAIT));
        return new String(message.frames().getFirst(), StandardCharsets.US_ASCII);
    }

    private static int bind(ZmtpSocket socket) {
        return socket.bind(ZmtpEndpoint.tcp("127.0.0.1", 0));
    }

    @Test
    void aPeerThatSendsMuchDoesNotKeepAnotherWaiting() throws Exception {
        ZmtpInbox inbox = new ZmtpInbox();
        try (ZmtpSocket pull = new ZmtpSocket(SocketType.PULL, ZmtpLimits.defaults(), inbox)) {
            int port = bind(pull);
            try (RawPeer busy = RawPeer.connect(port);
                    RawPeer quiet = RawPeer.connect(port)) {
                busy.handshake("PUSH");
                for (int i = 0; i < 500; i++) {
                    busy.send(bytes("busy" + i));
                }
                assertThat(next(inbox)).isEqualTo("busy0");
                quiet.handshake("PUSH").send(bytes("quiet"));
                // Once all have arrived, the next turn but one is the quiet one's.
                while (pull.peers().stream()
                                .mapToLong(peer -> peer.memory().held())
                                .filter(held -> held > 0)
                                .count()
                        < 2) {
                    Thread.sleep(5);
                }
                List<String> two = List.of(next(inbox), next(inbox));
                assertThat(two).containsExactlyInAnyOrder("busy1", "quiet");
                for (int i = 2; i < 500; i++) {
                    assertThat(next(inbox)).isEqualTo("busy" + i);
                }
                assertThat(inbox.poll(Duration.ZERO)).isNull();
            }
        }
    }

    @Test
    void aFullInboxStopsItsSender() throws Exception {
        ZmtpInbox inbox = new ZmtpInbox(10, 1 << 20);
        ZmtpLimits limits = ZmtpLimits.defaults().withMaxPendingMessages(10);
        try (ZmtpSocket pull = new ZmtpSocket(SocketType.PULL, ZmtpLimits.defaults(), inbox);
                ZmtpSocket push = new ZmtpSocket(SocketType.PUSH, limits, new RecordingHandler(false))) {
            push.connect(ZmtpEndpoint.tcp("127.0.0.1", bind(pull)));
            int sent = 0;
            OverloadedException full = null;
            while (full == null) {
                try {
                    push.send(sent == 0 ? WAIT : Duration.ofMillis(300), bytes("" + sent), new byte[100_000]);
                    sent++;
                } catch (OverloadedException e) {
                    full = e;
                }
            }
            ZmtpPeer sender = pull.peers().iterator().next();
            assertThat(sender.isPaused()).isTrue();
            List<String> taken = new ArrayList<>();
            for (int i = 0; i < sent; i++) {
                taken.add(next(inbox));
            }
            for (int i = 0; i < sent; i++) {
                assertThat(taken.get(i)).isEqualTo("" + i);
            }
            assertThat(inbox.lost()).isZero();
            push.send(WAIT, bytes("after"));
            assertThat(next(inbox)).isEqualTo("after");
            assertThat(sender.memory().held()).isZero();
        }
    }

    @Test
    void messagesOfAPeerThatHasGoneCanBeTaken() throws Exception {
        ZmtpInbox inbox = new ZmtpInbox();
        try (ZmtpSocket pull =
                new ZmtpSocket(SocketType.PULL, ZmtpLimits.defaults().withMaxMessageBytes(1_000), inbox)) {
            try (RawPeer peer = RawPeer.connect(bind(pull))) {
                peer.handshake("PUSH").send(new byte[1_001]).send(bytes("one")).send(bytes("two"));
                peer.shutdownOutput();
                assertThat(peer.isClosedByPeer()).isTrue();
            }
            assertThat(next(inbox)).isEqualTo("one");
            assertThat(next(inbox)).isEqualTo("two");
            assertThat(inbox.lost()).isEqualTo(1);
        }
        assertThatThrownBy(() -> new ZmtpInbox(0, 1))
                .hasMessage("the limits of an inbox must be positive, not 0 and 1");
    }
}
