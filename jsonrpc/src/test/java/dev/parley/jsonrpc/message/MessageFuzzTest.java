package dev.parley.jsonrpc.message;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.parley.ProtocolException;
import dev.parley.RpcException;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Jazzer searches for messages that the readers of requests and responses fail on in other ways than documented. By
 * default the seeds alone run; with {@code JAZZER_FUZZ=1} in the environment the selected test is fuzzed.
 */
class MessageFuzzTest {
    private static final JsonMapper JSON = new JsonMapper();

    static Stream<byte[]> messages() {
        return Stream.of(
                        "{\"jsonrpc\":\"2.0\",\"method\":\"m\",\"params\":[1,\"a\"],\"id\":1}",
                        "[{\"method\":\"m\",\"params\":{\"__args\":[1]},\"id\":\"x\"},5]",
                        "{\"jsonrpc\":\"2.0\",\"result\":{\"a\":[1.5e3]},\"id\":1.0}",
                        "{\"id\":null,\"error\":{\"code\":-32601,\"message\":\"m\",\"data\":{\"type\":\"a.B\",\"traceback\":[1]}}}",
                        "{\"error\":[21,\"Job\",null],\"result\":null,\"id\":\"1\"}",
                        "{\"error\":{},\"result\":5,\"id\":1}",
                        "{\"error\":{\"code\":1e99,\"message\":{},\"data\":{\"stack\":{\"message\":\"x\"}}},\"id\":1}",
                        "\ufeff {\"result\":\"\\ud83d\",\"id\":[1]} ",
                        "{\"result\":[1,2,],\"id\":7,\"x\":{\"id\":8}}",
                        "{\"id\":")
                .map(text -> text.getBytes(UTF_8));
    }

    @MethodSource("messages")
    @FuzzTest
    void requests(byte[] message) {
        Envelope.Message scanned;
        try {
            scanned = Envelope.scan(JSON, message, 10);
        } catch (Envelope.UnreadableException e) {
            assertThat(e.getMessage()).isNotBlank().doesNotContain("Feature");
            return;
        }
        for (Envelope element : scanned.elements()) {
            Request request = Request.of(element);
            if (request.responseId() != null) {
                assertThat(JSON.readTree(request.responseId()).isContainer()).isFalse();
            }
            if (request instanceof Request.Call && element != null && element.hasParams()) {
                // The arguments are a JSON text of their own.
                assertThat(JSON.readTree(Arrays.copyOfRange(element.bytes, element.paramsStart, element.paramsEnd))
                                .isContainer())
                        .isTrue();
            }
        }
    }

    @MethodSource("messages")
    @FuzzTest
    void responses(byte[] message) {
        ResponseReader reader = new ResponseReader(JSON);
        try {
            Envelope response = reader.scan(message);
            Ids.number(response);
            if (response.hasError()) {
                assertThat(reader.error(response).getMessage()).isNotNull();
            } else if (response.resultToken != null) {
                JSON.readTree(Arrays.copyOfRange(response.bytes, response.resultStart, response.resultEnd));
            }
            reader.result(response);
        } catch (ProtocolException e) {
            assertThat(e.getMessage()).isNotBlank();
        } catch (RpcException expected) {
            // The error in the response.
        }
    }

    /** The ids of a malformed message are found without failing; those of a well-formed one are found all. */
    @MethodSource("messages")
    @FuzzTest
    void idsOfMalformedMessages(byte[] message) {
        var recovered = Ids.recover(message);
        try {
            Envelope.Message scanned = Envelope.scan(JSON, message, 10);
            for (Envelope element : scanned.elements()) {
                // A name may be escaped, and only the last of several counts.
                if (element != null && element.duplicate == null && !contains(message, '\\')) {
                    long id = Ids.number(element);
                    assertThat(id == Ids.NONE || recovered.contains(id)).isTrue();
                }
            }
        } catch (Envelope.UnreadableException | JacksonException e) {
            // Whatever was found is a guess.
        }
    }

    private static boolean contains(byte[] bytes, char c) {
        for (byte b : bytes) {
            if (b == c) {
                return true;
            }
        }
        return false;
    }
}
