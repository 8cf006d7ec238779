package dev.parley.xmlrpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.xmlrpc.format.XmlRpcMapper;
import java.io.IOException;
import java.io.InputStream;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GoldenCallTest {
    private final XmlRpcMapper mapper = XmlRpcMapper.builder().build();

    /** The file is what {@code dumps} of Python 2.7, 3.6, 3.11 and 3.13 give, all the same. */
    @Test
    void whatPythonSendsIsRead() throws IOException {
        byte[] document;
        try (InputStream file = getClass().getResourceAsStream("/golden/call-python.xml")) {
            document = file.readAllBytes();
        }
        Messages.Call call = new Messages(mapper).readCall(document, null);
        assertThat(call.method()).isEqualTo("ns.method");
        List<Object> arguments = mapper.readerForListOf(Object.class).readValue(call.arguments());
        byte[] binary = new byte[72];
        for (int i = 0; i < 9; i++) {
            System.arraycopy(new byte[] {'h', 'e', 'l', 'l', 'o', ' ', 0, (byte) 0xFF}, 0, binary, 8 * i, 8);
        }
        assertThat((byte[]) arguments.remove(12)).isEqualTo(binary);
        assertThat(arguments)
                .isEqualTo(Arrays.asList(
                        1,
                        Integer.MIN_VALUE,
                        true,
                        false,
                        1e16,
                        Double.POSITIVE_INFINITY,
                        Double.NaN,
                        -0.5,
                        "grüße <&> ]]>",
                        "  blank ",
                        "",
                        LocalDateTime.of(2026, 11, 22, 20, 15),
                        List.of(1, List.of(2, List.of())),
                        Map.of("a", 1),
                        Map.of(),
                        null));
    }
}
