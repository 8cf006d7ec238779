package dev.parley.zmtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;

/** PUSH, PULL, PUB and SUB with JeroMQ's, each side as the one that binds. */
@Timeout(60)
class JeroMqSocketsTest {
    private static final Duration WAIT = Duration.ofSeconds(20);

    private final ZContext jeromq = new ZContext();
    private final RecordingHandler events = new RecordingHandler(false);

    @AfterEach
    void close() {
        jeromq.close();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Connects one to the other. */
    private ZMQ.Socket join(ZmtpSocket own, org.zeromq.SocketType theirs, boolean weBind) {
        ZMQ.Socket socket = jeromq.createSocket(theirs);
        socket.setHandshakeIvl(1_000);
        socket.setReceiveTimeOut(20_000);
        if (theirs == org.zeromq.SocketType.SUB) {
            socket.subscribe("ab");
        }
        if (weBind) {
            socket.connect("tcp://127.0.0.1:" + own.bind(ZmtpEndpoint.tcp("127.0.0.1", 0)));
        } else {
            own.connect(ZmtpEndpoint.tcp("127.0.0.1", socket.bindToRandomPort("tcp://127.0.0.1")));
        }
        return socket;
    }

    @ParameterizedTest
    @CsvSource({
        "PUSH, PULL, true",
        "PUSH, PULL, false",
        "PULL, PUSH, true",
        "PULL, PUSH, false",
        "PUB, SUB, true",
        "PUB, SUB, false",
        "PUB, XSUB, true",
        "SUB, PUB, true",
        "SUB, PUB, false",
        "SUB, XPUB, false"
    })
    void exchangeMessages(SocketType ours, org.zeromq.SocketType theirs, boolean weBind) throws Exception {
        try (ZmtpSocket own = new ZmtpSocket(ours, ZmtpLimits.defaults(), events)) {
            ZMQ.Socket jero = join(own, theirs, weBind);
            switch (ours) {
                case PUSH -> {
                    own.send(WAIT, bytes("one"), new byte[300]);
                    assertThat(jero.recvStr()).isEqualTo("one");
                    assertThat(jero.recv()).hasSize(300);
                }
                case PULL -> {
                    jero.sendMore("one");
                    jero.send(new byte[300]);
                    assertThat(RecordingHandler.next(events.messages).frames())
                            .containsExactly(bytes("one"), new byte[300]);
                }
                case PUB -> {
                    if (theirs == org.zeromq.SocketType.XSUB) {
                        jero.send(bytes("\1ab"));
                    }
                    // A socket that has bound learns of its connections when its user calls it.
                    while (events.subscriptions.isEmpty()) {
                        assertThat(jero.recv(ZMQ.DONTWAIT)).isNull();
                        Thread.sleep(5);
                    }
                    assertThat(RecordingHandler.next(events.subscriptions)).isEqualTo("+ab");
                    own.trySend(bytes("other"));
                    own.trySend(bytes("abc"), new byte[300]);
                    assertThat(jero.recvStr()).isEqualTo("abc");
                    assertThat(jero.recv()).hasSize(300);
                    if (theirs == org.zeromq.SocketType.SUB) {
                        jero.unsubscribe("ab");
                        assertThat(RecordingHandler.next(events.subscriptions)).isEqualTo("-ab");
                    }
                }
                case SUB -> {
                    own.subscribe(bytes("ab"));
                    if (theirs == org.zeromq.SocketType.XPUB) {
                        assertThat(jero.recvStr()).isEqualTo("\1ab");
                    }
                    RecordingHandler.Message message = null;
                    while (message == null) {
                        jero.send("other");
                        jero.sendMore("abc");
                        jero.send(new byte[300]);
                        message = events.messages.poll(50, TimeUnit.MILLISECONDS);
                    }
                    assertThat(message.frames()).containsExactly(bytes("abc"), new byte[300]);
                }
                default -> throw new AssertionError(ours);
            }
        }
    }
}
