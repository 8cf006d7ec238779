package dev.parley.net.http.client;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.parley.net.http.HttpResponse;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Jazzer searches for responses that the HTTP client reads differently when their bytes arrive in other pieces, or fails
 * on in other ways than documented. By default the seeds alone run; with {@code JAZZER_FUZZ=1} in the environment the
 * test is fuzzed.
 */
class ResponseFuzzTest {
    private static final int MAX = 1000;

    static Stream<byte[]> responses() {
        return Stream.of(
                        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhiHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
                        "HTTP/1.1 100\r\n\r\nHTTP/1.0 500 x\nA: b\n c\nConnection: keep-alive\n\nto the end",
                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=1\r\nhello\r\n0\r\nT: 1\r\n\r\n",
                        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                        "HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\nhello",
                        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\n\u001f\u008b\b",
                        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffff\r\n",
                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nmuch longer than three bytes\r\n0\r\n\r\n",
                        "HTTP/1.1 204 No Content\r\n\r\n",
                        "SSH-2.0-OpenSSH\r\n")
                .map(text -> text.getBytes(ISO_8859_1));
    }

    @MethodSource("responses")
    @FuzzTest
    void responsesAreReadAlike(byte[] bytes) {
        String whole = read(bytes, Integer.MAX_VALUE);
        assertThat(read(bytes, 1)).isEqualTo(whole);
        assertThat(read(bytes, 2 + (bytes.length == 0 ? 0 : bytes[0] & 7))).isEqualTo(whole);
    }

    /** Two responses from one connection, as far as it can be used again. */
    private static String read(byte[] bytes, int piece) {
        InputStream in = new ByteArrayInputStream(bytes) {
            @Override
            public synchronized int read(byte[] target, int offset, int length) {
                return super.read(target, offset, Math.min(piece, length));
            }
        };
        ResponseReader reader = new ResponseReader(in, MAX);
        StringBuilder read = new StringBuilder();
        for (int i = 0; i < 2; i++) {
            try {
                HttpResponse response = reader.read("POST", () -> {});
                assertThat(response.body().length).isLessThanOrEqualTo(MAX);
                read.append(response.status())
                        .append(response.headers().toMap())
                        .append(HexFormat.of().formatHex(response.body()))
                        .append(reader.isReusable());
            } catch (ResponseReader.MalformedException | EOFException e) {
                assertThat(e.getMessage()).isNotBlank();
                return read.append(e.getMessage()).toString();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
            if (!reader.isReusable()) {
                break;
            }
        }
        return read.toString();
    }
}
