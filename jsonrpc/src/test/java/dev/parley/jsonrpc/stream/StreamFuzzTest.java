package dev.parley.jsonrpc.stream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.parley.jsonrpc.session.Problem;
import dev.parley.net.socket.ConnectionMemory;
import dev.parley.net.socket.MessageTimeouts;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Jazzer searches for streams that are cut differently when their bytes arrive in other pieces, or of which bytes are
 * lost. By default the seeds alone run; with {@code JAZZER_FUZZ=1} in the environment the selected test is fuzzed.
 */
class StreamFuzzTest {
    private static final int MAX = 300;

    static Stream<byte[]> streams() {
        // The middle of a text that is too large is not the start of one in UTF-16.
        byte[] large = ("x".repeat(310) + "\u00fe{\0\n{}").getBytes(ISO_8859_1);
        return Stream.concat(Stream.of(large), texts());
    }

    private static Stream<byte[]> texts() {
        return Stream.of(
                        "{\"jsonrpc\":\"2.0\",\"id\":1}{\"a\":[1,2,{\"b\":\"}\\\"\"}]}\n\n[1]",
                        "\ufeff{\n \"a\": 1\n}\n\0\u001e{\"b\":2}",
                        "nonsense\n{\"a\":\"x\n{\"b\":1}",
                        "[1,2}{\"a\":[1}5\n\"text\"\n",
                        "{\"a\":1\n{\"b\":2}",
                        "[".repeat(400) + "]".repeat(400) + "{}",
                        "{\"a\":\"" + "x".repeat(400) + "\"}\n{}",
                        "GET / HTTP/1.1\r\n\r\n{}",
                        "Content-Length: 2\r\n\r\n{}content-length:3\nContent-Type: x;charset=utf8\n\n[1]",
                        "Content-Length: 900\r\n\r\n" + "x".repeat(900) + "Content-Length: 2\r\n\r\n{}",
                        "log line\nContent-Length: 2\r\n\r\n{}",
                        "Content-Length: +2\r\n\r\n{}",
                        "C".repeat(5000),
                        "a long line " + "x".repeat(9000) + "\n\nContent-Length: 2\r\n\r\n{}",
                        "\ufe00{}")
                .map(text -> text.getBytes(UTF_8));
    }

    @MethodSource("streams")
    @FuzzTest
    void theServerCutsAlike(byte[] stream) {
        check(stream, () -> FrameDecoder.ofServer(MAX, memory(), MessageTimeouts.NONE));
    }

    @MethodSource("streams")
    @FuzzTest
    void theClientCutsAlike(byte[] stream) {
        check(stream, () -> FrameDecoder.ofClient(MAX, Framing.LINES, memory()));
    }

    @MethodSource("streams")
    @FuzzTest
    void theClientCutsHeadersAlike(byte[] stream) {
        check(stream, () -> FrameDecoder.ofClient(MAX, Framing.HEADERS, memory()));
    }

    private static ConnectionMemory memory() {
        return new ConnectionMemory(() -> {});
    }

    private interface Decoders {
        FrameDecoder decoder();
    }

    private static void check(byte[] stream, Decoders decoders) {
        List<String> whole = cut(stream, decoders.decoder(), stream.length);
        assertThat(cut(stream, decoders.decoder(), 1)).isEqualTo(whole);
        assertThat(cut(stream, decoders.decoder(), 2 + (stream.length == 0 ? 0 : stream[0] & 15)))
                .isEqualTo(whole);
    }

    /** What a decoder makes of a stream that arrives in pieces of this size: messages in hexadecimal, or problems. */
    private static List<String> cut(byte[] stream, FrameDecoder decoder, int size) {
        EmbeddedChannel channel = new EmbeddedChannel(decoder);
        List<String> found = new ArrayList<>();
        for (int at = 0; at < stream.length && !ended(found); at += size) {
            int end = Math.min(stream.length, at + size);
            channel.writeInbound(Unpooled.wrappedBuffer(Arrays.copyOfRange(stream, at, end)));
            take(channel, found);
        }
        channel.finish();
        take(channel, found);
        channel.releaseInbound();
        inOrder(stream, found);
        return found;
    }

    private static void take(EmbeddedChannel channel, List<String> found) {
        for (Object next = channel.readInbound(); next != null; next = channel.readInbound()) {
            // After a fatal problem the connection is closed, and nothing more is read.
            if (!ended(found)) {
                found.add(
                        switch (next) {
                            case byte[] message -> {
                                assertThat(message.length).isLessThanOrEqualTo(MAX);
                                yield HexFormat.of().formatHex(message);
                            }
                            case Problem problem -> (problem.fatal() ? "fatal " : "problem ") + problem.text();
                            default -> throw new AssertionError(next);
                        });
            }
        }
    }

    private static boolean ended(List<String> found) {
        return !found.isEmpty() && found.getLast().startsWith("fatal ");
    }

    /** Messages are parts of the stream, in its order; without problems or headers, separators alone lie between them. */
    private static void inOrder(byte[] stream, List<String> found) {
        String all = HexFormat.of().formatHex(stream);
        boolean plain = true;
        int at = 0;
        for (String message : found) {
            if (message.startsWith("fatal ") || message.startsWith("problem ")) {
                plain = false;
                continue;
            }
            int start = all.indexOf(message, at);
            while (start >= 0 && start % 2 == 1) {
                start = all.indexOf(message, start + 1);
            }
            assertThat(start).as("%s from %d in %s", message, at, all).isGreaterThanOrEqualTo(0);
            if (plain && !all.contains("4c656e677468") && !all.contains("6c656e677468")) {
                assertThat(all.substring(at, start)).matches("(20|0a|0d|09|00|1e|efbbbf)*");
            }
            at = start + message.length();
        }
    }
}
