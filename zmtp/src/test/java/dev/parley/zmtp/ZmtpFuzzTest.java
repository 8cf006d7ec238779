package dev.parley.zmtp;

import static dev.parley.zmtp.RawPeer.hex;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Jazzer searches for bytes that the decoder fails on, or that it decodes differently when they arrive in other pieces.
 * By default the seeds alone run; with {@code JAZZER_FUZZ=1} in the environment the selected test is fuzzed.
 */
class ZmtpFuzzTest {
    private static final ZmtpLimits LIMITS =
            ZmtpLimits.defaults().withMaxMessageBytes(300).withMaxFrames(4);

    /** What a socket was told, as text. */
    private static final class Told implements ZmtpHandler {
        final List<String> events = new ArrayList<>();

        @Override
        public void connected(ZmtpPeer peer) {
            events.add("connected");
        }

        @Override
        public void received(ZmtpPeer peer, byte[][] frames) {
            assertThat(Arrays.stream(frames).mapToInt(frame -> frame.length).sum())
                    .isLessThanOrEqualTo(LIMITS.maxMessageBytes());
            events.add("message " + text(frames));
        }

        @Override
        public void oversized(ZmtpPeer peer, byte[][] frames, long bytes) {
            assertThat(bytes).isGreaterThan(LIMITS.maxMessageBytes());
            events.add("oversized " + bytes + " " + text(frames));
        }

        @Override
        public void disconnected(ZmtpPeer peer, String reason) {
            events.add("disconnected " + reason);
        }

        private static String text(byte[][] frames) {
            assertThat(frames.length).isBetween(1, LIMITS.maxFrames());
            return Arrays.stream(frames).map(HexFormat.of()::formatHex).toList().toString();
        }
    }

    private static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    static Stream<byte[]> streams() {
        byte[] open = concat(RawPeer.GREETING, RawPeer.ready("DEALER"));
        return Stream.of(
                new byte[0],
                "GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII),
                open,
                concat(open, hex("01 00 00 02 6f 6b"), hex("04 07 04 50494e47 0000"), hex("00 00")),
                concat(open, hex("02 0000000000000010" + "61".repeat(16)), hex("00 01 62")),
                concat(open, hex("01 02 6162 02 0000000000000200" + "63".repeat(512)), hex("00 01 62")),
                concat(open, hex("02 7fffffffffffffff 61")),
                concat(open, hex("02 8000000000000000 61")),
                concat(open, hex("01 00 01 00 01 00 01 00 01 00")),
                concat(open, hex("04 0a 09 535542534352494245")),
                concat(open, hex("04 05 05 4552524f52")),
                concat(open, hex("08 00")),
                concat(RawPeer.GREETING, hex("04 06 05 5245414459")),
                concat(RawPeer.GREETING, hex("00 01 61")));
    }

    @MethodSource("streams")
    @FuzzTest
    void decodesAlike(byte[] stream) {
        List<String> whole = told(stream, Math.max(1, stream.length));
        assertThat(told(stream, 1)).isEqualTo(whole);
        assertThat(told(stream, 2 + (stream.length == 0 ? 0 : stream[stream.length - 1] & 15)))
                .isEqualTo(whole);
    }

    private static List<String> told(byte[] stream, int size) {
        Told told = new Told();
        EmbeddedChannel channel = new EmbeddedChannel();
        try (ZmtpSocket socket = new ZmtpSocket(SocketType.ROUTER, LIMITS, told)) {
            ZmtpPeer peer = new ZmtpPeer(channel, null, socket);
            channel.pipeline().addLast(new ZmtpDecoder(socket, peer));
            channel.pipeline().fireChannelActive();
            for (int at = 0; at < stream.length && channel.isOpen(); at += size) {
                channel.writeInbound(Unpooled.copiedBuffer(stream, at, Math.min(size, stream.length - at)));
            }
            channel.checkException();
            channel.finishAndReleaseAll();
        }
        assertThat(told.events).noneMatch(event -> event.contains("internal error"));
        return told.events;
    }
}
