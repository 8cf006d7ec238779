package dev.parley.interop.zmtp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.zmtp.SocketType;
import dev.parley.zmtp.ZmtpEndpoint;
import dev.parley.zmtp.ZmtpLimits;
import dev.parley.zmtp.ZmtpPeer;
import dev.parley.zmtp.ZmtpSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each pair of socket types with libzmq, by two bindings: we bind and it connects, then the other way around. */
@Timeout(120)
class SocketPairsTest {
    private static final Duration WAIT = Duration.ofSeconds(30);
    private static final byte[] EMPTY = {};
    private static final byte[] BODY = new byte[300];
    private static final byte[] PREFIX = bytes("ab");

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    static List<Arguments> pairs() {
        List<String> pairs = List.of(
                "ROUTER DEALER",
                "ROUTER REQ",
                "ROUTER ROUTER",
                "DEALER ROUTER",
                "DEALER REP",
                "DEALER DEALER",
                "PUSH PULL",
                "PULL PUSH",
                "PUB SUB",
                "PUB XSUB",
                "SUB PUB",
                "SUB XPUB");
        return List.of(ForeignSocket.Binding.values()).stream()
                .flatMap(binding -> pairs.stream()
                        .map(pair -> pair.split(" "))
                        .map(pair -> Arguments.of(binding, SocketType.valueOf(pair[0]), pair[1])))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void exchangeMessages(ForeignSocket.Binding binding, SocketType ours, String theirs) throws Exception {
        try (ForeignSocket foreign = ForeignSocket.start(binding, theirs)) {
            if (ours == SocketType.PUB) {
                foreign.subscribe(PREFIX);
            }
            Events events = new Events();
            int port;
            try (ZmtpSocket bound = new ZmtpSocket(ours, ZmtpLimits.defaults(), events)) {
                port = bound.bind(ZmtpEndpoint.tcp("127.0.0.1", 0));
                foreign.connect(port);
                exchange(bound, events, foreign, theirs);
            }
            foreign.disconnect(port);
            events = new Events();
            try (ZmtpSocket connected = new ZmtpSocket(ours, ZmtpLimits.defaults(), events)) {
                connected.connect(ZmtpEndpoint.tcp("127.0.0.1", foreign.bind(0)));
                exchange(connected, events, foreign, theirs);
            }
        }
    }

    private static void exchange(ZmtpSocket own, Events events, ForeignSocket foreign, String theirs) throws Exception {
        switch (own.type()) {
            case PUSH -> {
                own.send(WAIT, EMPTY, BODY);
                assertThat(foreign.receive()).containsExactly(EMPTY, BODY);
            }
            case PULL -> {
                foreign.send(EMPTY, BODY);
                assertThat(Events.next(events.messages).frames()).containsExactly(EMPTY, BODY);
            }
            case PUB -> publish(own, events, foreign);
            case SUB -> subscribe(own, events, foreign, theirs);
            case ROUTER -> route(events, foreign, theirs);
            case DEALER -> {
                own.send(WAIT, EMPTY, BODY);
                List<byte[]> request = foreign.receive();
                int envelope = theirs.equals("ROUTER") ? 2 : theirs.equals("DEALER") ? 1 : 0;
                assertThat(request).hasSize(envelope + 1);
                assertThat(request.getLast()).isEqualTo(BODY);
                foreign.send(request.toArray(byte[][]::new));
                assertThat(Events.next(events.messages).frames()).containsExactly(EMPTY, BODY);
            }
        }
    }

    private static void publish(ZmtpSocket own, Events events, ForeignSocket foreign) throws Exception {
        // A socket of libzmq that has bound learns of its connections when its user calls it.
        foreign.startReceiveMany(1);
        assertThat(Events.next(events.subscriptions)).isEqualTo("+ab");
        own.trySend(bytes("other"), BODY);
        own.trySend(bytes("abc"), BODY);
        assertThat(foreign.received()).containsExactly(bytes("abc"));
        foreign.subscribe(bytes("x"));
        assertThat(Events.next(events.subscriptions)).isEqualTo("+x");
        foreign.unsubscribe(bytes("x"));
        assertThat(Events.next(events.subscriptions)).isEqualTo("-x");
    }

    private static void subscribe(ZmtpSocket own, Events events, ForeignSocket foreign, String theirs)
            throws Exception {
        own.subscribe(PREFIX);
        if (theirs.equals("XPUB")) {
            awaitSubscription(foreign, true, "ab");
            foreign.send(bytes("other"));
            foreign.send(bytes("abc"), BODY);
            assertThat(Events.next(events.messages).frames()).containsExactly(bytes("abc"), BODY);
            own.subscribe(bytes("x"));
            awaitSubscription(foreign, true, "x");
            own.unsubscribe(bytes("x"));
            awaitSubscription(foreign, false, "x");
        } else {
            Events.Message message = null;
            while (message == null) {
                foreign.send(bytes("other"));
                foreign.send(bytes("abc"), BODY);
                message = events.messages.poll(50, TimeUnit.MILLISECONDS);
            }
            assertThat(message.frames()).containsExactly(bytes("abc"), BODY);
        }
    }

    /** Skips what a former connection canceled when it ended. */
    private static void awaitSubscription(ForeignSocket xpub, boolean subscribe, String prefix) {
        String expected = (char) (subscribe ? 1 : 0) + prefix;
        String change = "";
        while (!change.equals(expected)) {
            change = new String(xpub.receive().getFirst(), StandardCharsets.US_ASCII);
        }
    }

    private static void route(Events events, ForeignSocket foreign, String theirs) throws Exception {
        if (theirs.equals("ROUTER")) {
            ZmtpPeer peer = Events.next(events.connected);
            peer.send(EMPTY, BODY);
            List<byte[]> message = foreign.receive();
            assertThat(message).hasSize(3);
            foreign.send(message.toArray(byte[][]::new));
            assertThat(Events.next(events.messages).frames()).containsExactly(EMPTY, BODY);
            return;
        }
        byte[][] request = theirs.equals("REQ") ? new byte[][] {BODY} : new byte[][] {EMPTY, BODY};
        foreign.send(request);
        Events.Message message = Events.next(events.messages);
        assertThat(message.frames()).containsExactly(EMPTY, BODY);
        message.peer().send(message.frames().toArray(byte[][]::new));
        assertThat(foreign.receive()).containsExactly(request);
    }
}
