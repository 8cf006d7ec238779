package dev.parley.net.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.parley.ProtocolException;
import dev.parley.net.http.Headers;
import dev.parley.net.http.InflatedContent;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Stream;
import java.util.zip.DataFormatException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Jazzer searches for bytes after an upgrade that make the reader of frames, or the extension, fail in other ways than
 * documented. By default the seeds are run only; with {@code JAZZER_FUZZ=1} in the environment the selected test is fuzzed
 * from its seeds.
 */
class WebSocketFuzzTest {
    private static final int MAX = 4096;
    private static final WebSocketOptions OPTIONS =
            WebSocketOptions.defaults().withLimits(MAX, MAX, 16).withCompressAbove(32);

    /** Checks what the reader promises. */
    private static final class Checks implements WebSocketEvents {
        private @Nullable WebSocket socket;
        private @Nullable Throwable failure;
        private int ends;

        @Override
        public void opened(WebSocket opened) {
            socket = opened;
        }

        @Override
        public void received(byte[] message) {
            assertThat(ends).isZero();
            assertThat(message.length).isLessThanOrEqualTo(MAX);
            if (socket != null) {
                socket.send(message, failure -> {});
            }
        }

        @Override
        public void writabilityChanged() {}

        @Override
        public void stopping() {}

        @Override
        public void lost(@Nullable Throwable cause) {
            ends++;
            failure = cause;
        }
    }

    private static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    /** A session with every kind of frame; the same truncated, and with one byte changed; some broken frames. */
    static Stream<byte[]> frames() {
        byte[] text = "{\"jsonrpc\": \"2.0\", \"method\": \"grüße\"}".getBytes(StandardCharsets.UTF_8);
        byte[] session = concat(
                RawWebSocket.bytes(0x81, text, true),
                RawWebSocket.bytes(0x01, Arrays.copyOf(text, 33), true),
                RawWebSocket.bytes(0x89, new byte[125], true),
                RawWebSocket.bytes(0x80, Arrays.copyOfRange(text, 33, text.length), true),
                RawWebSocket.bytes(0xc2, Deflate.deflate(new byte[3000]), true),
                RawWebSocket.bytes(0x82, new byte[200], true),
                RawWebSocket.bytes(0x8a, new byte[0], true),
                RawWebSocket.bytes(0x88, new byte[] {3, (byte) 0xe8, 'b'}, true));
        byte[] broken = session.clone();
        broken[broken.length / 2] ^= 0x40;
        return Stream.of(
                session,
                broken,
                Arrays.copyOf(session, session.length - 9),
                RawWebSocket.bytes(0xc1, Deflate.deflate(new byte[1 << 20]), true),
                RawWebSocket.bytes(0xc1, new byte[] {-1, -1, 0, 1}, true),
                RawWebSocket.bytes(0x81, new byte[] {(byte) 0xc3}, true),
                RawWebSocket.bytes(0x81, text, false),
                new byte[] {(byte) 0x82, -1, -1, -1, -1, -1, -1, -1, -1, -1});
    }

    @MethodSource("frames")
    @FuzzTest
    void server(byte[] bytes) {
        Checks checks = new Checks();
        EmbeddedChannel channel = new EmbeddedChannel();
        WebSocketHandler.install(
                channel.pipeline(),
                OPTIONS,
                true,
                true,
                checks,
                new WebSocket.Peer("peer", Headers.empty(), null, null));
        int half = bytes.length / 2;
        channel.writeInbound(Unpooled.copiedBuffer(bytes, 0, half));
        channel.writeInbound(Unpooled.copiedBuffer(bytes, half, bytes.length - half));
        channel.runPendingTasks();
        channel.finishAndReleaseAll();
        assertThat(checks.ends).isEqualTo(1);
        assertThat(checks.failure == null
                        || checks.failure instanceof ProtocolException
                        || checks.failure instanceof IOException)
                .as("ends as documented: %s", checks.failure)
                .isTrue();
    }

    static Stream<byte[]> payloads() {
        byte[] text = "ab€".repeat(100).getBytes(StandardCharsets.UTF_8);
        return Stream.of(Deflate.deflate(text), Deflate.deflate(new byte[1 << 20]), new byte[] {3, 0}, new byte[0]);
    }

    @MethodSource("payloads")
    @FuzzTest
    void inflated(byte[] payload) {
        try {
            byte[] message = Inflating.inflate(payload, MAX);
            assertThat(message.length).isLessThanOrEqualTo(MAX);
            assertThat(Inflating.inflate(Deflate.deflate(message), MAX)).isEqualTo(message);
        } catch (InflatedContent.TooLargeException | DataFormatException e) {
            assertThat(e.getMessage()).isNotNull();
        }
    }

    static Stream<byte[]> offers() {
        return Stream.of(
                        Deflate.HEADER,
                        "permessage-deflate; client_max_window_bits, x; y=\"1\"",
                        "permessage-deflate; server_max_window_bits=15",
                        ", ;;=, permessage-deflate;")
                .map(text -> text.getBytes(StandardCharsets.ISO_8859_1));
    }

    @MethodSource("offers")
    @FuzzTest
    void extensions(byte[] header) {
        String text = new String(header, StandardCharsets.ISO_8859_1);
        String answer = Deflate.answer(text);
        assertThat(answer == null || answer.startsWith(Deflate.HEADER)).isTrue();
        try {
            Deflate.isAgreed(text, true);
        } catch (IllegalArgumentException e) {
            assertThat(e.getMessage()).isNotNull();
        }
    }
}
